// An image large, with all its points in words.
const dialog = document.getElementById("large");
let leafed = null; // the images to leaf through, the place among them, and what turns the page behind

const drawLarge = () => {
  const { images, at } = leafed, i = images[at];
  const [w, h] = album.image;
  const frame = html("div", { class: "framed" }, pictureOf(i), marksOf(i, { truth: true, predicted: true }));
  frame.style.aspectRatio = `${w} / ${h}`;
  dialog.querySelector(".place").replaceChildren(frame);
  const said = html("p", {}, html("b", {}, errorWords(i)), ` · ${moreWords(i)}`);
  if (album.subjects[album.subject[i]]) said.append(` · ${word("subject", { subject: album.subjects[album.subject[i]] })}`);
  for (const text of suspicion(i)) said.append(html("span", { class: "suspicion" }, word("suspect", { kind: text })));
  const words = dialog.querySelector(".words");
  words.replaceChildren(said);
  if (album.kind === "keypoints") {
    const body = html("tbody");
    album.names.map((name, k) => [k, offOf(i, k)]).sort((a, b) => (b[1] ?? -1) - (a[1] ?? -1)).forEach(([k, off]) => {
      const row = html("tr", {}, html("th", { scope: "row" }, album.names[k]), html("td", { class: "n" }, off === null ? "–" : off.toFixed(2)));
      row.addEventListener("pointerenter", () => frame.querySelector(`[data-k="${k}"]`)?.classList.add("lit"));
      row.addEventListener("pointerleave", () => frame.querySelector(`[data-k="${k}"]`)?.classList.remove("lit"));
      body.append(row);
    });
    words.append(html("table", {}, html("thead", {}, html("tr", {}, html("th", { scope: "col" }, word("keypoint")), html("th", { scope: "col", class: "n" }, word("error_px")))), body));
  }
  dialog.querySelector(".before").disabled = at === 0;
  dialog.querySelector(".after").disabled = at === images.length - 1;
};

const enlarge = (images, at, turn) => {
  leafed = { images, at, turn };
  drawLarge();
  dialog.showModal();
};
const leaf = (step) => {
  const at = leafed.at + step;
  if (at < 0 || at >= leafed.images.length) return;
  leafed.at = at;
  leafed.turn(at);
  drawLarge();
};
dialog.querySelector(".before").addEventListener("click", () => leaf(-1));
dialog.querySelector(".after").addEventListener("click", () => leaf(1));
dialog.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) { event.preventDefault(); leaf(step); }
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); }); // beside the picture
// The page behind may have been turned meanwhile: go back to the tile of the image that was large.
dialog.addEventListener("close", () => {
  untell();
  document.querySelector(`.browser .zoom[data-image="${leafed.images[leafed.at]}"]`)?.focus();
});
