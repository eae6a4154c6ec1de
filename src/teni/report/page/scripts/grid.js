// A grid of images: chosen, ordered by error, and paged by buttons, a slider and arrow keys.
const valuesOf = (form) => (form ? Object.fromEntries([...form.elements].filter((each) => each.name).map((each) => [each.name, each.type === "checkbox" ? each.checked : each.value])) : {});

// The images that are wanted, the worst first.
const chosenImages = (wanted, only) => {
  if (only === "suspects") return [...new Set(album.suspects.map(([i]) => i))];
  const byPoint = wanted.keypoint !== undefined && wanted.keypoint !== "";
  const error = byPoint ? album.ids.map((_, i) => offOf(i, Number(wanted.keypoint))) : album.errors;
  const fits = (i) => (!wanted.part || album.parts[album.part[i]] === wanted.part) &&
    (!wanted.subject || album.subjects[album.subject[i]] === wanted.subject) &&
    (wanted.class === undefined || wanted.class === "" || album.truth[i] === Number(wanted.class)) &&
    (!wanted.wrong || (album.truth[i] >= 0 && album.truth[i] !== album.said[i])) &&
    (!wanted.suspects || suspected.has(i)) && (!byPoint || error[i] !== null);
  return album.ids.map((_, i) => i).filter(fits).sort((a, b) => (error[b] ?? -1) - (error[a] ?? -1));
};

const browser = (root) => {
  const form = root.querySelector("form"), list = root.querySelector(".faces");
  const slider = root.querySelector(".position"), count = root.querySelector(".count");
  const [before, after] = [root.querySelector(".before"), root.querySelector(".after")];
  const each = Number(root.dataset.each);
  let images = [], first = 0;
  const show = () => {
    const wanted = { truth: true, predicted: true, ...valuesOf(form) };
    const shown = images.slice(first, first + each);
    list.replaceChildren(...shown.map((i, at) => tileOf(i, wanted, () => enlarge(images, first + at, go))));
    const values = { first: first + 1, last: first + shown.length, many: images.length.toLocaleString("en-US") };
    count.textContent = images.length ? word("of", values) : word("none");
    slider.max = Math.max(0, images.length - 1);
    slider.step = 1;
    slider.value = first;
    slider.setAttribute("aria-valuetext", count.textContent);
    before.disabled = first === 0;
    after.disabled = first + each >= images.length;
    root.querySelector(".pager").hidden = images.length <= each && root.dataset.only === "suspects";
  };
  // Go to the page with this place in the order.
  const go = (place) => {
    const start = Math.floor(Math.max(0, Math.min(place, images.length - 1)) / each) * each;
    if (start !== first) { first = start; show(); }
  };
  const choose = () => { images = chosenImages(valuesOf(form), root.dataset.only); first = 0; show(); };
  before.addEventListener("click", () => go(first - each));
  after.addEventListener("click", () => go(first + each));
  slider.addEventListener("input", () => {
    first = Math.min(Number(slider.value), Math.max(0, images.length - 1));
    show();
  });
  form?.addEventListener("change", (event) => (["truth", "predicted"].includes(event.target.name) ? show() : choose()));
  form?.addEventListener("submit", (event) => event.preventDefault());
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tiles = [...list.querySelectorAll(".zoom")], at = tiles.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    if (tiles[at + step]) tiles[at + step].focus();
    else if (first + at + step >= 0 && first + at + step < images.length) {
      go(first + at + step);
      [...list.querySelectorAll(".zoom")].at(step > 0 ? 0 : -1).focus();
    }
  });
  choose();
  return { show, choose, form, root };
};
