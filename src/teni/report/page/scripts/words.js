// The two languages: what scripts say, and the attributes that change with the language.
const texts = JSON.parse(document.getElementById("texts").textContent);
const redraws = []; // called when the language, the width or the paper changes
let language = "en";

// Choose the reader's language of [English, Japanese], and fill in what stands in braces.
const say = (text, values = {}) => {
  const chosen = Array.isArray(text) ? text[language === "ja" ? 1 : 0] : String(text);
  return chosen.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
};
const word = (name, values) => say(texts[name], values);

const speak = (chosen) => {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const element of document.querySelectorAll("[data-attr]")) {
    const text = element.dataset[chosen];
    if (element.dataset.attr === "text") element.textContent = text;
    else element.setAttribute(element.dataset.attr, text);
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
  for (const redraw of redraws) redraw();
};
