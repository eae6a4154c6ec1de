// The numbers beside the picture.
const cell = (kind, text, scope) => {
  const made = document.createElement(kind);
  made.textContent = text;
  if (scope) made.scope = scope;
  return made;
};

export function table(answer, words, onHover) {
  const made = document.createElement("table");
  const head = made.createTHead().insertRow();
  const body = made.createTBody();
  if (answer.keypoints) {
    for (const name of [words.keypoint, "x", "y", words.radius]) head.append(cell("th", name, "col"));
    Object.entries(answer.keypoints).forEach(([name, { x, y, radius }], i) => {
      const row = body.insertRow();
      row.append(cell("th", name.replaceAll("_", " "), "row"));
      for (const value of [x, y, radius]) row.append(cell("td", value === null ? "–" : value.toFixed(1)));
      row.addEventListener("pointerenter", () => onHover(i));
      row.addEventListener("pointerleave", () => onHover(-1));
    });
    return made;
  }
  for (const name of [words.class, "", words.probability]) head.append(cell("th", name, "col"));
  for (const [name, share] of Object.entries(answer.classes).sort((a, b) => b[1] - a[1])) {
    const row = body.insertRow();
    row.append(cell("th", name, "row"));
    const meter = document.createElement("meter");
    meter.value = share;
    meter.setAttribute("aria-label", name);
    row.insertCell().append(meter);
    row.append(cell("td", `${(100 * share).toFixed(1)}%`));
  }
  return made;
}
