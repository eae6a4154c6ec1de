"use strict";
// Draw every chart from the figures that stand in the page; the style sheet colours their texts and grids, so that
// light, dark and print need no second drawing. A face opens large at a click or a key.
(() => {
  const charts = JSON.parse(document.getElementById("figures").textContent);
  const family = getComputedStyle(document.documentElement).getPropertyValue("--sans").trim();
  const small = window.matchMedia("(max-width: 44rem)");
  const draw = () => {
    for (const [name, chart] of Object.entries(charts)) {
      const place = document.getElementById("chart-" + name);
      const layout = structuredClone(chart.layout);
      layout.font = { size: small.matches ? 11 : 13, family };
      Plotly.react(place, structuredClone(chart.data), layout, { displayModeBar: false, responsive: true });
    }
  };
  const resize = (layout) => {
    for (const name of Object.keys(charts)) Plotly.relayout("chart-" + name, layout);
  };
  draw();
  small.addEventListener("change", draw);

  window.addEventListener("beforeprint", () => resize({ autosize: false, width: 640 })); // what fits on A4
  window.addEventListener("afterprint", () => resize({ autosize: true, width: null }));

  const dialog = document.getElementById("large");
  for (const button of document.querySelectorAll(".zoom")) {
    button.addEventListener("click", () => {
      dialog.querySelector(".place").replaceChildren(button.querySelector("svg").cloneNode(true));
      dialog.querySelector(".words").textContent = button.parentElement.querySelector("figcaption").textContent;
      dialog.showModal();
    });
  }
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside the picture
  });
})();
