// From values to places on an axis, and where its ticks are.
const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const written = (value, percent) => {
  if (percent) return `${Math.round(100 * value)}%`;
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e5 || size < 1e-3) {
    const power = Math.floor(Math.log10(size) + 1e-9);
    const front = Math.round(value / 10 ** power * 10) / 10;
    const raised = (power < 0 ? "⁻" : "") + [...String(Math.abs(power))].map((digit) => SUPER[digit]).join("");
    return `${front === 1 ? "" : `${front}·`}10${raised}`;
  }
  return Number(value.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 4 });
};

const evenTicks = (low, high, many) => {
  const rough = (high - low) / many;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= rough * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) found.push(k * step);
  return found;
};

const powerTicks = (low, high, many) => {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const within = (value) => value >= low * 0.999 && value <= high * 1.001;
  for (const fronts of [[1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const found = [];
    for (let power = from; power <= to; power += 1) for (const front of fronts) found.push(front * 10 ** power);
    const shown = found.filter(within);
    if (shown.length <= many || fronts.length === 1) {
      if (shown.length < 2) return evenTicks(low, high, many).filter((value) => value > 0);
      const skip = Math.ceil(shown.length / many);
      return shown.filter((value, index) => index % skip === 0);
    }
  }
  return [];
};

// The axis over pixels `from` to `to`. `ends` are what the reader has zoomed to, if anything.
const scaleOf = (axis, values, from, to, many, ends) => {
  if (axis.scale === "names") {
    const step = (to - from) / Math.max(axis.names.length, 1);
    const at = (name) => from + step * (axis.names.indexOf(name) + 0.5);
    return { at, ticks: axis.names.map((name) => ({ at: at(name), text: name })), names: true };
  }
  const log = axis.scale === "log";
  const bent = log ? Math.log10 : (value) => value;
  const known = values.filter((value) => value !== null && Number.isFinite(value) && (!log || value > 0));
  let [low, high] = ends || axis.ends || [0, 0];
  if (!ends && (!axis.ends || (log && low <= 0))) {
    [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [1, 2];
    if (log) [low, high] = high / low > 1.0001 ? [low / (high / low) ** 0.05, high * (high / low) ** 0.05] : [low / 2, high * 2];
    else {
      const margin = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
      [low, high] = [axis.zero ? Math.min(0, low) : low - margin, high + margin];
    }
  }
  const [first, last] = [bent(low), bent(high)];
  const at = (value) => from + (bent(value) - first) / (last - first) * (to - from);
  const back = (place) => {
    const value = first + (place - from) / (to - from) * (last - first);
    return log ? 10 ** value : value;
  };
  const ticks = (log ? powerTicks : evenTicks)(low, high, many);
  return { at, back, ends: [low, high], ticks: ticks.map((value) => ({ at: at(value), text: written(value, axis.percent) })) };
};
