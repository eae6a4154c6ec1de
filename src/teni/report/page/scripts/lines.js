// A chart of lines and dots over two axes. `state` is what the reader has done to it: zoom, hidden lines, log or not.
const clipped = (x, y, box) => x >= box.left - 1 && x <= box.right + 1 && y >= box.top - 1 && y <= box.bottom + 1;

const pathOf = (points) => {
  let path = "", drawn = false;
  for (const point of points) {
    if (point === null) drawn = false;
    else {
      path += `${drawn ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
      drawn = true;
    }
  }
  return path;
};

// Write names beside dots so that none covers another, a dot or the edge; where there is no room, their number.
const besideDots = (drawing, marks, box) => {
  const taken = marks.map(({ x, y }) => [x - 6, y - 6, x + 6, y + 6]);
  const free = (at) => at[0] >= box.left && at[2] <= box.right && at[1] >= box.top && at[3] <= box.bottom &&
    taken.every((other) => at[2] < other[0] || at[0] > other[2] || at[3] < other[1] || at[1] > other[3]);
  for (const { x, y, texts: names } of marks) {
    const place = names.flatMap((text) => {
      const w = wide(text, 11.5);
      const spots = [[9, -6], [-9 - w, -6], [-w / 2, -20], [-w / 2, 8], [7, -17], [-7 - w, -17], [7, 5], [-7 - w, 5]];
      return spots.map(([dx, dy]) => ({ text, at: [x + dx, y + dy, x + dx + w, y + dy + 12] }));
    }).find(({ at }) => free(at));
    if (!place) continue;
    taken.push(place.at);
    drawing.append(svg("text", { class: "beside", x: place.at[0], y: place.at[1] + 10 }, place.text));
  }
};

const axesOf = (chart, state, shown, box) => {
  const axis = state.linear ? { ...chart.y, scale: "linear", ends: undefined } : chart.y;
  const edges = shown.flatMap((each) => [...each.y, ...(each.more?.low || []), ...(each.more?.high || [])]);
  if (typeof chart.rule === "number") edges.push(chart.rule);
  const x = scaleOf(chart.x, shown.flatMap((each) => each.x), box.left, box.right, Math.max(2, Math.floor((box.right - box.left) / 74)), state.x);
  const y = scaleOf(axis, edges, box.bottom, box.top, 6, state.y);
  return [x, y];
};

const drawAxes = (drawing, chart, x, y, box) => {
  const room = x.names ? (box.right - box.left) / Math.max(chart.x.names.length, 1) : Infinity;
  const slanted = x.names && Math.max(...x.ticks.map((tick) => wide(tick.text, 12))) > room - 8;
  for (const tick of y.ticks) {
    drawing.append(
      svg("line", { class: "grid", x1: box.left, x2: box.right, y1: tick.at, y2: tick.at }),
      svg("text", { class: "tick", x: box.left - 7, y: tick.at + 4, "text-anchor": "end" }, tick.text));
  }
  for (const tick of x.ticks) {
    const turn = slanted ? { transform: `rotate(-40 ${tick.at} ${box.bottom + 16})`, "text-anchor": "end" } : { "text-anchor": "middle" };
    drawing.append(
      svg("line", { class: "grid", x1: tick.at, x2: tick.at, y1: box.top, y2: box.bottom }),
      svg("text", { class: "tick", x: tick.at, y: box.bottom + 17, ...turn }, tick.text));
  }
  drawing.append(
    svg("text", { class: "axis", x: box.left - box.left + 4, y: 12 }, say(chart.y.title)),
    svg("text", { class: "axis", x: (box.left + box.right) / 2, y: box.height - 6, "text-anchor": "middle" }, say(chart.x.title)));
};

const drawLines = (place, chart, label, state) => {
  const width = Math.max(place.clientWidth, 240);
  const shown = chart.series.filter((each, index) => !state.hidden.has(each.more?.group ?? index) && !state.hidden.has(index));
  const square = place.closest(".square");
  const longest = chart.x.scale === "names" ? Math.max(...chart.x.names.map((name) => wide(name, 12))) : 0;
  const slant = longest > width / Math.max(chart.x.names?.length || 1, 1) - 14 ? longest * 0.64 : 0;
  const height = (square ? Math.min(width, 420) : 340) + slant;
  const box = { left: 56, right: width - 22, top: 24, bottom: height - 46 - slant, width, height };
  const [x, y] = axesOf(chart, state, shown, box);
  const drawing = svg("svg", { width, height, tabindex: 0, role: "img", "aria-label": label });
  drawAxes(drawing, chart, x, y, box);
  const clip = `clip-${place.id}`;
  drawing.append(svg("clipPath", { id: clip }, svg("rect", { x: box.left - 1, y: box.top - 8, width: box.right - box.left + 9, height: box.bottom - box.top + 16 })));
  const inside = svg("g", { "clip-path": `url(#${clip})` });
  drawing.append(inside);
  if (chart.rule === "diagonal") inside.append(svg("path", { class: "rule", d: `M${x.at(0)} ${y.at(0)}L${x.at(1)} ${y.at(1)}` }));
  else if (chart.rule) inside.append(svg("line", { class: "rule", x1: box.left, x2: box.right, y1: y.at(chart.rule), y2: y.at(chart.rule) }));
  const points = [], marks = [];
  for (const each of shown) {
    const more = each.more || {}, style = each.style || "both";
    const known = each.x.map((value, i) => (value === null || each.y[i] === null ? null : [x.at(value), y.at(each.y[i])]));
    const group = svg("g", { class: `k-${each.colour || "accent"}${more.faint ? " faint" : ""}` });
    if (more.low) {
      const edge = (side) => each.x.map((value, i) => (more[side][i] === null ? null : [x.at(value), y.at(more[side][i])])).filter(Boolean);
      group.append(svg("path", { class: "band", d: `${pathOf([...edge("low"), ...edge("high").reverse()])}z` }));
    }
    if (style === "line" || style === "both") group.append(svg("path", { class: `line d-${each.dash || 0}`, d: pathOf(known) }));
    known.forEach((point, i) => {
      if (!point) return;
      if (style === "ring") group.append(svg("circle", { class: "ring", cx: point[0], cy: point[1], r: 8 }));
      else if (style !== "line") group.append(svg("circle", { class: "dot", cx: point[0], cy: point[1], r: more.sizes?.[i] ?? 4 }));
      if (!clipped(...point, box)) return;
      points.push({ x: point[0], y: point[1], text: pointText(chart, each, i) });
      if (more.marks) marks.push({ x: point[0], y: point[1], texts: more.marks[i] });
    });
    inside.append(group);
  }
  besideDots(drawing, marks, { ...box, bottom: box.bottom + 2, right: width });
  points.sort((a, b) => a.x - b.x || a.y - b.y);
  place.querySelector("svg.drawing")?.remove();
  drawing.classList.add("drawing");
  return { drawing, points, x, y, box };
};

const pointText = (chart, each, i) => {
  const labels = each.more?.labels;
  if (labels && labels.length === each.x.length && labels.length > 1) return say(labels[i]);
  const value = chart.y.percent ? `${Math.round(100 * each.y[i])}%` : `${each.y[i] >= 1e-3 ? each.y[i].toFixed(chart.digits ?? 2) : each.y[i].toExponential(1)}${chart.unit || ""}`;
  const where = chart.x.scale === "names" ? each.x[i] : `${say(chart.x.title)} ${written(each.x[i], chart.x.percent)}`;
  const name = labels?.[0] ?? each.name;
  return `${name ? `${say(name)}, ` : ""}${where}: ${value}`;
};
