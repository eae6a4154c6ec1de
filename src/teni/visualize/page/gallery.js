"use strict";
// Show the pictures of one method and layer, find units, enlarge them, step through them by keys.
(() => {
  const $ = (id) => document.getElementById(id);
  const shows = [...document.querySelectorAll(".show")];
  const methods = [...new Set(shows.map((show) => show.dataset.method))];
  const fill = (select, words, all) => {
    const before = select.value;
    select.replaceChildren(...(words.length > 1 ? [new Option(all, "")] : []), ...words.map((w) => new Option(w || "–", w || "–")));
    if ([...select.options].some((option) => option.value === before)) select.value = before;
  };

  // "12", "3:9", "1,4" are numbers as on the command line; anything else is looked for in the unit's name and note.
  const matcher = (text) => {
    const words = text.toLowerCase().split(",").map((word) => word.trim()).filter(Boolean);
    const tests = words.map((word) => {
      const range = /^(\d*):(\d*)$/.exec(word);
      if (range) return (unit) => /^\d+$/.test(unit) && +unit >= +(range[1] || 0) && +unit < +(range[2] || Infinity);
      if (/^\d+$/.test(word)) return (unit) => unit === word;
      return (unit, told) => unit.toLowerCase().includes(word) || told.toLowerCase().includes(word);
    });
    return (unit, told) => tests.length === 0 || tests.some((test) => test(unit, told));
  };

  const layers = () => {
    const method = $("method").value;
    const mine = shows.filter((show) => !method || show.dataset.method === method);
    fill($("layer"), [...new Set(mine.map((show) => show.dataset.layer))], "all");
  };
  let shown = [];
  const update = () => {
    const method = $("method").value, layer = $("layer").value, fits = matcher($("unit").value);
    shown = [];
    for (const show of shows) {
      const visible = (!method || show.dataset.method === method) && (!layer || (show.dataset.layer || "–") === layer);
      const list = show.querySelector(".units"), items = [...list.children];
      const key = $("order").value === "score" ? (item) => -item.dataset.score : (item) => +item.dataset.place;
      items.sort((a, b) => key(a) - key(b));
      list.replaceChildren(...items);
      for (const item of items) item.hidden = !fits(item.dataset.unit, item.querySelector(".told").textContent);
      const left = items.filter((item) => !item.hidden);
      show.hidden = !visible || (items.length > 0 && left.length === 0);
      if (!show.hidden) shown.push(...left);
    }
    $("count").textContent = shown.length + (shown.length === 1 ? " picture" : " pictures");
  };

  const dialog = $("large"), picture = dialog.querySelector("img");
  let at = -1;
  const open = (place) => {
    if (!shown.length) return;
    at = (place + shown.length) % shown.length;
    const item = shown[at], image = item.querySelector("img"), show = item.closest(".show");
    picture.src = image.src;
    picture.alt = image.alt;
    picture.className = image.className;
    const where = [show.dataset.method, show.dataset.layer].filter(Boolean).join(" of ");
    dialog.querySelector(".words").textContent = where + ", unit " + item.dataset.unit + ": " + item.querySelector(".score").textContent;
    dialog.querySelector(".told").textContent = item.querySelector(".told").textContent;
    if (!dialog.open) dialog.showModal();
  };
  for (const button of document.querySelectorAll(".open")) {
    button.addEventListener("click", () => open(shown.indexOf(button.closest("li"))));
    const image = button.querySelector("img");
    const sharpen = () => image.classList.toggle("crisp", image.naturalWidth < 48); // kernels and maps stay squares
    if (image.complete) sharpen(); else image.addEventListener("load", sharpen);
  }
  $("before").addEventListener("click", () => open(at - 1));
  $("after").addEventListener("click", () => open(at + 1));
  $("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => shown[at]?.querySelector(".open").focus());
  document.addEventListener("keydown", (event) => {
    if (dialog.open && event.key === "ArrowRight") open(at + 1);
    else if (dialog.open && event.key === "ArrowLeft") open(at - 1);
    else if (!dialog.open && event.key === "/" && event.target !== $("unit")) { event.preventDefault(); $("unit").focus(); }
  });

  const dark = () => {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const name = () => { $("theme").textContent = dark() ? "Light" : "Dark"; $("theme").setAttribute("aria-pressed", String(dark())); };
  $("theme").addEventListener("click", () => { document.documentElement.dataset.theme = dark() ? "light" : "dark"; name(); });
  $("size").addEventListener("input", () => document.documentElement.style.setProperty("--size", $("size").value + "px"));
  $("method").addEventListener("change", () => { layers(); update(); });
  for (const id of ["layer", "order"]) $(id).addEventListener("change", update);
  $("unit").addEventListener("input", update);
  $("choose").addEventListener("submit", (event) => event.preventDefault());
  fill($("method"), methods, "all");
  layers();
  name();
  update();
})();
