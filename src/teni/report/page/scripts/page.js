// Put everything together: charts, grids, switches, copying and saving.
const charts = JSON.parse(document.getElementById("charts").textContent);
for (const [name, chart] of Object.entries(charts)) {
  const place = document.getElementById(`chart-${name}`);
  const label = () => place.getAttribute("aria-label");
  redraws.push(chart.kind === "rows" ? () => drawRows(place, chart, label()) : lineChart(place, chart, label));
}

const grids = album ? [...document.querySelectorAll(".browser")].map(browser) : [];
for (const grid of grids) redraws.push(grid.show);
const every = grids.find((grid) => grid.root.id === "every");
if (!album) for (const root of document.querySelectorAll(".browser")) root.hidden = true;
redraws.push(() => { if (dialog.open) drawLarge(); });

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => speak(button.dataset.language));
}
const theme = document.getElementById("theme");
theme.addEventListener("change", () => { document.documentElement.dataset.theme = theme.value; });

for (const button of document.querySelectorAll("[data-subject]")) {
  if (!every?.form.elements.subject) { button.disabled = true; continue; }
  button.addEventListener("click", () => {
    every.form.reset();
    every.form.elements.subject.value = button.dataset.subject;
    every.choose();
    document.getElementById("faces").scrollIntoView();
    every.root.querySelector(".zoom")?.focus({ preventScroll: true });
  });
}

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", () => {
    const code = document.getElementById(button.dataset.copy);
    const told = button.parentElement.querySelector(".copied");
    navigator.clipboard.writeText(code.textContent).then(
      () => { told.textContent = word("copied"); },
      () => { getSelection().selectAllChildren(code); told.textContent = word("uncopied"); });
  });
}

document.getElementById("download")?.addEventListener("click", (event) => {
  const text = JSON.parse(document.getElementById("suspects-csv").textContent);
  const link = html("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: event.currentTarget.dataset.file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});

const wideEnough = () => { for (const redraw of redraws.slice(0, Object.keys(charts).length)) redraw(); };
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; wideEnough(); } });
addEventListener("beforeprint", () => { document.documentElement.classList.add("printed"); wideEnough(); });
addEventListener("afterprint", () => { document.documentElement.classList.remove("printed"); wideEnough(); });

speak(navigator.language?.startsWith("ja") ? "ja" : "en"); // draws everything once
document.documentElement.dataset.drawn = "yes";
