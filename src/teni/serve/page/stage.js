// The picture with its points, and the box that is drawn on it by mouse, finger or keyboard.
const NEAR = 12; // px on the screen within which the pointer means a point
const SMALLEST = 4; // px of the picture that a drag must span to be a box

export class Stage {
  constructor(canvas, tag, onBox, onHover) {
    Object.assign(this, { canvas, tag, onBox, onHover, picture: null, box: null, points: [], here: -1, drag: null });
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", () => { this.drag = null; this.draw(); });
    canvas.addEventListener("pointerleave", () => this.point(-1));
    canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // picture: {source, width, height}; points: [{name, x, y, radius}]
  show(picture, box, points) {
    Object.assign(this, { picture, points });
    if (!this.drag) this.box = box;
    if (this.here >= points.length) this.here = -1;
    this.draw();
  }

  draw() {
    const { canvas, picture } = this;
    if (!picture) return;
    const room = canvas.parentElement.clientWidth;
    const most = Math.max(240, window.innerHeight * 0.7);
    this.scale = Math.min(room / picture.width, most / picture.height, 6);
    const [width, height] = [picture.width, picture.height].map((size) => Math.max(1, Math.round(size * this.scale)));
    const dense = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const pen = canvas.getContext("2d");
    pen.scale(dense, dense);
    pen.imageSmoothingEnabled = this.scale < 3;
    pen.drawImage(picture.source, 0, 0, width, height);
    this.drawBox(pen, width, height);
    this.points.forEach((each, i) => this.drawPoint(pen, each, i === this.here));
    this.drawTag();
  }

  drawBox(pen, width, height) {
    const box = this.drag?.box || this.box;
    if (!box) return;
    const [x, y, w, h] = box.map((value) => value * this.scale);
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, width, height);
    pen.rect(x, y, w, h);
    pen.fillStyle = "rgb(0 0 0 / 0.35)";
    pen.fill("evenodd");
    pen.lineWidth = 3;
    pen.strokeStyle = "rgb(0 0 0 / 0.7)";
    pen.strokeRect(x, y, w, h);
    pen.lineWidth = 1.5;
    pen.strokeStyle = "#fff";
    pen.setLineDash([6, 4]);
    pen.strokeRect(x, y, w, h);
    pen.restore();
  }

  drawPoint(pen, { x, y, radius }, here) {
    const [cx, cy] = [x * this.scale, y * this.scale];
    if (radius !== null) {
      pen.beginPath();
      pen.arc(cx, cy, radius * this.scale, 0, 2 * Math.PI);
      pen.fillStyle = here ? "rgb(255 160 70 / 0.35)" : "rgb(255 160 70 / 0.14)";
      pen.fill();
      pen.lineWidth = here ? 2 : 1;
      pen.strokeStyle = "rgb(255 176 96 / 0.95)";
      pen.stroke();
    }
    pen.beginPath();
    pen.arc(cx, cy, here ? 5 : 3.2, 0, 2 * Math.PI);
    pen.fillStyle = "#d9601a";
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = "#fff";
    pen.stroke();
  }

  drawTag() {
    const each = this.points[this.here];
    this.tag.hidden = !each;
    if (!each) return;
    this.tag.textContent = each.name.replaceAll("_", " ");
    const left = this.canvas.offsetLeft + each.x * this.scale;
    const top = this.canvas.offsetTop + each.y * this.scale;
    const most = this.canvas.parentElement.clientWidth - this.tag.offsetWidth - 4;
    this.tag.style.left = `${Math.max(4, Math.min(left + 10, most))}px`;
    this.tag.style.top = `${top > 40 ? top - 32 : top + 12}px`;
  }

  at(event) {
    const frame = this.canvas.getBoundingClientRect();
    const clip = (value, most) => Math.min(Math.max(value / this.scale, 0), most);
    return [clip(event.clientX - frame.left, this.picture.width), clip(event.clientY - frame.top, this.picture.height)];
  }

  down(event) {
    if (!this.picture || event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus({ preventScroll: true });
    this.drag = { from: this.at(event), box: null };
  }

  move(event) {
    if (!this.picture) return;
    const [x, y] = this.at(event);
    if (this.drag) {
      const [fx, fy] = this.drag.from;
      const box = [Math.min(x, fx), Math.min(y, fy), Math.abs(x - fx), Math.abs(y - fy)].map(Math.round);
      this.drag.box = box[2] >= SMALLEST && box[3] >= SMALLEST ? box : null;
      this.draw();
      return;
    }
    const away = this.points.map((each) => Math.hypot(each.x - x, each.y - y) * this.scale);
    const nearest = away.indexOf(Math.min(...away));
    this.point(nearest >= 0 && away[nearest] <= NEAR ? nearest : -1);
  }

  up() {
    const box = this.drag?.box;
    this.drag = null;
    if (box) this.setBox(box);
    else this.draw();
  }

  key(event) {
    if (!this.picture) return;
    const { width, height } = this.picture;
    if (event.key === "Escape" && this.box) this.setBox(null);
    else if (event.key === "Enter" && !this.box) {
      const size = Math.round(Math.min(width, height) * 0.7);
      this.setBox([Math.round((width - size) / 2), Math.round((height - size) / 2), size, size]);
    } else if (event.key.startsWith("Arrow") && this.box) this.shift(event.key.slice(5), event.shiftKey);
    else return;
    event.preventDefault();
  }

  shift(where, grow) {
    const step = Math.max(1, Math.round(Math.max(this.picture.width, this.picture.height) / 100));
    const dx = { Left: -step, Right: step }[where] || 0;
    const dy = { Up: -step, Down: step }[where] || 0;
    const [x, y, w, h] = this.box;
    this.setBox(grow ? [x, y, Math.max(1, w + dx), Math.max(1, h + dy)] : [x + dx, y + dy, w, h]);
  }

  // Keep a box within the picture, show it, and tell who wants to know.
  setBox(box) {
    if (box) {
      const { width, height } = this.picture;
      const w = Math.min(Math.max(1, Math.round(box[2])), width);
      const h = Math.min(Math.max(1, Math.round(box[3])), height);
      box = [Math.min(Math.max(0, Math.round(box[0])), width - w), Math.min(Math.max(0, Math.round(box[1])), height - h), w, h];
    }
    this.box = box;
    this.draw();
    this.onBox(box);
  }

  // Mark a point, from the picture or from the table.
  point(i) {
    if (i === this.here) return;
    this.here = i;
    this.onHover(i);
    this.draw();
  }
}
