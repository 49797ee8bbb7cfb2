/* <file-drop begin="url" list="id" max-bytes="n">: a plain file input whose files are sent in parts as soon as they are
   chosen. A part that fails is sent again, later and later; a file chosen again after a cut, a reload or on another day
   goes on with the parts that are missing. The server (submissions/views/uploads.py) says where each part is PUT: on the
   server itself, or straight into an S3 store. Without this module, and on pages without https, which have no
   crypto.subtle, the field and its button are a plain form. */

import { csrf, one, problemOf, say, word } from "./base.js";

const AT_ONCE = 3; // parts on their way at the same time
const LONGEST_WAIT = 30_000; // milliseconds between two tries
const GIVE_UP_AFTER = 12; // tries of one request in a row: with the waits, some four minutes

const underWay = new Set();
addEventListener("beforeunload", (event) => underWay.size && event.preventDefault());

class Stopped extends Error {}
class Refused extends Error {} // its message is a sentence from the server
class Over extends Error {} // another tab has sent the rest

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Wait before try `n`: 1, 2, 4 … seconds and a little by chance, or until the network is back. */
function pause(n, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(LONGEST_WAIT, 1000 * 2 ** n) * (0.75 + Math.random() / 2));
    addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
    signal.addEventListener("abort", () => { clearTimeout(timer); reject(new Stopped()); }, { once: true });
  });
}

/** Whether the same request may well work later. */
const passes = (status) => status === 0 || status === 408 || status === 429 || status >= 500;

class Upload {
  constructor(file, row, begin) {
    this.file = file;
    this.row = row;
    this.begin = begin;
    this.stopper = new AbortController();
    this.sent = new Map(); // part number -> bytes that have gone out
    row.button.addEventListener("click", () => this.stopper.abort(), { once: true });
  }

  get signal() { return this.stopper.signal; }

  async run() {
    underWay.add(this);
    let lock;
    try {
      lock = await navigator.wakeLock?.request("screen").catch(() => null); // a phone that sleeps sends nothing
      await this.send();
    } catch (problem) {
      const stopped = this.signal.aborted;
      this.stopper.abort(); // parts that are still on their way would write over what the line says now
      if (stopped) await this.stopped();
      else if (problem instanceof Refused) this.row.fail(problem.message);
      else throw problem;
    } finally {
      lock?.release();
      underWay.delete(this);
    }
  }

  async send() {
    this.plan = await this.ask(this.begin, { name: this.file.name, size: this.file.size });
    this.row.takePlaceOf(`evidence-${this.plan.artifact}`);
    const count = Math.ceil(this.file.size / this.plan.part_size);
    let wanted = Array.from({ length: count }, (_, n) => n + 1);
    const here = Object.keys(this.plan.have).map(Number).sort((a, b) => a - b);
    if (here.length) this.row.say(word("comparing"));
    for (const number of here) {
      if ((await this.hashed(number)).sha256 === this.plan.have[number]) {
        this.sent.set(number, this.sizeOf(number));
        wanted = wanted.filter((each) => each !== number);
      }
    }
    this.row.startClock(this.total());
    try {
      while (wanted.length) {
        await this.sendAll(wanted);
        wanted = (await this.ask(this.plan.finish, {})).missing ?? [];
      }
    } catch (problem) {
      if (!(problem instanceof Over)) throw problem;
      this.stopper.abort();
    }
    this.row.say(word("checking"));
    this.row.replace(await this.fetchRow());
    say(word("uploaded", { name: this.file.name }));
  }

  /** All parts, some at once. The first that cannot be sent ends the others. */
  async sendAll(numbers) {
    const queue = [...numbers];
    const lane = async () => { while (queue.length) await this.sendPart(queue.shift()); };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, lane));
  }

  slice(number) {
    return this.file.slice((number - 1) * this.plan.part_size, number * this.plan.part_size);
  }

  sizeOf(number) { return Math.min(this.plan.part_size, this.file.size - (number - 1) * this.plan.part_size); }

  async hashed(number) {
    let bytes;
    try {
      bytes = await this.slice(number).arrayBuffer();
    } catch { // the file was moved, changed or unplugged while we read it
      throw new Refused(word("file_gone"));
    }
    return { bytes, sha256: hex(await crypto.subtle.digest("SHA-256", bytes)) };
  }

  async sendPart(number) {
    const { bytes, sha256 } = await this.hashed(number);
    for (let n = 0; ; n += 1) {
      const addresses = await this.ask(this.plan.addresses, { part: `${number}:${sha256}` });
      const { status, sentence } = await this.put(addresses[number], bytes, number);
      if (status >= 200 && status < 300) return;
      this.sent.delete(number);
      if (n >= GIVE_UP_AFTER) throw new Refused(sentence || word("upload_failed"));
      if (status === 409 && n === 0) continue; // there is no place for it any more: asking for one again says why
      this.waits();
      await pause(n, this.signal);
    }
  }

  /** Say why nothing moves. */
  waits() { this.row.say(word(navigator.onLine ? "retrying" : "waiting_online")); }

  /** XMLHttpRequest, because fetch cannot tell how far an upload is. */
  put(address, bytes, number) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      this.signal.addEventListener("abort", stop, { once: true });
      request.open("PUT", address.url);
      for (const [name, value] of Object.entries(address.headers)) request.setRequestHeader(name, value);
      request.upload.addEventListener("progress", (event) => {
        this.sent.set(number, event.loaded);
        this.row.progress(this.total(), this.file.size);
      });
      request.addEventListener("abort", () => reject(new Stopped()));
      request.addEventListener("loadend", () => {
        this.signal.removeEventListener("abort", stop);
        let sentence = "";
        try { sentence = JSON.parse(request.responseText).detail; } catch { /* a store answers in XML */ }
        resolve({ status: request.status, sentence });
      });
      request.send(bytes);
    });
  }

  total() {
    let bytes = 0;
    for (const part of this.sent.values()) bytes += part;
    return bytes;
  }

  /** POST to our own server until it answers. That parts are missing is an answer. */
  async ask(url, values) {
    for (let n = 0; ; n += 1) {
      let response = { status: 0 };
      try {
        response = await fetch(url, {
          method: "POST",
          body: new URLSearchParams(values),
          headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
          signal: this.signal,
        });
      } catch {
        if (this.signal.aborted) throw new Stopped();
      }
      if (response.redirected) throw new Refused(word("upload_signed_out"));
      if (response.ok) return response.json();
      const problem = response.status ? await problemOf(response) : {};
      if (problem.missing) return problem;
      if (problem.type === "urn:laurel:upload-over") throw new Over();
      if (!passes(response.status) || n >= GIVE_UP_AFTER) {
        const other = response.status === 401 || response.status === 403 ? "upload_signed_out" : "upload_failed";
        throw new Refused(problem.detail || word(other));
      }
      this.waits();
      await pause(n, this.signal);
    }
  }

  async fetchRow() {
    for (let n = 0; ; n += 1) {
      try {
        const response = await fetch(this.plan.row, { headers: { "HX-Request": "true" } });
        if (response.ok) return await response.text();
      } catch { /* the network is away: what is sent is safe, so keep asking */ }
      await pause(n, new AbortController().signal);
    }
  }

  /** What is there already stays: the line tells how to go on. */
  async stopped() {
    say(word("stopped"));
    if (this.plan) this.row.replace(await this.fetchRow());
    else this.row.remove();
  }
}

/** The line of one file while it is on its way. */
class Row {
  constructor(file, list, input) {
    this.input = input;
    this.name = file.name;
    this.item = document.createElement("li");
    this.item.innerHTML =
      '<span class="thumb" aria-hidden="true"></span><span><b></b><span class="hint"></span></span>' +
      '<button type="button" class="btn quiet"></button><progress class="bar" max="1" value="0"></progress>';
    this.note = one(".hint", this.item);
    this.button = one("button", this.item);
    this.bar = one("progress", this.item);
    one("b", this.item).textContent = file.name;
    this.say(word("starting"));
    this.button.textContent = word("stop");
    this.button.setAttribute("aria-label", `${word("stop")} ${file.name}`);
    this.bar.setAttribute("aria-label", word("progress", { name: file.name }));
    this.thumbnail(file);
    list.append(this.item);
    this.startClock(0);
  }

  say(sentence) { this.note.textContent = sentence; }

  thumbnail(file) {
    const place = one(".thumb", this.item);
    if (!file.type.startsWith("image/")) {
      place.textContent = (file.name.split(".").pop() ?? "").slice(0, 4).toUpperCase();
      return;
    }
    const image = Object.assign(new Image(), { alt: "", className: "thumb", src: URL.createObjectURL(file) });
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    image.addEventListener("error", () => image.replaceWith(place), { once: true });
    place.replaceWith(image);
  }

  /** A line that says “not finished” of the same file makes way. */
  takePlaceOf(id) { document.getElementById(id)?.replaceWith(this.item); }

  startClock(already) { [this.started, this.already] = [performance.now(), already]; }

  progress(sent, total) {
    const speed = (sent - this.already) / (performance.now() - this.started); // bytes a millisecond
    const seconds = speed > 0 ? (total - sent) / speed / 1000 : 0;
    const percent = Math.floor((sent / total) * 100);
    this.bar.value = sent / total;
    if (seconds > 90) this.say(word("percent_minutes", { percent, n: Math.ceil(seconds / 60) }));
    else if (seconds > 3) this.say(word("percent_seconds", { percent, n: Math.ceil(seconds) }));
    else this.say(word("percent", { percent }));
  }

  fail(sentence) {
    this.item.classList.add("err");
    this.bar.remove();
    this.say(sentence);
    const button = this.button.cloneNode(); // a clone has no Stop listener
    button.textContent = word("remove");
    button.setAttribute("aria-label", `${word("remove")}: ${this.name}`);
    button.addEventListener("click", () => this.remove());
    this.button.replaceWith(button);
    say(`${this.name}: ${sentence}`);
  }

  remove() {
    this.item.remove();
    this.input.focus();
  }

  replace(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const added = [...holder.content.children];
    this.item.replaceWith(holder.content);
    for (const element of added) window.htmx?.process(element);
  }
}

class FileDrop extends HTMLElement {
  connectedCallback() {
    this.input = one("input[type=file]", this);
    this.list = document.getElementById(this.getAttribute("list"));
    if (!this.input || !this.list || this.ready) return;
    if (!globalThis.crypto?.subtle) return one("button", this)?.classList.remove("no-js");
    this.ready = true;
    this.waiting = Promise.resolve(); // files go one after the other: more at once only makes each of them slower
    this.input.required = false; // files are already stored when the form is sent
    this.input.addEventListener("change", () => this.take(this.input.files));
    this.addEventListener("paste", (event) => this.take(event.clipboardData.files));
    for (const name of ["dragover", "dragleave", "drop"]) {
      this.addEventListener(name, (event) => {
        event.preventDefault();
        one(".drop", this)?.classList.toggle("is-over", name === "dragover");
        if (name === "drop") this.take(event.dataTransfer.files);
      });
    }
  }

  take(files) {
    for (const file of [...files]) this.send(file);
    this.input.value = "";
  }

  send(file) {
    const row = new Row(file, this.list, this.input);
    const limit = Number(this.getAttribute("max-bytes"));
    if (limit && file.size > limit) {
      return row.fail(word("too_big", { name: file.name, mb: Math.floor(limit / 1e6).toLocaleString() }));
    }
    const upload = new Upload(file, row, this.getAttribute("begin"));
    this.waiting = this.waiting.then(() => upload.run());
  }
}
customElements.define("file-drop", FileDrop);
