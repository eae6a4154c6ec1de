// Charts with their tools: zoom by buttons, keys and dragging; a box for each line; logarithmic or not.
const legendRows = (chart) => {
  const groups = new Set(chart.series.map((each) => each.more?.group).filter((group) => group !== undefined));
  const named = chart.series.map((each, index) => ({ each, index })).filter(({ each }) => each.name);
  if (groups.size > 1) {
    return [...groups].map((group) => {
      const { colour, dash } = chart.series.find((each) => each.more?.group === group);
      return { key: group, name: group, colour, dash: dash || 0 };
    });
  }
  named.sort((a, b) => (a.each.more?.rank ?? a.index) - (b.each.more?.rank ?? b.index));
  return named.map(({ each, index }) => ({
    key: index, name: each.name, colour: each.colour || "accent", dash: each.style === "dots" || each.style === "ring" ? undefined : each.dash || 0,
  }));
};

const lineChart = (place, chart, label) => {
  const state = { hidden: new Set(), x: null, y: null, linear: false };
  const around = (value, share, low, high) => [value - (value - low) * share, value + (high - value) * share];
  let last = null;
  const narrow = (share) => {
    const zoomed = (scale) => {
      if (scale.names) return null;
      const [low, high] = [scale.at(scale.ends[0]), scale.at(scale.ends[1])];
      return around((low + high) / 2, share, low, high).map(scale.back);
    };
    [state.x, state.y] = [zoomed(last.x), zoomed(last.y)];
    draw();
  };
  const whole = () => { [state.x, state.y] = [null, null]; draw(); };

  const boxes = () => {
    const rows = legendRows(chart);
    const list = html("fieldset", { class: "keys" }, html("legend", {}, word("lines")));
    rows.forEach(({ key, name, colour, dash }) => {
      const box = html("input", { type: "checkbox" });
      box.checked = !state.hidden.has(key);
      box.addEventListener("change", () => { state.hidden[box.checked ? "delete" : "add"](key); draw(); });
      const line = svg("svg", { width: 22, height: 12, "aria-hidden": "true" }, svg("line", { x1: 0, x2: 22, y1: 6, y2: 6, class: `line k-${colour} d-${dash ?? 0}` }));
      list.append(html("label", {}, box, line, say(name)));
    });
    if (rows.length > 2) {
      const all = html("button", { type: "button", class: "all" }, word("all_lines"));
      all.addEventListener("click", () => {
        const none = state.hidden.size === 0;
        state.hidden = new Set(none ? rows.map(({ key }) => key) : []);
        build();
      });
      list.append(all);
    }
    return list;
  };
  const tools = () => {
    const row = html("div", { class: "tools" });
    for (const [sign, name, act] of [["+", "zoom_in", () => narrow(0.6)], ["−", "zoom_out", () => narrow(1 / 0.6)], ["↺", "zoom_all", whole]]) {
      const button = html("button", { type: "button", "aria-label": word(name), title: word(name), "data-zoom": name }, sign);
      button.addEventListener("click", act);
      row.append(button);
    }
    if (chart.y.switch) {
      const box = html("input", { type: "checkbox", name: "logarithmic" });
      box.checked = !state.linear;
      box.addEventListener("change", () => { state.linear = !box.checked; state.y = null; draw(); });
      row.append(html("label", {}, box, word("logarithmic")));
    }
    row.append(html("span", { class: "hint" }, word("chart_zoom")));
    return row;
  };
  const drag = (drawing, { x, y, box }) => {
    let from = null;
    const frame = svg("rect", { class: "frame", visibility: "hidden" });
    drawing.append(frame);
    const at = (event) => {
      const edge = drawing.getBoundingClientRect();
      return [Math.max(box.left, Math.min(box.right, event.clientX - edge.left)), Math.max(box.top, Math.min(box.bottom, event.clientY - edge.top))];
    };
    drawing.addEventListener("pointerdown", (event) => { if (event.pointerType !== "touch") from = at(event); });
    drawing.addEventListener("pointermove", (event) => {
      if (!from) return;
      const to = at(event);
      fill(frame, { x: Math.min(from[0], to[0]), y: Math.min(from[1], to[1]), width: Math.abs(to[0] - from[0]), height: Math.abs(to[1] - from[1]), visibility: "visible" }, []);
    });
    drawing.addEventListener("pointerup", (event) => {
      if (!from) return;
      const to = at(event);
      const [dx, dy] = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])];
      if (dx > 12 && dy > 12) {
        state.x = x.names ? null : [Math.min(from[0], to[0]), Math.max(from[0], to[0])].map(x.back);
        state.y = [Math.max(from[1], to[1]), Math.min(from[1], to[1])].map(y.back);
        draw();
      } else { from = null; frame.setAttribute("visibility", "hidden"); }
    });
    drawing.addEventListener("keydown", (event) => {
      const act = { "+": () => narrow(0.6), "-": () => narrow(1 / 0.6), "0": whole }[event.key];
      if (act) { event.preventDefault(); act(); place.querySelector("svg.drawing").focus(); }
    });
  };
  const draw = () => {
    const drawn = drawLines(place, chart, label(), state);
    last = drawn;
    place.querySelector("output").before(drawn.drawing);
    if (chart.tools) drag(drawn.drawing, drawn);
    reader(place, drawn.drawing, drawn.points);
  };
  const build = () => {
    const rows = legendRows(chart);
    const keys = chart.tools ? boxes() : legendOf(rows.map(({ name, colour, dash }) => [name, colour, dash]));
    place.replaceChildren(...(chart.tools ? [tools()] : []), ...(rows.length > 1 || chart.tools ? [keys] : []), html("output", { class: "quiet", "aria-live": "polite" }));
    draw();
  };
  return build;
};
