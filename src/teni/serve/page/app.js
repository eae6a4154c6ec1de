import * as api from "./api.js";
import { Camera } from "./camera.js";
import { csv } from "./csv.js";
import { Stage } from "./stage.js";
import { table } from "./table.js";
import { preferred, speak } from "./words.js";

const $ = (id) => document.getElementById(id);
const state = { words: {}, card: null, pictures: [], current: null, live: null };
const stage = new Stage($("canvas"), $("name"), onBox, onHover);
const camera = new Camera($("video"), onFrame);
let later = 0;

function setLanguage(language) {
  state.words = speak(language);
  $("english").setAttribute("aria-pressed", String(language === "en"));
  $("japanese").setAttribute("aria-pressed", String(language === "ja"));
  say("");
  showCard();
  showCamera();
  show();
}

function say(text) {
  $("status").textContent = text;
}

function complain(error) {
  if (error instanceof api.Refused && error.status === 401) $("token-form").hidden = false;
  const text = typeof error === "string" ? error : error.message || state.words.unreachable;
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

function showCard() {
  const { card, words } = state;
  if (!card) return;
  const { names, kind } = card.task;
  const { width, height } = card.image;
  const measured = card.measured.test || card.measured.validation || {};
  let about = words[kind](names.length, width, height);
  if (typeof measured.rmse_px === "number") about += words.rmse(measured.rmse_px.toFixed(2));
  if (typeof measured.accuracy === "number") about += words.accuracy((100 * measured.accuracy).toFixed(1));
  $("model").textContent = card.name;
  $("about").textContent = about;
  $("confidence-line").hidden = kind === "classes";
  $("no-propose").hidden = card.proposes_boxes;
  show();
}

async function loadCard() {
  try {
    state.card = await api.card();
    $("token-form").hidden = true;
    complain("");
    showCard();
    for (const picture of state.pictures) if (!picture.answer) predict(picture); // those that the token was missing for
  } catch (error) {
    complain(error);
  }
}

// A picture: {name, blob, source, width, height, box, answer}
async function addFiles(files) {
  const problems = [];
  complain("");
  for (const file of files) {
    let source;
    try {
      source = await createImageBitmap(file);
    } catch {
      problems.push(state.words.unreadable(file.name));
      continue;
    }
    const picture = { name: file.name, blob: file, source, width: source.width, height: source.height, box: null, answer: null };
    state.pictures.push(picture);
    if (camera.isOn) stopCamera();
    state.current = picture;
    show();
    await predict(picture);
    if (!$("problem").hidden && files.length > 1) problems.push(`${file.name}: ${$("problem").textContent}`);
  }
  // Last, so that no later picture that went well wipes them away.
  if (problems.length) complain(problems.join("\n"));
}

async function predict(picture) {
  const begin = performance.now();
  const box = picture.box;
  if (picture !== state.live) say(state.words.predicting);
  try {
    const answer = await api.predict(picture.blob, box, $("confidence").value);
    if (box !== picture.box) return false; // the box has moved on; another answer is on its way
    picture.answer = answer;
    complain("");
    if (picture !== state.live) say(state.words.ready(Math.round(performance.now() - begin)));
    return true;
  } catch (error) {
    picture.answer = null;
    say("");
    complain(error);
    return false;
  } finally {
    if (picture === state.current) show();
  }
}

function show() {
  const picture = state.current;
  const { words } = state;
  $("stage").classList.toggle("empty", !picture);
  $("canvas").setAttribute("aria-label", picture ? words.canvas(picture.name) : words.no_picture);
  $("download").disabled = ![...state.pictures, state.live].some((each) => each?.answer);
  for (const id of ["box-x", "box-y", "box-w", "box-h", "whole"]) $(id).disabled = !picture;
  $("propose").disabled = !picture || !state.card?.proposes_boxes;
  if (!picture) return;
  const points = Object.entries(picture.answer?.keypoints || {}).map(([name, at]) => ({ name, ...at }));
  stage.show(picture, picture.box, points);
  showBox(picture);
  const old = $("table").scrollTop;
  $("table").replaceChildren(picture.answer ? table(picture.answer, words, (i) => stage.point(i)) : "");
  $("table").scrollTop = old;
  onHover(stage.here);
  showStrip();
}

function showBox({ box, width, height }) {
  const values = box || [0, 0, width, height];
  ["box-x", "box-y", "box-w", "box-h"].forEach((id, i) => {
    if (document.activeElement !== $(id)) $(id).value = Math.round(values[i]);
  });
}

function showStrip() {
  const strip = $("strip");
  strip.hidden = state.pictures.length < 2;
  while (strip.children.length < state.pictures.length) {
    const picture = state.pictures[strip.children.length];
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", picture.name);
    button.title = picture.name;
    const small = document.createElement("canvas");
    small.width = small.height = 136;
    const factor = 136 / Math.min(picture.width, picture.height);
    const [w, h] = [picture.width * factor, picture.height * factor];
    small.getContext("2d").drawImage(picture.source, (136 - w) / 2, (136 - h) / 2, w, h);
    button.append(small);
    button.addEventListener("click", () => {
      stopCamera();
      state.current = picture;
      show();
    });
    const item = document.createElement("li");
    item.append(button);
    strip.append(item);
  }
  state.pictures.forEach((picture, i) => {
    strip.children[i].firstChild.setAttribute("aria-pressed", String(picture === state.current));
  });
}

function onBox(box) {
  const picture = state.current;
  if (!picture) return;
  picture.box = box;
  showBox(picture);
  clearTimeout(later);
  if (picture !== state.live || !camera.isOn) later = setTimeout(() => predict(picture), 120);
}

function onHover(i) {
  const rows = [...$("table").querySelectorAll("tbody tr")];
  rows.forEach((row, place) => row.classList.toggle("here", place === i));
  if (rows[i] && !$("table").matches(":hover")) {
    const { offsetTop, offsetHeight } = rows[i];
    const { scrollTop, clientHeight } = $("table");
    if (offsetTop < scrollTop + 30) $("table").scrollTop = offsetTop - 30;
    else if (offsetTop + offsetHeight > scrollTop + clientHeight) $("table").scrollTop = offsetTop + offsetHeight - clientHeight;
  }
}

async function onFrame(blob, source) {
  const { words } = state;
  state.live ||= { name: words.live, box: null, answer: null };
  const frame = state.live;
  const before = frame.source;
  Object.assign(frame, { blob, source, width: source.width, height: source.height });
  state.current = frame;
  await predict(frame);
  before?.close();
  if (!$("token-form").hidden) stopCamera();
  else if (!$("problem").hidden) await new Promise((next) => setTimeout(next, 500)); // such as 503: busy
}

function showCamera() {
  $("camera").textContent = camera.isOn ? state.words.camera_stop : state.words.camera;
  $("camera").setAttribute("aria-pressed", String(camera.isOn));
}

function stopCamera() {
  camera.stop();
  showCamera();
}

async function toggleCamera() {
  if (camera.isOn) {
    stopCamera();
    return;
  }
  try {
    await camera.start();
    complain("");
    say("");
  } catch {
    camera.stop();
    complain(state.words.no_camera);
  }
  showCamera();
}

async function findFace() {
  const picture = state.current;
  if (!picture) return;
  try {
    const boxes = await api.propose(picture.blob);
    say(boxes.length ? state.words.found(boxes.length) : state.words.no_face);
    if (boxes.length && picture === state.current) stage.setBox(boxes[0]);
  } catch (error) {
    complain(error);
  }
}

function download() {
  const all = state.live?.answer ? [...state.pictures, state.live] : state.pictures;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv(all)], { type: "text/csv" }));
  link.download = "predictions.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

$("english").addEventListener("click", () => setLanguage("en"));
$("japanese").addEventListener("click", () => setLanguage("ja"));
$("choose").addEventListener("click", () => $("files").click());
$("files").addEventListener("change", () => addFiles([...$("files").files]).then(() => { $("files").value = ""; }));
$("camera").addEventListener("click", toggleCamera);
$("propose").addEventListener("click", findFace);
$("whole").addEventListener("click", () => stage.setBox(null));
$("download").addEventListener("click", download);
$("confidence").addEventListener("change", () => {
  for (const picture of state.pictures) predict(picture);
  if (state.live && !camera.isOn) predict(state.live); // the last frame; the next one asks by itself
});
for (const id of ["box-x", "box-y", "box-w", "box-h"]) {
  $(id).addEventListener("change", () => {
    const box = ["box-x", "box-y", "box-w", "box-h"].map((each) => Number($(each).value));
    if (state.current && box.every(Number.isFinite)) stage.setBox(box);
  });
}
$("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  api.useToken($("token").value);
  loadCard();
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  $("stage").classList.add("over");
});
for (const end of ["dragleave", "drop"]) document.addEventListener(end, () => $("stage").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  addFiles([...event.dataTransfer.files].filter((file) => file.type.startsWith("image/") || !file.type));
});

setLanguage(preferred());
loadCard();
