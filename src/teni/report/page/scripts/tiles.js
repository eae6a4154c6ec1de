// Images of the album: cut from their sheets when they are shown, with the points above them.
const store = document.getElementById("data-album");
const album = store ? JSON.parse(store.textContent) : null;
const KINDS = ["swapped", "shifted", "far", "scattered", "class"];
const EACH = 64, ACROSS = 8, OPENED = 16;
const opened = new Map(); // sheets that are decoded, the last used last

const sheetOf = (number) => {
  const known = opened.get(number) || (() => {
    const image = new Image();
    image.src = `data:image/webp;base64,${document.getElementById(`sheet-${number}`).textContent}`;
    return image.decode().then(() => image);
  })();
  opened.delete(number);
  opened.set(number, known);
  if (opened.size > OPENED) opened.delete(opened.keys().next().value);
  return known;
};

const pictureOf = (i) => {
  const { width, height } = album;
  const canvas = html("canvas", { width, height, "aria-hidden": "true" });
  const number = Math.floor(i / EACH), at = i % EACH;
  const across = Math.min(ACROSS, Math.min(EACH, album.ids.length - number * EACH));
  sheetOf(number).then((sheet) => {
    canvas.getContext("2d").drawImage(sheet, at % across * width, Math.floor(at / across) * height, width, height, 0, 0, width, height);
    canvas.dataset.drawn = "yes";
  });
  return canvas;
};

// The point k of image i, in pixels; null where it is not known.
const pointOf = (points, i, k) => {
  const at = 2 * (i * album.names.length + k);
  return points[at] === null || points[at + 1] === null ? null : [points[at] / 100, points[at + 1] / 100];
};
const offOf = (i, k) => {
  const [ours, truth] = [pointOf(album.predicted, i, k), pointOf(album.truth, i, k)];
  return ours && truth ? Math.hypot(ours[0] - truth[0], ours[1] - truth[1]) : null;
};
const pointWords = (i, k) => {
  const [off, name] = [offOf(i, k), album.names[k]];
  if (off !== null) return word("off", { name, px: off.toFixed(2) });
  return word(pointOf(album.predicted, i, k) ? "unlabelled" : "unpredicted", { name });
};

const suspected = new Map(); // image -> what is suspected of it
for (const [i, kind, where, score] of album?.suspects || []) {
  if (!suspected.has(i)) suspected.set(i, []);
  suspected.get(i).push({ kind: KINDS[kind], where, score });
}

const marksOf = (i, show) => {
  const [w, h] = album.image;
  const over = svg("svg", { class: "over", viewBox: `0 0 ${w} ${h}`, "aria-hidden": "true" });
  if (album.kind !== "keypoints") return over;
  const r = Math.max(w, h) / 54;
  const blamed = new Set((suspected.get(i) || []).flatMap((each) => each.where));
  album.names.forEach((name, k) => {
    const truth = show.truth ? pointOf(album.truth, i, k) : null;
    const ours = show.predicted ? pointOf(album.predicted, i, k) : null;
    const group = svg("g", { class: `point${blamed.has(k) ? " blamed" : ""}`, "data-k": k });
    if (truth && ours) group.append(svg("line", { class: "link", x1: truth[0], y1: truth[1], x2: ours[0], y2: ours[1], "stroke-width": r * 0.3 }));
    for (const [mark, at] of [["ring", truth], ["cross", ours]]) {
      if (!at) continue;
      group.append(
        svg("g", { transform: `translate(${at[0]} ${at[1]}) scale(${r})` }, svg("use", { class: "mark", href: `#${mark}` })),
        svg("circle", { class: "hit", cx: at[0], cy: at[1], r: r * 1.7 }));
    }
    over.append(group);
  });
  over.addEventListener("pointermove", (event) => {
    const group = event.target.closest(".point");
    if (group) tell(pointWords(i, Number(group.dataset.k)), event.clientX, event.clientY); else untell();
  });
  over.addEventListener("pointerleave", untell);
  return over;
};

const errorWords = (i) => {
  if (album.errors[i] === null) return word("nothing");
  const error = album.errors[i] / 1000;
  if (album.kind === "keypoints") return word("px", { error: error.toFixed(2) });
  return word("said", { said: album.names[album.said[i]], share: `${(album.share[i] / 10).toFixed(0)}%` });
};
// What stands below an image beside its error: what it is, who, and what is suspected.
const moreWords = (i) => {
  const said = [];
  if (album.kind === "classes" && album.truth[i] >= 0 && album.truth[i] !== album.said[i]) {
    said.push(word("is", { truth: album.names[album.truth[i]], share: `${(album.own[i] / 10).toFixed(0)}%` }));
  }
  said.push(album.ids[i]);
  if (album.parts.length > 1) said.push(texts[album.parts[album.part[i]]] ? word(album.parts[album.part[i]]) : album.parts[album.part[i]]);
  return said.join(" · ");
};
const suspicion = (i) => (suspected.get(i) || []).map(({ kind, where }) => {
  const names = kind === "class" || kind === "far" || where.length < 3 ? where.map((k) => album.names[k]).join(", ") : "";
  return `${word(kind)}${names ? `: ${names}` : ""}`;
});

const tileOf = (i, show, open) => {
  const error = errorWords(i);
  const button = html("button", { type: "button", class: "zoom", "aria-haspopup": "dialog", "aria-label": word("image", { id: album.ids[i], error }), "data-image": i }, pictureOf(i), marksOf(i, show));
  button.addEventListener("click", open);
  const caption = html("figcaption", {}, html("b", {}, error), ` · ${moreWords(i)}`);
  for (const text of suspicion(i)) caption.append(html("span", { class: "suspicion" }, text));
  return html("li", {}, html("figure", {}, button, caption));
};
