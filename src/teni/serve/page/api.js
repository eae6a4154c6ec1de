// Questions to the service, and to nobody else.
let token = "";

export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

export function useToken(text) {
  token = text;
}

async function ask(path, options = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  let response;
  try {
    response = await fetch(path, { ...options, headers, credentials: "omit" });
  } catch {
    throw new Refused(0, "");
  }
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, said.error || `${response.status}`);
  return said;
}

export const card = () => ask("/card");

export async function predict(picture, box, confidence) {
  const form = new FormData();
  form.append("files", picture, "picture");
  if (box) form.append("boxes", JSON.stringify([box]));
  return (await ask(`/predict?confidence=${confidence}`, { method: "POST", body: form }))[0];
}

export async function propose(picture) {
  const form = new FormData();
  form.append("files", picture, "picture");
  return (await ask("/propose", { method: "POST", body: form }))[0].boxes;
}
