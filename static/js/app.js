/* Laurel in the browser. One ES module, no dependencies, no eval, no inline handlers.
   Every page works without it; this file only saves people clicks and lost words.
   Strings come from the server (<script id="words">), so they are translated in one place. */

import { all, clock, csrf, hold, one, problemOf, say, store, stored, toast, word } from "./base.js";

/* ---------- Autosave: <form data-autosave="url" data-key="work:12:c2"> with optional <input name="rev"> ---------- */

const NOT_WORDS = new Set(["csrfmiddlewaretoken", "rev"]);

/** What the person typed or chose, as {name: [values]}. */
function snapshot(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NOT_WORDS.has(name)) (values[name] ??= []).push(value);
  }
  return values;
}

function fill(form, values) {
  for (const field of form.elements) {
    if (!field.name || NOT_WORDS.has(field.name) || field.type === "file") continue;
    const saved = values[field.name];
    if (field.type === "radio" || field.type === "checkbox") field.checked = saved?.includes(field.value) ?? false;
    else if (field.type === "select-multiple") {
      for (const option of field.options) option.selected = saved?.includes(option.value) ?? false;
    } else if (saved && field.tagName !== "BUTTON" && field.tagName !== "FIELDSET") field.value = saved.shift();
  }
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.key = "draft:" + form.dataset.key;
    this.status = one(".saved", form) ?? one(`.saved[data-for="${form.id}"]`);
    this.changes = 0; // counts edits, so an answer to an older save never clears newer words
    this.sending = null;
    this.stopped = false;
    this.offerRestore();
    form.addEventListener("input", () => this.edited());
    form.addEventListener("submit", (event) => this.submitted(event), true);
    addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
  }

  get rev() { return this.form.elements.rev?.value ?? ""; }

  show(state, text) {
    if (!this.status) return;
    this.status.dataset.state = state;
    this.status.textContent = text;
  }

  edited() {
    this.changes += 1;
    store(this.key, { rev: this.rev, values: snapshot(this.form) });
    this.later(1500);
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  /** One request at a time: a second one in flight would carry a revision the first has already used up. */
  async save() {
    if (!this.changes || this.stopped || this.sending) return;
    this.sending = this.send();
    await this.sending;
    this.sending = null;
  }

  async send() {
    const sent = this.changes;
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    this.show("saving", word("saving"));
    let response;
    try {
      response = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrf(), "X-Autosave": "1", Accept: "application/json" },
        keepalive: document.hidden,
      });
    } catch {
      this.show("offline", word("offline"));
      return this.later(15_000);
    }
    if (response.redirected || response.status === 401 || response.status === 403) {
      this.show("offline", word("signed_out"));
      return this.later(15_000);
    }
    if (response.status >= 500 || response.status === 429) {
      this.show("offline", word("not_saved"));
      return this.later(15_000);
    }
    if (!response.ok) {
      // 409: the work moved on without us, so more saves cannot help. Other refusals may clear with the next edit.
      this.stopped = response.status === 409;
      return this.show("stopped", (await problemOf(response)).detail || word("refused"));
    }
    this.accept(await response.json(), sent);
  }

  accept(answer, sent) {
    if (answer.rev != null && this.form.elements.rev) this.form.elements.rev.value = answer.rev;
    const time = new Date(answer.saved_at).toLocaleTimeString(document.documentElement.lang || [], { hour: "numeric", minute: "2-digit" });
    this.show("saved", word("saved", { time }));
    if (this.changes === sent) {
      this.changes = 0;
      store(this.key, null);
    } else this.later(1500);
  }

  /** A real submit waits for a save on its way, then carries the newest revision. */
  submitted(event) {
    clearTimeout(this.timer);
    if (this.sending) {
      hold(event);
      const button = event.submitter;
      this.sending.then(() => this.form.requestSubmit(button));
    } else if (stored(this.key)) {
      store(this.key, { rev: this.rev, values: snapshot(this.form), sent: true });
    }
  }

  /** Offer the device copy unless the server already has these words. */
  offerRestore() {
    const copy = stored(this.key);
    const banner = one("[data-restore]", this.form);
    if (!copy || !banner) return;
    const same = JSON.stringify(copy.values) === JSON.stringify(snapshot(this.form));
    if (same || (copy.sent && copy.rev !== this.rev)) return store(this.key, null);
    banner.hidden = false;
    one("button", banner).addEventListener("click", () => {
      fill(this.form, copy.values);
      banner.hidden = true;
      for (const area of all("[data-words]", this.form)) countWords(area);
      this.edited();
      this.save();
    });
  }
}

/* ---------- Word counter: <textarea id="x" data-words="150-500"> with <p id="x-n" class="count"> ---------- */

function countWords(area) {
  const out = document.getElementById(area.id + "-n");
  if (!out) return;
  const [low, high] = area.dataset.words.split("-").map(Number);
  const n = (area.value.match(/\S+/g) ?? []).length;
  const key = n < low ? "too_few" : n > high ? "too_many" : "enough";
  out.textContent = word(key, { n, low, high, over: n - high });
  out.dataset.state = n > high ? "over" : "";
}

/* ---------- Evidence tabs: <a data-ev="id" [data-at=seconds]> shows <div data-ev-panel="id"> ---------- */

function showEvidence(id, seconds) {
  if (!one(`[data-ev-panel="${CSS.escape(id)}"]`)) return;
  for (const tab of all(".tabs [data-ev]")) {
    if (tab.dataset.ev === id) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  for (const panel of all("[data-ev-panel]")) {
    panel.hidden = panel.dataset.evPanel !== id;
    const player = one("video, audio", panel);
    if (panel.hidden) player?.pause();
    else if (player && seconds) player.currentTime = Number(seconds);
  }
}

function nextEvidence() {
  const tabs = all(".tabs [data-ev]");
  const now = tabs.findIndex((tab) => tab.hasAttribute("aria-current"));
  const next = tabs[(now + 1) % tabs.length];
  if (!next) return;
  showEvidence(next.dataset.ev, next.dataset.at);
  say(next.textContent.trim());
}

/* ---------- Scoring with keys: <form data-score-form> holding <fieldset class="crit" data-evidence="id"> ---------- */

const keysOn = () => stored("keys") !== "off";
const isTyping = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");

class Scoring {
  constructor(form) {
    this.form = form;
    this.lines = all("fieldset.crit", form);
    this.at = 0;
    this.lines.forEach((line, n) => line.addEventListener("focusin", () => this.mark(n)));
    form.addEventListener("change", (event) => {
      this.touched = true;
      this.count();
      if (event.target.dataset.needs === "comment") one("details", event.target.closest(".crit"))?.setAttribute("open", "");
    });
    form.addEventListener("submit", (event) => this.check(event), true);
    document.addEventListener("keydown", (event) => this.form.isConnected && this.key(event));
    this.count();
  }

  get line() { return this.lines[this.at]; }

  mark(n) {
    const moved = n !== this.at;
    this.at = n;
    this.lines.forEach((line, m) => line.classList.toggle("is-active", m === n));
    if (moved && this.line.dataset.evidence) showEvidence(this.line.dataset.evidence, this.line.dataset.at);
  }

  go(n) {
    this.mark(Math.max(0, Math.min(this.lines.length - 1, n)));
    (one("input[type=radio]:checked", this.line) ?? one("input[type=radio]", this.line))?.focus({ preventScroll: true });
    this.line.scrollIntoView({ block: "nearest" });
  }

  count() {
    const place = one("[data-left]");
    if (!place) return;
    const n = this.lines.filter((line) => !one("input[type=radio]:checked", line)).length;
    place.textContent = n ? word("lines_left", { n, all: this.lines.length }) : word("all_scored");
    if (!n && this.touched) this.lookAhead();
  }

  /** While the last comment is written, take the next submission and load it, so that it opens at once. */
  async lookAhead() {
    if (this.ahead || !this.form.dataset.ahead) return;
    this.ahead = true;
    try {
      const answer = await fetch(this.form.dataset.ahead, { method: "POST", headers: { "X-CSRFToken": csrf() } });
      const { next } = answer.ok ? await answer.json() : {};
      if (next) document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: next }));
    } catch { /* offline: it is loaded when it is opened */ }
  }

  choose(digit) {
    const level = all("input[type=radio]", this.line)[digit - 1];
    if (!level || level.disabled) return;
    level.checked = true;
    level.dispatchEvent(new Event("input", { bubbles: true }));
    level.dispatchEvent(new Event("change", { bubbles: true }));
    say(word("level_set", { level: one(".lv", level.parentElement)?.textContent ?? digit, line: this.at + 1 }));
    if (level.dataset.needs === "comment") this.comment();
    else if (this.at < this.lines.length - 1) this.go(this.at + 1);
  }

  focusIn(selector) {
    const field = one(selector, this.line);
    field?.closest("details")?.setAttribute("open", "");
    field?.focus();
  }

  comment() { this.focusIn("textarea"); }

  send() {
    const button = one("[data-send]");
    this.form.requestSubmit(button?.form === this.form ? button : undefined);
  }

  /** Say what is missing before the server has to. Buttons with formnovalidate ("Save for later") skip this. */
  check(event) {
    if (event.submitter?.formNoValidate) return;
    const blank = this.lines.findIndex((line) => !one("input[type=radio]:checked", line));
    const silent = this.lines.findIndex((line) => {
      const area = one("textarea", line);
      return one("input[data-needs=comment]:checked", line) && area && !area.value.trim();
    });
    if (blank < 0 && silent < 0) return;
    hold(event);
    this.go(blank < 0 ? silent : blank);
    if (blank < 0) this.comment();
    say(word(blank < 0 ? "needs_comment" : "no_score", { line: this.at + 1 }));
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return this.send();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape" && this.form.contains(event.target)) this.go(this.at);
      return;
    }
    if (!keysOn()) return;
    const act = /^[1-9]$/.test(event.key) ? () => this.choose(Number(event.key)) : this.letters[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  letters = {
    j: () => this.go(this.at + 1),
    k: () => this.go(this.at - 1),
    c: () => this.comment(),
    "/": () => this.focusIn("[data-bank-search]"),
    e: nextEvidence,
    n: () => one("[data-next]")?.click(),
    p: () => one("[data-prev]")?.click(),
    w: () => one(".panes")?.classList.toggle("wide-rubric"),
    "?": () => one("#keys")?.showModal(),
  };
}

/* ---------- Comment bank: search filters, Enter or a click adds to the comment and never replaces it ---------- */

function filterBank(input) {
  const wanted = input.value.trim().toLowerCase();
  for (const button of all("[data-insert]", input.closest("[data-bank]"))) {
    button.parentElement.hidden = !button.textContent.toLowerCase().includes(wanted);
  }
}

function insertComment(button) {
  const area = one("textarea", button.closest(".crit"));
  if (!area) return;
  const media = one("[data-ev-panel]:not([hidden]) :is(video, audio)");
  const text = button.dataset.insert.replaceAll("{minute}", media ? clock(media.currentTime) : "…");
  area.value = (area.value.trimEnd() ? area.value.trimEnd() + "\n" : "") + text;
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/* ---------- Start: once per element, on load and after each htmx swap ---------- */

const started = new WeakMap(); // element -> what it was started as: the scoring form is autosaved too

function start(root, selector, begin) {
  for (const element of [...(root.matches?.(selector) ? [root] : []), ...all(selector, root)]) {
    const roles = started.get(element) ?? new Set();
    if (roles.has(selector)) continue;
    started.set(element, roles.add(selector));
    begin(element);
  }
}

function enhance(root) {
  start(root, "form[data-autosave]", (form) => new Autosave(form));
  start(root, "form[data-score-form]", (form) => new Scoring(form));
  start(root, "[data-words]", (area) => {
    area.addEventListener("input", () => countWords(area));
    countWords(area);
  });
  start(root, ".tabs [data-ev][aria-current]", (tab) => showEvidence(tab.dataset.ev, tab.dataset.at));
  start(root, "[data-keys-switch]", (box) => {
    box.checked = keysOn();
    box.addEventListener("change", () => store("keys", box.checked ? "on" : "off"));
  });
  start(root, "[data-focus]", (element) => element.focus());
  start(root, "[data-say]", (element) => say(element.dataset.say));
}

/* ---------- Clicks, dialogs, menus, copy ---------- */

document.addEventListener("click", (event) => {
  const hit = (selector) => event.target.closest(selector);
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const tab = hit("[data-ev]");
  if (tab) {
    event.preventDefault();
    showEvidence(tab.dataset.ev, tab.dataset.at);
  }
  const opener = hit("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (hit("[data-print]")) print();
  const copy = hit("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => toast(word("copied")));
  const phrase = hit("[data-insert]");
  if (phrase) {
    event.preventDefault(); // its button also works without a script
    insertComment(phrase);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && one("details.menu[open]");
  if (menu) {
    menu.open = false;
    one("summary", menu).focus();
  }
  if (event.key === "Enter" && event.target.matches("[data-bank-search]") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault(); // do not send the whole score
    one("li:not([hidden]) > [data-insert]", event.target.closest("[data-bank]"))?.click();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-bank-search]")) filterBank(event.target);
});

/* ---------- Forms: facets send themselves (htmx only), and no form is sent twice ---------- */

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit][hx-get]");
  if (form && event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
});

function busy(button) {
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  setTimeout(() => { button.disabled = true; }); // later, so its own name and value are still sent
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  // data-again: forms that may be sent many times from one page, like downloads
  if (!event.defaultPrevented && form.method === "post" && !form.hasAttribute("data-again")) busy(event.submitter);
});

function ready(root = document) {
  for (const button of all("button[aria-busy=true]", root)) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}
addEventListener("pageshow", () => ready());

/* ---------- htmx ---------- */

document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = csrf(); });
document.addEventListener("htmx:beforeRequest", (event) => busy(event.detail.requestConfig.triggeringEvent?.submitter));
document.addEventListener("htmx:afterRequest", (event) => setTimeout(() => ready(event.target)));
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
document.addEventListener("htmx:sendError", () => toast(word("request_offline")));
document.addEventListener("htmx:responseError", (event) => {
  let sentence = "";
  try { sentence = JSON.parse(event.detail.xhr.responseText).detail; } catch { /* an HTML error page */ }
  toast(sentence || word("request_failed"));
});

document.documentElement.classList.add("js");
enhance(document.body);
