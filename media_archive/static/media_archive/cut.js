// Where a cut begins and ends: the day's line follows what is typed, and each end has a lens of its own with the loudness
// around it, the film at that moment, and buttons that move it. What the server offers nearby is taken into the field.
const STEP = 0.1; // seconds of a byte of loudness
const SETTLES = 250; // ms without a change until film is asked for
const LISTEN = 6; // seconds

const seconds = (text) => {
  const parts = text.trim().replace(",", ".").split(":").map(Number);
  return parts.some(Number.isNaN) ? 0 : parts.reduce((sum, part) => sum * 60 + part, 0);
};
const clock = (at) => {
  const ms = Math.max(0, Math.round(at * 1000));
  const two = (number) => String(Math.floor(number) % 60).padStart(2, "0");
  return `${String(Math.floor(ms / 3_600_000)).padStart(2, "0")}:${two(ms / 60_000)}:${two(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}`;
};
const fieldOf = (name) => document.querySelector("form.rg-form").elements[name];

class CutLine extends HTMLElement {
  connectedCallback() {
    this.mark = this.querySelector("[data-mark]");
    this.fields = ["start", "end"].map(fieldOf);
    for (const field of this.fields) field.addEventListener("input", () => this.draw());
    this.draw();
  }
  draw() {
    const scale = 600_000 / Number(this.dataset.end);
    const [from, to] = this.fields.map((field) => seconds(field.value));
    this.mark.setAttribute("x", Math.max(0, from * scale));
    this.mark.setAttribute("width", Math.max(1, (to - from) * scale));
  }
}
customElements.define("cut-line", CutLine);

class CutLens extends HTMLElement {
  async connectedCallback() {
    this.field = fieldOf(this.dataset.field);
    this.isEnd = this.dataset.field === "end";
    this.canvas = this.querySelector("canvas");
    this.film = this.querySelector("video");
    this.listen = this.querySelector("[data-listen]");
    this.zoom = this.querySelector("select");
    this.claps = JSON.parse(this.dataset.claps);
    this.hidden = false;
    this.addEventListener("click", this);
    this.zoom.addEventListener("change", () => this.draw());
    this.field.addEventListener("input", () => this.moved());
    this.film.addEventListener("timeupdate", () => this.stopAtEnd());
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) this.canvas.addEventListener(name, this);
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    CutLens.wave ??= fetch(this.dataset.wave).then(async (answer) => (answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null));
    this.wave = await CutLens.wave;
    this.moved();
  }
  get at() {
    return seconds(this.field.value);
  }
  set at(value) {
    this.field.value = clock(value);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  handleEvent(event) {
    if (event.type !== "click") {
      this.drag(event);
      return;
    }
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.by) this.at += Number(button.dataset.by);
    else if (button.dataset.value) {
      this.at = seconds(button.dataset.value);
      this.field.focus();
    } else if (button === this.listen) this.play();
  }
  // The loudness is pulled along under the moment.
  drag(event) {
    if (event.type === "pointerdown" && event.isPrimary) {
      this.canvas.setPointerCapture(event.pointerId);
      this.grip = { x: event.clientX, at: this.at };
    } else if (event.type === "pointermove" && this.grip) {
      this.at = this.grip.at - ((event.clientX - this.grip.x) / this.canvas.clientWidth) * Number(this.zoom.value);
    } else if (event.type !== "pointermove") this.grip = null;
  }
  moved() {
    this.draw();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.show(), SETTLES);
  }
  draw() {
    const width = (this.canvas.width = this.canvas.clientWidth * devicePixelRatio);
    const height = (this.canvas.height = this.canvas.clientHeight * devicePixelRatio);
    const paper = this.canvas.getContext("2d");
    const colours = getComputedStyle(this);
    const shown = Number(this.zoom.value);
    const begin = this.at - shown / 2;
    const x = (at) => ((at - begin) / shown) * width;
    paper.fillStyle = colours.getPropertyValue("--inside");
    if (this.isEnd) paper.fillRect(0, 0, width / 2, height);
    else paper.fillRect(width / 2, 0, width / 2, height);
    paper.fillStyle = colours.getPropertyValue("--clap");
    for (const [from, to] of this.claps) paper.fillRect(x(from / 1000), 0, x(to / 1000) - x(from / 1000), height);
    paper.fillStyle = colours.getPropertyValue("--wave");
    const bars = Math.min(Math.floor(width / 2), Math.round(shown / STEP));
    for (let bar = 0; this.wave && bar < bars; bar += 1) {
      const first = Math.max(0, Math.floor((begin + (bar * shown) / bars) / STEP));
      const last = Math.floor((begin + ((bar + 1) * shown) / bars) / STEP);
      let top = 0;
      for (let n = first; n < Math.max(first + 1, last); n += 1) top = Math.max(top, this.wave[n] ?? 0);
      const tall = (top / 255) * height;
      paper.fillRect((bar * width) / bars, (height - tall) / 2, Math.max(1, (0.7 * width) / bars), tall);
    }
    paper.fillStyle = colours.getPropertyValue("--moment");
    paper.fillRect(width / 2 - devicePixelRatio, 0, 2 * devicePixelRatio, height);
  }
  // Shows the film at the moment; it is fetched when the seconds at hand do not reach it.
  async show() {
    const { at } = this;
    if (!this.clip || at < this.clip.from || at > this.clip.to) {
      const answer = await fetch(`${this.dataset.clip}?at=${Math.round(at * 1000)}`).catch(() => null);
      if (at !== this.at) return;
      const isFilmed = answer?.status === 200;
      this.classList.toggle("is-dark", !isFilmed);
      this.listen.disabled = !isFilmed;
      if (!isFilmed) return;
      const from = Number(answer.headers.get("Clip-Start")) / 1000;
      const film = await answer.blob();
      if (at !== this.at) return;
      if (this.clip) URL.revokeObjectURL(this.clip.url);
      this.clip = { from, to: from, url: URL.createObjectURL(film) };
      this.film.src = this.clip.url;
      await new Promise((done) => this.film.addEventListener("loadedmetadata", done, { once: true }));
      this.clip.to = from + this.film.duration;
    }
    this.until = null;
    this.film.pause();
    this.film.currentTime = Math.max(0, this.at - this.clip.from);
  }
  play() {
    if (!this.clip) return;
    if (!this.film.paused) {
      this.film.pause();
      return;
    }
    const first = this.isEnd ? Math.max(this.clip.from, this.at - LISTEN) : this.at;
    this.until = this.isEnd ? this.at : first + LISTEN;
    this.film.currentTime = Math.max(0, first - this.clip.from);
    this.film.play();
  }
  stopAtEnd() {
    if (this.until !== null && this.clip && !this.film.paused && this.clip.from + this.film.currentTime >= this.until) this.film.pause();
  }
}
customElements.define("cut-lens", CutLens);
