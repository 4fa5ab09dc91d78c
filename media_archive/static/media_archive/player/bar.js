// The bar: where the playing is, chapters as ticks, and under the pointer a small picture with its time and chapter.
import { clockWords } from "./words.js";

const TICKS_APART = 26; // px; chapters nearer than that are marks without a button

export const chapterAt = (chapters, at) => chapters.findLast((chapter) => chapter.start <= at + 0.05) ?? null;

export class Bar {
  constructor(player, data, seek) {
    Object.assign(this, { data, seek });
    this.box = player.querySelector(".player__bar");
    this.range = this.box.querySelector("input");
    this.hint = this.box.querySelector(".player__hint");
    this.ticks = [...this.box.querySelectorAll("[data-tick]")];
    this.now = player.querySelector(".player__now");
    this.chapter = player.querySelector(".player__chapter");
    this.range.max = String(Math.ceil(data.duration));
    this.range.addEventListener("input", () => {
      this.dragged = Number(this.range.value);
      this.draw(this.dragged);
      this.point(this.dragged);
    });
    this.range.addEventListener("change", () => {
      this.dragged = undefined;
      this.hint.hidden = true;
      this.seek(Number(this.range.value));
    });
    this.box.addEventListener("pointermove", (event) => this.point(this.timeUnder(event.clientX)));
    this.box.addEventListener("pointerleave", () => (this.hint.hidden = true));
    for (const tick of this.ticks) {
      tick.addEventListener("click", () => this.seek(Number(tick.dataset.tick)));
      tick.addEventListener("focus", () => this.point(Number(tick.dataset.tick)));
      tick.addEventListener("blur", () => (this.hint.hidden = true));
    }
    new ResizeObserver(() => this.placeTicks()).observe(this.box);
    this.placeTicks();
  }

  placeTicks() {
    const wide = this.range.clientWidth;
    let last = -Infinity;
    for (const tick of this.ticks) {
      const share = Number(tick.dataset.tick) / this.data.duration;
      tick.style.setProperty("--at", String(share));
      const near = share * wide - last < TICKS_APART;
      tick.classList.toggle("is-near", near);
      tick.disabled = near;
      if (!near) last = share * wide;
    }
  }

  timeUnder(x) {
    const { left, width } = this.range.getBoundingClientRect();
    return Math.max(0, Math.min(1, (x - left) / width)) * this.data.duration;
  }

  // Show what is at that second, above the bar.
  point(at) {
    this.pointed = at;
    this.loadPictures();
    const chapter = chapterAt(this.data.chapters, at);
    const [picture, words] = this.hint.children;
    words.textContent = chapter?.title ? `${clockWords(at)} · ${chapter.title}` : clockWords(at);
    const found = this.pictures?.findLast((one) => one.start <= at);
    picture.hidden = !found;
    if (found) {
      const { style } = picture;
      style.backgroundImage = `url("${encodeURI(decodeURI(found.image))}")`;
      style.backgroundPosition = `-${found.x}px -${found.y}px`;
      style.width = `${found.width}px`;
      style.height = `${found.height}px`;
    }
    this.hint.hidden = false;
    const half = this.hint.offsetWidth / 2;
    const wide = this.box.clientWidth;
    const x = this.range.offsetLeft + (at / this.data.duration) * this.range.clientWidth;
    this.hint.style.setProperty("--x", `${Math.max(half, Math.min(wide - half, x))}px`);
  }

  async loadPictures() {
    if (this.asked || !this.data.thumbnails) return;
    this.asked = true;
    try {
      const address = new URL(this.data.thumbnails, location.href);
      const answer = await fetch(address);
      if (answer.ok) this.pictures = spritesIn(await answer.text(), address);
      if (!this.hint.hidden) this.point(this.pointed);
    } catch {
      // the bar works without pictures
    }
  }

  draw(at) {
    const shown = this.dragged ?? at;
    const chapter = chapterAt(this.data.chapters, shown);
    if (this.dragged === undefined) this.range.value = String(Math.round(shown));
    this.box.style.setProperty("--played", String(Math.min(1, shown / this.data.duration)));
    const words = clockWords(shown);
    if (this.said === words) return;
    this.said = words;
    this.range.setAttribute("aria-valuetext", chapter?.title ? `${words}, ${chapter.title}` : words);
    this.now.textContent = words;
    if (this.chapter) this.chapter.textContent = chapter?.title ?? "";
  }
}

// A WebVTT file whose cues name parts of pictures: "sprites.jpg#xywh=0,0,160,90".
export const spritesIn = (text, address) =>
  text
    .split(/\r?\n\r?\n/)
    .map((block) => /(?:(\d+):)?(\d+):([\d.]+) --> .*\r?\n(.+)#xywh=(\d+),(\d+),(\d+),(\d+)/.exec(block))
    .filter(Boolean)
    .map(([, hours, minutes, seconds, image, x, y, width, height]) => ({
      start: Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds),
      image: new URL(image, address).href,
      x: Number(x),
      y: Number(y),
      width: Number(width),
      height: Number(height),
    }));
