/* Looking at evidence and pointing to places in it. Every link and form here works without this module: it saves a
   reload when a link leads to a time or a page, types the current one into a form, and draws boxes on pages. */

import { all, clock, one, say, stored } from "./base.js";

const player = (exhibit) => one("video, audio", exhibit);
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

/* ---------- Going to a place ---------- */

/** Show the panel of a piece, where there are panels: the tabs belong to app.js, and a click is how to ask it. */
function reveal(exhibit) {
  const panel = exhibit.closest("[data-ev-panel]");
  if (panel?.hidden) one(`.tabs [data-ev="${CSS.escape(panel.dataset.evPanel)}"]`)?.click();
}

function seek(exhibit, seconds) {
  const media = player(exhibit);
  if (!media) return;
  const go = () => { media.currentTime = seconds; };
  if (media.readyState >= 1) go();
  else {
    media.addEventListener("loadedmetadata", go, { once: true });
    if (media.preload !== "none" && media.networkState === HTMLMediaElement.NETWORK_EMPTY) media.load();
  }
  media.scrollIntoView({ block: "nearest" });
}

function turnTo(exhibit, page) {
  const sheet = one(`.sheet[data-page="${Number(page)}"]`, exhibit);
  sheet?.scrollIntoView({ block: "start" });
  return sheet;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  const exhibit = link && document.getElementById(link.dataset.go);
  if (!exhibit || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.search && new URLSearchParams(link.search).has("box") && !one(".spots", exhibit)) return; // drawn by the server
  event.preventDefault();
  reveal(exhibit);
  if (link.dataset.seek !== undefined) seek(exhibit, Number(link.dataset.seek));
  else if (link.dataset.page) turnTo(exhibit, link.dataset.page);
  else exhibit.scrollIntoView({ block: "start" });
  say(link.textContent);
});

/** The place in the address of the page: ?t=151, with ?piece=… where there are several, or #page-3. */
function arrive() {
  const query = new URLSearchParams(location.search), t = query.get("t"), piece = query.get("piece");
  const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  const exhibit = (piece && document.getElementById(`a-${piece}`)) || target?.closest("[data-exhibit]") || (t && one("[data-exhibit]"));
  if (!exhibit) return;
  reveal(exhibit);
  if (/^\d{1,6}$/.test(t ?? "")) seek(exhibit, Number(t));
  else if (target?.matches(".sheet")) target.scrollIntoView({ block: "start" });
}
addEventListener("hashchange", arrive);

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-goto]");
  if (!form) return;
  event.preventDefault();
  const sheet = turnTo(form.closest("[data-exhibit]"), one("input", form).value);
  if (sheet) say(one("figcaption", sheet)?.textContent ?? "");
});

/* ---------- Where one is: the time of the film, the page in view ---------- */

function pageInView(exhibit) {
  const box = one("[data-sheets]", exhibit)?.getBoundingClientRect();
  if (!box) return null;
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const seen = (sheet) => {
    const its = sheet.getBoundingClientRect();
    return Math.min(its.bottom, bottom) - Math.max(its.top, top);
  };
  return all(".sheet", exhibit).reduce((best, sheet) => (seen(sheet) > seen(best) ? sheet : best));
}

function here(exhibit) {
  const media = player(exhibit);
  if (media) return clock(media.currentTime);
  return exhibit.dataset.exhibit === "pages" ? pageInView(exhibit)?.dataset.page ?? "" : "";
}

function nameHere(exhibit) {
  const button = one("[data-here][data-words]", exhibit), place = button && here(exhibit);
  if (place) button.textContent = fill(button.dataset.words, { place });
}
for (const name of ["timeupdate", "seeked", "loadedmetadata"]) {
  document.addEventListener(name, (event) => {
    const exhibit = event.target.closest?.("[data-exhibit]");
    if (exhibit) nameHere(exhibit);
  }, true); // events of media do not bubble
}
let scrolled = 0;
addEventListener("scroll", () => {
  cancelAnimationFrame(scrolled);
  scrolled = requestAnimationFrame(() => all('[data-exhibit="pages"]').filter((each) => each.offsetParent).forEach(nameHere));
}, { capture: true, passive: true });

/* ---------- Putting a place into the form: the one of the page, or of the line that is being scored ---------- */

function formFor() {
  const line = one("fieldset.crit.is-active") ?? one("fieldset.crit");
  return line ? one("[data-place-form]", line) : one("[data-place-form]");
}

function put(exhibit, place, box) {
  const form = formFor();
  if (!form) return;
  for (let each = form; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  const piece = one("[data-piece]", form), field = one("[data-place]", form);
  if (piece) piece.value = exhibit.dataset.artifact;
  if (field) field.value = place;
  one("[data-box]", form).value = box;
  const words = one("[data-box-words]", form);
  if (words) words.hidden = !box;
  one("[data-note]", form)?.focus();
}

/** The piece that is being looked at: what plays or was played last, else the first in the panel that is open. */
let last = null;
document.addEventListener("play", (event) => { last = event.target.closest("[data-exhibit]"); }, true);
document.addEventListener("focusin", (event) => { last = event.target.closest("[data-exhibit]") ?? last; });
document.addEventListener("pointerdown", (event) => { last = event.target.closest("[data-exhibit]") ?? last; });

function current() {
  const open = all("[data-exhibit]").filter((each) => each.dataset.artifact && each.offsetParent);
  return open.includes(last) ? last : open[0];
}

function isTyping(element) {
  return element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
}

document.addEventListener("keydown", (event) => {
  const add = event.key === "Enter" && event.target.closest("input") && one("[data-add]", event.target.closest("[data-place-form]") ?? document.createElement("i"));
  if (add) {
    event.preventDefault(); // Enter in a form sends the whole of it
    add.click();
  }
  if (event.key.toLowerCase() !== "t" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!one("[data-score-form]") || stored("keys") === "off" || isTyping(event.target) || one("dialog[open]")) return;
  const exhibit = current();
  if (!exhibit) return;
  event.preventDefault();
  player(exhibit)?.pause();
  put(exhibit, here(exhibit), "");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-here], [data-draw], [data-zoom-by]");
  const exhibit = button?.closest("[data-exhibit]");
  if (!exhibit) return;
  if (button.matches("[data-here]")) put(exhibit, here(exhibit), "");
  else if (button.matches("[data-draw]")) new Drawing(exhibit, button);
  else zoom(exhibit, Number(button.dataset.zoomBy));
});

/* ---------- A box on a page: drawn with the pointer, or moved and sized with the arrow keys ---------- */

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.02; // of the page, for one press of a key
const SMALLEST = 0.02;
const within = (low, value, high) => Math.min(Math.max(value, low), high);

class Drawing {
  constructor(exhibit, button) {
    all("svg.draw, svg[data-drawn]").forEach((each) => each.remove());
    this.exhibit = exhibit;
    this.button = button;
    this.sheet = pageInView(exhibit);
    this.box = { x: 0.3, y: 0.3, w: 0.4, h: 0.2 };
    this.svg = document.createElementNS(SVG, "svg");
    this.rect = document.createElementNS(SVG, "rect");
    this.svg.append(this.rect);
    this.svg.classList.add("draw");
    this.svg.setAttribute("tabindex", "0");
    this.svg.setAttribute("role", "application");
    this.svg.setAttribute("aria-label", fill(button.dataset.label, { page: this.sheet.dataset.page }));
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("pointerdown", (event) => this.begin(event));
    this.svg.addEventListener("pointermove", (event) => this.from && this.stretch(event));
    this.svg.addEventListener("pointerup", (event) => this.end(event));
    one(".paper", this.sheet).append(this.svg);
    this.draw();
    this.svg.focus({ preventScroll: true });
    this.rect.scrollIntoView({ block: "nearest" });
  }

  draw() {
    for (const [name, side] of [["x", "x"], ["y", "y"], ["width", "w"], ["height", "h"]]) {
      this.rect.setAttribute(name, `${(this.box[side] * 100).toFixed(2)}%`);
    }
  }

  at(event) {
    const page = this.svg.getBoundingClientRect();
    return { x: within(0, (event.clientX - page.left) / page.width, 1), y: within(0, (event.clientY - page.top) / page.height, 1) };
  }

  begin(event) {
    event.preventDefault();
    this.svg.focus({ preventScroll: true });
    this.svg.setPointerCapture(event.pointerId);
    this.from = this.at(event);
  }

  stretch(event) {
    const to = this.at(event), { from } = this;
    this.box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(to.x - from.x), h: Math.abs(to.y - from.y) };
    this.draw();
  }

  end(event) {
    if (!this.from) return;
    this.stretch(event);
    this.from = null;
    if (this.box.w >= SMALLEST && this.box.h >= SMALLEST) this.keep();
    else { // a click and not a stroke
      this.box = { x: within(0, this.box.x, 0.8), y: within(0, this.box.y, 0.9), w: 0.2, h: 0.1 };
      this.draw();
    }
  }

  key(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key === "Enter") this.keep();
    else if (event.key === "Escape") this.stop();
    else if (!dx && !dy) return;
    else this.move(dx * STEP, dy * STEP, event.shiftKey);
    event.preventDefault();
    event.stopPropagation();
  }

  move(dx, dy, sizes) {
    const { x, y, w, h } = this.box;
    if (sizes) this.box = { x, y, w: within(SMALLEST, w + dx, 1 - x), h: within(SMALLEST, h + dy, 1 - y) };
    else this.box = { x: within(0, x + dx, 1 - w), y: within(0, y + dy, 1 - h), w, h };
    this.draw();
    const percent = (n) => Math.round(n * 100), b = this.box;
    say(fill(this.button.dataset.said, { left: percent(b.x), right: percent(b.x + b.w), top: percent(b.y), bottom: percent(b.y + b.h) }));
  }

  keep() {
    const page = this.sheet.dataset.page;
    const { x, y, w, h } = this.box;
    this.svg.removeAttribute("tabindex");
    this.svg.removeAttribute("role");
    this.svg.setAttribute("class", "spots");
    this.svg.setAttribute("data-drawn", "");
    put(this.exhibit, page, [x, y, w, h].map((n) => n.toFixed(4)).join(","));
    say(fill(this.button.dataset.kept, { page }));
  }

  stop() {
    this.svg.remove();
    this.button.focus();
    say(this.button.dataset.none);
  }
}

document.addEventListener("htmx:afterSwap", (event) => { // a mark was added, so its box stays
  if (event.target.matches("[data-pad]")) one("svg[data-drawn]")?.removeAttribute("data-drawn");
});

/** Another page, or no box after all. */
function clearBox(form) {
  one("[data-box]", form).value = "";
  one("[data-box-words]", form).hidden = true;
  all("svg[data-drawn]").forEach((each) => each.remove());
}
document.addEventListener("input", (event) => {
  const form = event.target.matches("[data-place]") && event.target.closest("[data-place-form]");
  if (form) clearBox(form);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-box-clear]"), form = button?.closest("[data-place-form]");
  if (!form) return;
  clearBox(form);
  one("[data-note]", form).focus();
});

/* ---------- Size of pages and pictures ---------- */

const SIZES = [1, 1.5, 2, 3, 4];

function zoom(exhibit, by) {
  const sheets = one("[data-sheets]", exhibit);
  const now = Number(sheets.dataset.size ?? 0);
  const size = by ? within(0, now + by, SIZES.length - 1) : 0;
  const room = sheets.clientWidth;
  sheets.dataset.size = size;
  sheets.classList.toggle("is-zoomed", size > 0);
  for (const image of all(".paper img", sheets)) {
    image.dataset.ratio ??= image.getAttribute("height") / image.getAttribute("width");
    image.setAttribute("width", Math.round(room * SIZES[size]));
    image.setAttribute("height", Math.round(room * SIZES[size] * image.dataset.ratio));
  }
  say(`${Math.round(SIZES[size] * 100)}%`);
}

document.addEventListener("keydown", (event) => {
  const by = { "+": 1, "=": 1, "-": -1, 0: 0 }[event.key];
  if (by === undefined || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("[data-sheets]")) return;
  event.preventDefault();
  zoom(event.target.closest("[data-exhibit]"), by);
});

/* ---------- Captions: a cue at the current time ---------- */

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-cue]");
  const media = button && one("video, audio");
  if (!media) return;
  const area = document.getElementById(button.dataset.addCue);
  const cue = `${clock(media.currentTime)} --> ${clock(media.currentTime + 4)}\n`;
  area.value = area.value.trimEnd() + (area.value.trim() ? "\n\n" : "") + cue;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
});

arrive();
all("[data-exhibit]").forEach(nameHere);
