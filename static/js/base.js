/* What the modules of Laurel share: finding elements, words from the server, saying things aloud, the device store. */

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const words = JSON.parse(one("#words")?.textContent ?? "{}");
export const word = (key, facts = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => facts[name]);
export const csrf = () => one("meta[name=csrf]")?.content ?? one("[name=csrfmiddlewaretoken]")?.value ?? "";

/** Read a sentence out through the page's one live region. */
export function say(text) {
  const live = one("#live");
  if (!live) return;
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

/** Like 2:31, or 1:02:03 from an hour on; as submissions/places.py writes it. */
export function clock(seconds) {
  const whole = Math.floor(seconds), two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Show a sentence at the foot of the window; it leaves after 10 seconds. */
export function toast(text) {
  one(".toast[data-auto]")?.remove();
  const box = Object.assign(document.createElement("p"), { className: "toast", textContent: text });
  box.dataset.auto = "";
  box.setAttribute("role", "alert");
  document.body.append(box);
  setTimeout(() => box.remove(), 10_000);
}

export function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch { /* private mode or full: the server copy still works */ }
}

export function stored(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

/** Stop a submit before the browser or htmx acts on it (call from a capturing listener). */
export function hold(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** The problem document of an answer that is not a success, {} where there is none. */
export const problemOf = async (response) => {
  try { return await response.json(); } catch { return {}; }
};
