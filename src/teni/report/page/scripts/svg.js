// Elements, the width of words, and the small box that tells what the pointer rests on.
const NS = "http://www.w3.org/2000/svg";
const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
};
const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(NS, name), attributes, children);
const html = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);

const pen = document.createElement("canvas").getContext("2d");
const wide = (text, size = 12) => {
  pen.font = `${size}px ${getComputedStyle(document.documentElement).getPropertyValue("--sans")}`;
  return pen.measureText(text).width;
};

const tip = document.getElementById("tip");
const tell = (text, x, y) => {
  tip.textContent = text;
  tip.hidden = false;
  const most = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(8, Math.min(x + 12, most))}px`;
  tip.style.top = `${y - tip.offsetHeight - 10 > 0 ? y - tip.offsetHeight - 10 : y + 16}px`;
};
const untell = () => { tip.hidden = true; };

// Let a chart be read: the nearest point by pointer, all of them by arrow keys. `points` have x, y and text.
const reader = (place, drawing, points) => {
  const mark = svg("circle", { class: "read", r: 7, visibility: "hidden" });
  drawing.append(mark);
  let at = -1;
  const read = (index) => {
    at = index;
    const point = points[at];
    mark.setAttribute("visibility", "visible");
    mark.setAttribute("cx", point.x);
    mark.setAttribute("cy", point.y);
    const box = drawing.getBoundingClientRect();
    tell(point.text, box.left + point.x, box.top + point.y);
    place.querySelector("output").textContent = point.text;
  };
  const stop = () => { mark.setAttribute("visibility", "hidden"); untell(); };
  drawing.addEventListener("pointermove", (event) => {
    const box = drawing.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1, least = 32 ** 2;
    points.forEach((point, index) => {
      const far = (point.x - x) ** 2 + (point.y - y) ** 2;
      if (far < least) [best, least] = [index, far];
    });
    if (best >= 0) read(best); else stop();
  });
  drawing.addEventListener("pointerleave", stop);
  drawing.addEventListener("blur", stop);
  drawing.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") stop();
    if (!step || !points.length) return;
    event.preventDefault();
    read(at < 0 ? (step > 0 ? 0 : points.length - 1) : (at + step + points.length) % points.length);
  });
};
