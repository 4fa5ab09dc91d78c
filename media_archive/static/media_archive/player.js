// The player before anything plays: poster, one button, the place from the address or from last time. The cameras,
// hls.js and all that controls do come with the first touch.
import { Addresses, dataIn } from "./player/addresses.js";
import { choiceOf, meaningOf } from "./player/keys.js";
import { drawVolume, keptCaptions, keptSpeed, keptVolume } from "./player/remembered.js";
import { clockWords, copyText, kept, secondsOf, wordsIn } from "./player/words.js";

const PLAYS_ONE_STREAM = /iPhone|iPod/.test(navigator.userAgent) || !("MediaSource" in window || "ManagedMediaSource" in window);
const WIDE = "(width >= 48rem)"; // where cameras have room beside each other
const STAYS = matchMedia("(width < 62rem) and (height >= 28rem)"); // there the picture stays in sight; else it is scrolled to
const BEFORE_END = 5; // seconds; where an address beyond the end begins
document.documentElement.classList.add("has-script"); // a frame on another site has no script but this

class PlenumPlayer extends HTMLElement {
  connectedCallback() {
    if (this.plain) return;
    this.plain = this.querySelector(".player__plain");
    this.word = wordsIn(this);
    this.data = dataIn(this);
    if (!this.data?.cameras.length) return;
    this.addresses = new Addresses(this.data);
    this.plain.controls = false;
    this.placeName = `place:${this.data.resume_key}`;
    const address = new URLSearchParams(location.search);
    this.asked = this.inside(secondsOf(address.get("t")));
    this.choice = address.get("camera") ?? "";
    this.soundChoice = address.get("sound"); // counts for this visit; what is chosen here is remembered
    this.begin = this.asked ?? 0;
    this.querySelectorAll("[data-tick]").forEach((tick) => tick.style.setProperty("--at", String(tick.dataset.tick / this.data.duration)));
    this.offer();
    this.showPlace(this.begin);
    this.showBegin();
    for (const name of ["pointerenter", "focusin", "touchstart"])
      this.addEventListener(name, () => this.prefetch(), { once: true, passive: true });
    for (const name of ["click", "input", "change"]) this.addEventListener(name, this, { capture: true });
    this.addEventListener("keydown", this);
    this.querySelectorAll("[data-link]").forEach((button) => button.addEventListener("click", () => copyText(this.address())));
    this.follow = (event) => this.followLink(event);
    document.addEventListener("click", this.follow);
    if (PLAYS_ONE_STREAM) this.classList.add("is-single");
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.follow);
  }

  // Seconds from the cut's start.
  get at() {
    return this.stage?.at ?? this.begin;
  }

  get isPlaying() {
    return Boolean(this.stage?.together.isPlaying);
  }

  inside(at) {
    const { duration } = this.data;
    return at !== null && at >= duration ? Math.max(0, Math.floor(duration - BEFORE_END)) : at;
  }

  // The recording's page (which a frame names) with a second, the camera that is shown, and the language where it is not
  // the first one; never with a secret that the page's own address may hold.
  address(at = this.at) {
    const address = new URL(this.dataset.page ?? location.pathname, location.href);
    address.searchParams.set("t", String(Math.floor(at)));
    const choice = this.stage?.view.choice ?? this.choice;
    if (choice && this.data.cameras.length > 1) address.searchParams.set("camera", choice);
    const { sounds } = this.data;
    const number = this.soundNumber;
    if (sounds.length > 1 && (number > 0 || this.soundChoice !== null)) address.searchParams.set("sound", sounds[Math.max(0, number)].language);
    return address.href;
  }

  // Which sound is chosen: in the menu, else by the address, else last time on any recording; -1 where none of these is here.
  get soundNumber() {
    const menu = this.querySelector("[data-sound]");
    if (this.stage && menu) return Number(menu.value);
    const known = (language) => this.data.sounds.findIndex((sound) => sound.language === language);
    const asked = this.soundChoice === null ? -1 : known(this.soundChoice);
    return asked >= 0 ? asked : known(kept.get("sound"));
  }

  // Where she stopped last time is offered in words; an address with a second counts more.
  offer() {
    const box = this.querySelector(".player__start");
    const [play, again] = box.querySelectorAll("button");
    for (const button of this.querySelectorAll(".player__again")) button.addEventListener("click", () => this.playAt(0));
    const place = this.asked === null ? kept.get(this.placeName) : null;
    const words = play.querySelector("[data-play-words]");
    if (place && place < this.data.duration) {
      this.begin = place;
      words.textContent = this.word("continue", { time: clockWords(place) });
      again.hidden = false;
    } else if (this.asked) words.textContent = this.word("play-from", { time: clockWords(this.asked) });
    box.hidden = false;
    play.addEventListener("click", () => this.playAt(this.begin));
  }

  hideOffers() {
    for (const box of this.querySelectorAll(".player__start, .player__end")) {
      if (box.contains(document.activeElement)) this.querySelector("[data-play]").focus({ preventScroll: true });
      box.hidden = true;
    }
  }

  // At the end the recording that follows is offered, and begins only when asked to.
  offerNext() {
    this.querySelector(".player__end")?.removeAttribute("hidden");
    this.say("ended");
  }

  prefetch() {
    this.parts ??= Promise.all([import(this.dataset.stage), PLAYS_ONE_STREAM ? {} : import(this.dataset.hls)]);
    this.parts.catch(() => (this.parts = undefined));
    return this.parts;
  }

  // The first touch: load everything, show the first picture, and let the caller go on.
  open() {
    this.opening ??= this.prefetch().then(async ([{ Stage }, { default: Hls }]) => {
      this.hideOffers();
      this.plain.hidden = true;
      const stage = new Stage(this, Hls);
      this.querySelectorAll(".player__tile").forEach((tile, number) => (tile.hidden = number >= stage.tiles.length));
      const begun = stage.begin(this.begin, this.firstChoice);
      this.stage = stage;
      await begun;
    });
    this.opening.catch(() => {
      this.opening = undefined;
      this.dataset.state = "";
      const notice = this.querySelector(".player__notice");
      notice.querySelector("p").textContent = this.word("not-loaded");
      notice.querySelector("button").textContent = this.word("try-again");
      notice.hidden = false;
    });
    this.dataset.state ||= "loading";
    return this.opening;
  }

  async playAt(at) {
    at = this.inside(at);
    if (!this.stage) this.begin = at;
    this.hideOffers();
    await this.open();
    if (this.stage.together.wall === null || Math.abs(this.stage.at - at) > 0.5) this.stage.together.target = this.stage.wallOf(at);
    await this.stage.play();
  }

  // Before everything is there a control is pressed again once it is.
  handleEvent(event) {
    if (event.type === "keydown") return this.key(event);
    const control = event.target.closest("[data-play], [data-skip], [data-choose], [data-mute], [data-full], [data-tick], .player__notice button, .player__bar input, select, [data-volume]");
    if (this.stage || !control) return undefined;
    event.stopPropagation();
    if (event.type === "input" || (event.type === "click" && control.matches("select, input"))) return undefined;
    if (control.matches("[data-mute]")) return this.keepVolume({ muted: !keptVolume().muted });
    if (control.matches("[data-volume]")) return this.keepVolume({ volume: Number(control.value) / 100, muted: control.value === "0" });
    if (control.matches("[data-play], .player__notice button")) {
      this.querySelector(".player__notice").hidden = true;
      return this.playAt(this.begin);
    }
    if (control.matches("[data-tick]")) return this.playAt(Number(control.dataset.tick));
    if (control.matches(".player__bar input")) return this.playAt(Number(control.value));
    if (event.type === "click") return this.open().then(() => control.click());
    const { value } = control; // what is remembered is shown at first
    return this.open().then(() => {
      control.value = value;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  keepVolume(change) {
    kept.set("volume", { ...keptVolume(), ...change });
    drawVolume(this, keptVolume());
  }

  key(event) {
    if (this.stage) {
      if (this.stage.controls.key(event)) event.preventDefault();
      return;
    }
    const key = meaningOf(event);
    if (key && this.keyBefore(key)) event.preventDefault();
  }

  // Before anything plays a camera's key says with which one to begin, and nothing is loaded for it.
  keyBefore(key) {
    const choice = choiceOf(key);
    if (choice && !this.opening) return this.chooseFirst(choice);
    if ([" ", "k"].includes(key)) this.playAt(this.begin);
    else if (key === "f" && this.requestFullscreen && !document.fullscreenElement) this.requestFullscreen().catch(() => {}); // only at once
    else if (key === "x") return false;
    else this.open().then(() => this.stage.controls.act(key));
    return true;
  }

  chooseFirst(choice) {
    const button = this.querySelector(`[data-choose="${choice}"]`);
    if (!button || (PLAYS_ONE_STREAM && !Number(choice))) return false;
    this.choice = choice;
    this.dataset.layout = Number(choice) ? "one" : choice;
    this.showBegin();
    this.say("begins-with", { view: button.textContent });
    return true;
  }

  // Links of the page that name a second (chapters, lines, slides) play it instead of loading the page anew.
  followLink(event) {
    const link = event.target.closest?.("a[data-second]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.playAt(Number(link.dataset.second));
    if (!STAYS.matches) this.bringIntoSight();
  }

  get staysInSight() {
    return STAYS.matches && document.fullscreenElement !== this;
  }

  // Whoever asks for a second wants to see it.
  bringIntoSight() {
    const screen = this.querySelector(".player__screen");
    const { top, bottom } = screen.getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (seen < (bottom - top) / 2) screen.scrollIntoView({ block: bottom - top < innerHeight / 2 ? "center" : "start" });
  }

  placeChanged() {
    this.showPlace(this.at);
    this.dispatchEvent(new CustomEvent("place", { detail: { at: this.at, playing: this.isPlaying } }));
  }

  showPlace(at) {
    const time = clockWords(at);
    if (this.shown === time) return;
    this.shown = time;
    this.querySelectorAll("[data-link-words]").forEach((place) => (place.textContent = this.word("link-to", { time })));
    const current = this.data.chapters.findLast((chapter) => chapter.start <= at + 0.05)?.start;
    document.querySelectorAll(".chapters a[data-second]").forEach((link) => {
      if (Number(link.dataset.second) === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  // What is shown at first: what the address says, else all where there is room beside each other.
  get firstChoice() {
    const known = [...this.querySelectorAll("[data-choose]")].map((button) => button.dataset.choose);
    if (known.includes(this.choice) && !(PLAYS_ONE_STREAM && !Number(this.choice))) return this.choice;
    return matchMedia(WIDE).matches && !PLAYS_ONE_STREAM && known.includes("both") ? "both" : String(this.data.cameras[0].number);
  }

  showBegin() {
    for (const button of this.querySelectorAll("[data-choose]"))
      button.setAttribute("aria-pressed", String(button.dataset.choose === this.firstChoice));
    drawVolume(this, keptVolume());
    this.querySelector("[data-speed]").value = String(keptSpeed());
    const captions = this.querySelector("[data-captions]");
    const languages = this.data.captions.map((one) => one.language);
    if (captions) captions.value = keptCaptions(languages, this.data.sounds[Math.max(0, this.soundNumber)]?.language);
    const menu = this.querySelector("[data-sound]");
    if (menu && this.soundNumber >= 0) menu.value = String(this.soundNumber);
    const bar = this.querySelector(".player__bar");
    bar.style.setProperty("--played", String(this.begin / this.data.duration));
    bar.querySelector("input").value = String(Math.round(this.begin));
    this.querySelector(".player__now").textContent = clockWords(this.begin);
  }

  labelOf(camera) {
    const name = this.word("camera", { n: camera.number });
    return camera.label ? `${name} · ${camera.label}` : name;
  }

  // Said to those who do not see it.
  say(name, values) {
    this.querySelector(".player__status").textContent = this.word(name, values);
  }
}

customElements.define("plenum-player", PlenumPlayer);
