// A chart of rows: a name, dots, and their intervals.
const legendOf = (keys) => {
  const list = html("ul", { class: "keys" });
  for (const [name, colour, dash] of keys) {
    const line = dash === undefined
      ? svg("circle", { cx: 11, cy: 6, r: 4.5, class: `dot k-${colour}` })
      : svg("line", { x1: 0, x2: 22, y1: 6, y2: 6, class: `line k-${colour} d-${dash}` });
    list.append(html("li", {}, svg("svg", { width: 22, height: 12, "aria-hidden": "true" }, line), say(name)));
  }
  return list;
};

const drawRows = (place, chart, label) => {
  const width = Math.max(place.clientWidth, 240);
  const names = chart.rows.map(([name]) => say(name));
  const digits = chart.digits ?? 2, unit = chart.unit || "";
  const longest = Math.max(...names.map((name) => wide(name, 13)));
  const above = longest > width * 0.42; // then each name stands on a line of its own
  const [left, right, top] = [above ? 6 : longest + 14, width - 22, 6];
  const each = (above ? 40 : 24) + 4 * (chart.keys.length - 1);
  const bottom = top + each * chart.rows.length;
  const values = chart.rows.flatMap(([, dots]) => dots.flatMap((dot) => [dot.value, ...(dot.ends || [])]));
  if (chart.rule) values.push(chart.rule);
  const x = scaleOf(chart.x, values, left + 4, right, Math.max(3, Math.floor((right - left) / 70)));
  const drawing = svg("svg", { width, height: bottom + 44, tabindex: 0, role: "img", "aria-label": label });
  for (const tick of x.ticks) {
    drawing.append(
      svg("line", { class: "grid", x1: tick.at, x2: tick.at, y1: top, y2: bottom }),
      svg("text", { x: tick.at, y: bottom + 16, "text-anchor": "middle", class: "tick" }, tick.text));
  }
  drawing.append(svg("text", { x: (left + right) / 2, y: bottom + 38, "text-anchor": "middle", class: "axis" }, say(chart.x.title)));
  if (chart.rule) drawing.append(svg("line", { class: "rule", x1: x.at(chart.rule), x2: x.at(chart.rule), y1: top, y2: bottom }));
  const points = [];
  chart.rows.forEach(([, dots], row) => {
    const middle = top + each * (row + 0.5) + (above ? 8 : 0);
    drawing.append(above
      ? svg("text", { x: 6, y: middle - 12, class: "name" }, names[row])
      : svg("text", { x: left - 8, y: middle + 4, "text-anchor": "end", class: "name" }, names[row]));
    dots.forEach((dot, place_) => {
      const [name, colour] = chart.keys[dot.key ?? 0];
      const y = middle + (place_ - (dots.length - 1) / 2) * 9;
      const ends = dot.ends ? ` (${dot.ends.map((end) => end.toFixed(digits)).join(" – ")})` : "";
      const group = svg("g", { class: `k-${colour}` });
      if (dot.ends) group.append(svg("line", { class: "line", x1: x.at(dot.ends[0]), x2: x.at(dot.ends[1]), y1: y, y2: y }));
      const at = x.at(dot.value);
      group.append(dot.key === 1
        ? svg("path", { class: "dot", d: `M${at} ${y - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z` })
        : svg("circle", { class: "dot", cx: at, cy: y, r: 4.5 }));
      drawing.append(group);
      const who = [names[row], say(name)].filter(Boolean).join(", ");
      points.push({ x: at, y, text: `${who}: ${dot.value.toFixed(digits)}${unit}${ends}` });
    });
  });
  const keys = chart.keys.filter(([name]) => say(name));
  place.replaceChildren(...(keys.length > 1 ? [legendOf(keys)] : []), drawing, html("output", { class: "quiet", "aria-live": "polite" }));
  reader(place, drawing, points);
};
