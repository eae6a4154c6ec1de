// Results as CSV: a row a picture, as teni predict writes them, with the radii beside.
const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export function csv(pictures) {
  const answered = pictures.filter((each) => each.answer);
  if (!answered.length) return "";
  const { keypoints, classes } = answered[0].answer;
  const names = Object.keys(keypoints || classes);
  const columns = keypoints
    ? names.flatMap((name) => [`${name}_x`, `${name}_y`, `${name}_radius`])
    : [...names, "class"];
  const rows = answered.map(({ name, answer }) => {
    if (answer.keypoints) {
      return [name, ...Object.values(answer.keypoints).flatMap(({ x, y, radius }) => [x, y, radius ?? ""])];
    }
    const shares = Object.values(answer.classes);
    return [name, ...shares, names[shares.indexOf(Math.max(...shares))]];
  });
  return [["id", ...columns], ...rows].map((row) => row.map((cell) => quoted(String(cell))).join(",")).join("\n") + "\n";
}
