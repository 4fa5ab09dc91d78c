// Everything after the first touch: the cameras on one clock, the view, sound, captions, and what goes wrong.
import { NoAddresses } from "./addresses.js";
import { Bar } from "./bar.js";
import { Captions } from "./captions.js";
import { Controls } from "./controls.js";
import { Feed } from "./feed.js";
import { NativeFeed } from "./native.js";
import { InSight } from "./sight.js";
import { Together } from "./together.js";
import { View } from "./view.js";
import { Voices } from "./voices.js";
import { kept } from "./words.js";

const KEEP_EVERY = 5000; // ms between two notes of the place
const WORTH_KEEPING = 15; // seconds from either end
const OTHERS_AFTER = 1200; // ms after the first picture until hidden cameras are loaded too
const AGAIN_AFTER = 10_000; // ms; an address refused sooner than that after a new one is no matter of time

export class Stage {
  // Hls is undefined where the device plays one stream by itself.
  constructor(player, Hls) {
    Object.assign(this, { player, Hls, data: player.data });
    this.start = Date.parse(this.data.start);
    this.isSingle = !Hls;
    const tiles = [...player.querySelectorAll(".player__tile")];
    const tell = (what, feed) => this.heard(what, feed);
    this.newest = (address) => player.addresses.newest(address);
    this.tiles = (this.isSingle ? tiles.slice(0, 1) : tiles).map((box, number) => {
      const camera = this.data.cameras[number];
      const video = box.querySelector("video");
      const feed = this.isSingle ? new NativeFeed(camera, video, tell) : new Feed(camera, video, Hls, tell, this.newest);
      box.addEventListener("click", () => this.pressed(feed));
      video.addEventListener("loadeddata", () => this.drawTiles());
      return { box, feed };
    });
    this.feeds = this.tiles.map((tile) => tile.feed);
    this.voices = new Voices(this);
    const end = this.start + this.data.duration * 1000;
    this.together = new Together(this.feeds, this.voices.chosen, end, (what, of) => this.heard(what, of));
    this.together.restart = this.start;
    this.bar = new Bar(player, this.data, (at) => this.seek(at));
    this.captions = new Captions(player.plain, player.querySelector(".player__words"), player.querySelector("[data-captions]"), this.data.sounds[Math.max(0, player.soundNumber)]?.language);
    this.controls = new Controls(player, this);
    this.sight = new InSight(player);
    this.view = new View(player, this.tiles, () => this.viewChanged());
    this.listen();
  }

  listen() {
    const { player } = this;
    player.querySelectorAll("[data-choose]").forEach((button) => button.addEventListener("click", () => this.choose(button.dataset.choose)));
    player.querySelector("[data-swap]")?.addEventListener("click", () => this.swap());
    player.querySelector(".player__notice button").addEventListener("click", () => this.again());
    addEventListener("pagehide", () => this.keepPlace());
    new ResizeObserver(() => this.fit()).observe(player);
    this.keeping = setInterval(() => this.together.isPlaying && this.keepPlace(), KEEP_EVERY);
    const session = navigator.mediaSession;
    if (!session) return;
    if (window.MediaMetadata) session.metadata = new MediaMetadata({ title: this.data.title });
    for (const [name, act] of [
      ["play", () => this.play()],
      ["pause", () => this.pause()],
      ["seekbackward", () => this.skip(-10)],
      ["seekforward", () => this.skip(10)],
    ])
      session.setActionHandler(name, act);
  }

  // Load what is shown and heard from that second on.
  async begin(at, choice) {
    this.begun = this.wallOf(at);
    if (this.isSingle) this.take(this.data.cameras.find((one) => String(one.number) === choice) ?? this.data.cameras[0]);
    else if (!this.view.choose(choice)) this.view.draw();
    this.player.dataset.state = "ready";
    this.together.target = this.begun;
    this.loadFeeds((feed) => feed.isShown || feed === this.together.preferred);
    this.voices.give();
    this.controls.drawSound();
    this.draw();
    if (!navigator.connection?.saveData) setTimeout(() => this.loadFeeds(() => true), OTHERS_AFTER);
    await new Promise((done) => (this.opened = done)); // the first camera knows its clock
  }

  loadFeeds(wanted) {
    for (const feed of this.feeds) {
      if (feed.state !== "idle" || !wanted(feed)) continue;
      const wall = this.together.wall ?? this.begun;
      feed.load(feed.camera.master, wall);
      this.drawTiles();
    }
  }

  get at() {
    const wall = this.together.wall ?? this.begun;
    return Math.max(0, Math.min(this.data.duration, (wall - this.start) / 1000));
  }

  get mainVideo() {
    return (this.feeds.find((feed) => feed.number === this.view.main) ?? this.feeds[0]).video;
  }

  wallOf(at) {
    return this.start + Math.max(0, Math.min(this.data.duration - 0.2, at)) * 1000;
  }

  play() {
    this.player.hideOffers();
    for (const feed of this.feeds) feed.isRefused = false;
    this.controls.drawPlaying(true);
    this.sight.hold();
    return this.together.play();
  }

  pause() {
    this.together.pause();
    this.controls.drawPlaying(false);
    this.keepPlace();
  }

  toggle() {
    if (this.together.isPlaying) this.pause();
    else this.play();
  }

  seek(at) {
    this.player.hideOffers();
    this.bar.draw(at);
    return this.together.seek(this.wallOf(at));
  }

  skip(seconds) {
    return this.seek(this.at + seconds);
  }

  setRate(rate) {
    this.together.setRate(rate);
  }

  pressed(feed) {
    this.player.querySelector(".player__screen").focus({ preventScroll: true });
    if (this.view.layout === "small" && feed.number !== this.view.main) this.swap(feed.number);
    else this.toggle();
  }

  choose(choice) {
    if (this.isSingle) return this.change(Number(choice));
    if (!this.view.choose(String(choice))) return false;
    this.sayView();
    return true;
  }

  sayView() {
    const { layout, main } = this.view;
    this.player.say({ one: "camera-is", both: "all-shown", small: "others-small" }[layout], { n: main });
  }

  swap(number) {
    if (this.view.layout === "one") return false;
    this.view.swap(number);
    this.sayView();
    return true;
  }

  // One stream at a time: the other camera at the same place.
  change(number) {
    const camera = this.data.cameras.find((one) => one.number === number);
    const [feed] = this.feeds;
    if (!camera || camera === feed.camera) return Boolean(camera);
    const { isPlaying, wall } = this.together;
    this.take(camera);
    feed.load(camera.master, wall);
    this.together.seek(wall);
    if (isPlaying) feed.video.play().catch(() => {});
    this.player.say("camera-is", { n: camera.number, label: camera.label });
    return true;
  }

  take(camera) {
    this.feeds[0].camera = camera;
    this.view.main = camera.number;
    this.view.draw();
    this.tiles[0].box.querySelector(".player__label").textContent = this.player.labelOf(camera);
  }

  toggleCaptions() {
    if (!this.captions.tracks.length) return;
    this.player.say(this.captions.toggle() ? "captions-on" : "captions-off");
  }

  viewChanged() {
    this.sight.look();
    this.fit();
    if (this.begun !== undefined) this.loadFeeds((feed) => feed.isShown);
    this.drawTiles();
    this.player.placeChanged();
  }

  fit() {
    for (const feed of this.feeds) feed.setQuality();
  }

  draw() {
    const { at } = this;
    this.bar.draw(at);
    this.captions.draw(at);
    this.voices.look();
    this.player.placeChanged();
  }

  // A tile is never black without a word.
  drawTiles() {
    for (const { feed, box } of this.tiles) {
      const note = box.querySelector(".player__gap");
      const name = feed.state === "failed" ? "camera-failed" : feed.absent ? "no-picture" : feed.video.readyState < 2 ? "loading" : "";
      const text = name ? this.player.word(name, { n: feed.number }) : "";
      if (note.textContent !== text) note.textContent = text;
      note.hidden = !text;
      box.classList.toggle("is-absent", Boolean(text));
    }
  }

  heard(what, of) {
    if (what === "place") return this.draw();
    if (what === "leads") return this.voices.give();
    if (what === "refused") {
      of.isRefused = of !== this.together.preferred;
      return this.voices.give();
    }
    if (what === "changed") {
      if (of === this.together.preferred || this.together.preferred.state === "failed") this.opened?.();
    } else if (what === "expired") this.renew();
    else if (what === "failed") this.failed(of);
    else if (what === "waiting") this.player.classList.toggle("is-waiting", of);
    else if (what === "ended") {
      this.controls.drawPlaying(false);
      this.sight.let();
      kept.set(this.player.placeName, null);
      this.player.offerNext();
    } else if (what === "blocked") {
      this.controls.drawPlaying(false);
      this.tellFault("press-again", "play");
    }
    return this.drawTiles();
  }

  // One camera that cannot be played is told in its place; the others go on, and lead if it led.
  failed(feed) {
    this.opened?.();
    const { together } = this;
    if (feed.camera.sound) return this.voices.failed(feed);
    const other = this.feeds.find((one) => one !== feed && !["failed", "idle"].includes(one.state));
    if (!other && feed.isGone) return this.renew(); // the page knows whether it is there
    if (!other) return this.tellFault("broken", "try-again");
    if (together.leader !== feed) return undefined;
    together.last ??= this.begun;
    together.preferred = this.feeds.find((one) => one !== feed && one.state !== "failed" && one.camera.has_sound) ?? other;
    this.voices.give();
    return together.seek(feed.lastWall ?? together.last);
  }

  // Say what is wrong, in the words given or those of that name, and offer what can be done.
  tellFault(name, act, words = "") {
    const notice = this.player.querySelector(".player__notice");
    this.offered = act;
    notice.querySelector("p").textContent = words || this.player.word(name);
    notice.querySelector("button").textContent = this.player.word(act);
    notice.hidden = false;
    this.player.classList.remove("is-waiting");
  }

  async again() {
    if (this.offered === "load-page") return this.loadPage();
    this.player.querySelector(".player__notice").hidden = true;
    const isBroken = this.feeds.some((feed) => feed.state === "failed");
    return !isBroken || (await this.renew(true)) ? this.play() : undefined;
  }

  // The page says who may watch and how, and comes back to this place.
  loadPage() {
    const address = new URL(location.href);
    address.searchParams.set("t", String(Math.floor(this.at)));
    address.hash = "";
    location.replace(address);
  }

  // Signed addresses end some time: the page itself gives new ones, and the playing goes on at the same place.
  async renew(asked = false) {
    if (this.renewing) return false;
    const { together } = this;
    const wall = together.target ?? together.leader.lastWall ?? together.wall ?? this.begun;
    const early = Date.now() - (this.renewed ?? -Infinity) < AGAIN_AFTER; // counts sleep too
    this.renewing = true;
    try {
      if (early && !asked) throw new NoAddresses("broken");
      await this.player.addresses.renew();
      this.renewed = Date.now();
      for (const { camera } of this.feeds) if (camera.sound) camera.master = camera.sound.url;
      const loaded = this.feeds.filter((feed) => feed.state !== "idle");
      together.turn += 1; // whatever was under way is over
      together.target = wall;
      const opened = new Promise((done) => (this.opened = done));
      together.preferred = this.voices.chosen;
      this.voices.give();
      loaded.forEach((feed) => feed.load(feed.camera.master, wall));
      await opened;
      if (together.target === wall) await together.seek(wall);
      return true;
    } catch (error) {
      this.pause();
      this.tellFault(error.kind ?? "broken", error.words ? "load-page" : "try-again", error.words);
      return false;
    } finally {
      this.renewing = false;
      this.drawTiles();
    }
  }

  keepPlace() {
    const { at } = this;
    const worth = at > WORTH_KEEPING && at < this.data.duration - WORTH_KEEPING;
    if (this.together.wall !== null) kept.set(this.player.placeName, worth ? Math.floor(at) : null);
  }
}
