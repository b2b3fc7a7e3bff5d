// Small tools: nodes, the API, what this device keeps.
export const $ = id => document.getElementById(id);

export const memory = {
  get(key) { try { return JSON.parse(localStorage.getItem(`yidan:${key}`)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(`yidan:${key}`, JSON.stringify(value)); } catch { /* private mode: this visit only */ } },
  // The token of another group of the same seller that this device is in.
  tokenAt(seller) { try { return Object.keys(localStorage).map(key => key.startsWith("yidan:") ? this.get(key.slice(6)) : null).find(one => one?.token && one.seller === seller)?.token || ""; } catch { return ""; } },
  drop(key) { try { localStorage.removeItem(`yidan:${key}`); } catch { /* nothing was kept */ } },
};

export class Refused extends Error {
  constructor(status, error, wait) { super(error.message || String(status)); this.status = status; this.error = error; this.wait = wait; }
}

export async function api(path, { token, body } = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  if (answer.headers.get("content-type")?.startsWith("image/")) return answer.blob();
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data.error || {}, Number(answer.headers.get("retry-after")) || 5);
  return data;
}

// Foreign words go in as text, never as HTML.
export function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter(child => child != null && child !== false));
  return node;
}

export const button = (words, onclick, main = false) => make("button", { type: "button", class: main ? "main" : "", onclick }, words);

// An icon of the page once more, with its label.
export function icon(id, label, onclick) {
  const node = make("button", { type: "button", class: "icon", "aria-label": label, title: label, onclick });
  node.append(document.querySelector(`#${id} svg`).cloneNode(true));
  return node;
}
