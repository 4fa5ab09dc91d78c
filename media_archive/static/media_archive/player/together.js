// Keeps several cameras on one clock: one leads (its sound is heard), the others follow by their rate of playing.
import { leapsBetween } from "./clock.js";

const TICK = 100; // ms
const DEAD_BAND = 15; // ms that nobody sees
const SETTLED = 4; // ms to which a correction goes on once begun
const SEEKS_ABOVE = 1000; // ms
const CALM = { gain: 1, limit: 0.25 }; // share of the distance made up in a second, and how much faster or slower
const HASTY = { gain: 5, limit: 0.5 }; // for a while after seeks and stalls
const FAR = 120; // ms that only a stall can have made
const HASTY_FOR = 2500; // ms
const LATE_AT_MOST = 60; // ms that pictures may be off the clock; more is a processor that has no time
const SEEK_TAKES = 120; // ms; a camera that has to jump while others play aims that much ahead
const KNOWS_WITHIN = 2000; // ms
const WAITS_FOR_OTHERS = 400; // ms after a seek until which the leader waits for cameras that are shown

const now = () => performance.now();

export class Together {
  // tell is called with ("place" | "ended" | "blocked" | "waiting" | "absent")
  constructor(feeds, leader, end, tell) {
    Object.assign(this, { feeds, leader, preferred: leader, end, tell });
    this.isPlaying = false; // what the reader wants, whatever the cameras are doing
    this.rate = 1;
    this.target = null; // where a seek under way goes to
    this.turn = 0;
    this.timer = setInterval(() => this.tick(), TICK);
  }

  stop() {
    clearInterval(this.timer);
  }

  get others() {
    return this.feeds.filter((feed) => feed !== this.leader);
  }

  get wall() {
    return this.target ?? this.leader.wall ?? this.last ?? null;
  }

  async play() {
    this.isPlaying = true;
    if (this.last !== undefined && this.wall >= this.end - 300) return this.seek(this.restart);
    return this.seek(this.wall);
  }

  pause() {
    this.isPlaying = false;
    this.turn += 1;
    const { wall } = this;
    this.feeds.forEach((feed) => feed.video.pause());
    this.others.forEach((feed) => feed.place(wall));
    this.target = null;
    this.tell("place");
  }

  setRate(rate) {
    this.rate = rate;
    this.feeds.forEach((feed) => (feed.video.playbackRate = rate));
  }

  // Lead from another camera on: its sound is heard from now on.
  lead(feed) {
    this.preferred = feed;
    if (feed.hasPicture(this.wall)) this.follow(feed);
  }

  follow(feed) {
    this.leader = feed;
    this.last = feed.wall ?? this.last;
    feed.video.playbackRate = this.rate;
    this.tell("leads", feed);
  }

  // All go to that moment; those who are shown wait for each other a little, so that they start as one.
  async seek(wall) {
    this.turn += 1;
    const { turn } = this;
    this.target = wall;
    await this.knowWhoHasPicture(wall);
    if (turn !== this.turn) return;
    const leader = [this.preferred, ...this.feeds].find((feed) => feed.hasPicture(wall)) ?? this.preferred;
    if (leader.state !== "idle") this.leader = leader;
    this.tell("leads", leader);
    for (const feed of this.feeds) {
      if (this.isPlaying) feed.video.pause();
      feed.place(wall);
    }
    this.tell("place");
    const slow = setTimeout(() => this.tell("waiting", true), 300);
    await until(() => turn !== this.turn || this.leader.isReady || this.leader.state === "failed", this.leader.video);
    const patience = now() + WAITS_FOR_OTHERS;
    const late = () => this.feeds.some((feed) => feed.isShown && !feed.absent && feed.state === "ready" && !feed.isReady);
    while (turn === this.turn && late() && now() < patience) await new Promise((done) => setTimeout(done, 10));
    clearTimeout(slow);
    this.tell("waiting", false);
    if (turn !== this.turn) return;
    this.target = null;
    this.last = this.leader.wall ?? wall;
    this.feeds.forEach((feed) => (feed.boostUntil = now() + HASTY_FOR));
    if (this.isPlaying) await this.run();
    this.tell("place");
  }

  // Where the sound's camera has a gap another one leads: those on their way may be it.
  async knowWhoHasPicture(wall) {
    const patience = now() + KNOWS_WITHIN;
    const loading = () => this.feeds.some((feed) => feed.state === "loading");
    if (this.preferred.state !== "ready") return;
    while (!this.feeds.some((feed) => feed.hasPicture(wall)) && loading() && now() < patience)
      await new Promise((done) => setTimeout(done, 25));
  }

  async run() {
    const { leader } = this;
    for (const feed of this.others) if (feed.isReady && !feed.absent) feed.video.play().catch(() => {});
    try {
      leader.video.playbackRate = this.rate;
      await leader.video.play();
    } catch (error) {
      if (error.name === "NotAllowedError") {
        this.pause();
        this.tell("blocked");
      }
    }
  }

  tick() {
    if (!this.isPlaying || this.target !== null) return;
    const { leader } = this;
    const wall = leader.wall;
    if (wall === null || leader.state === "failed") return this.takeOver();
    const left = leader.video.ended || leapsBetween(leader.segments, this.last ?? wall, wall);
    if (left && this.takeOver()) return;
    if (leader.video.ended || wall >= this.end - 20) return this.finish();
    this.last = wall;
    const held = leader.video.seeking || leader.video.readyState < 3;
    if (held !== this.held) this.tell("waiting", held);
    this.held = held;
    if (!held && leader.video.paused) leader.video.play().catch((error) => this.refused(error));
    for (const feed of this.others) this.keep(feed, wall, held);
    this.returnTo(wall);
    this.tell("place");
  }

  // Some browsers let no camera be heard that began without its sound: better seen and silent than not at all.
  refused(error) {
    if (error.name === "NotAllowedError") this.tell("refused", this.leader);
  }

  // The leader's picture ends or is cut here: whoever has one now leads meanwhile.
  takeOver() {
    const at = (this.last ?? 0) + TICK / 2;
    const next = this.others.find((feed) => feed.hasPicture(at) && feed.isReady);
    if (!next) return false;
    this.leader.place(at);
    this.follow(next);
    next.video.play().catch(() => {});
    return true;
  }

  returnTo(wall) {
    const { preferred } = this;
    if (preferred === this.leader || !preferred.isReady || preferred.video.paused || preferred.absent) return;
    if (Math.abs(preferred.wall - wall) < 60) this.follow(preferred);
  }

  finish() {
    this.pause();
    this.tell("ended");
  }

  // One camera beside the leader.
  keep(feed, wall, held) {
    const { video } = feed;
    if (feed.state !== "ready") return;
    const absent = !feed.hasPicture(wall);
    if (absent !== feed.absent) {
      feed.absent = absent;
      this.tell("absent", feed);
      if (!absent) feed.boostUntil = now() + HASTY_FOR;
      if (absent) feed.place(wall);
    }
    if (absent) return;
    if (held) return video.pause();
    if (video.seeking || video.readyState < 3) {
      feed.boostUntil = now() + HASTY_FOR;
      return;
    }
    if (video.paused) video.play().catch(() => {});
    const ahead = feed.wall - wall - lateBeside(feed, this.leader);
    if (Math.abs(ahead) > SEEKS_ABOVE) {
      feed.boostUntil = now() + HASTY_FOR;
      feed.place(wall + SEEK_TAKES * this.rate);
      return;
    }
    if (Math.abs(ahead) > FAR) feed.boostUntil = now() + HASTY_FOR;
    const { gain, limit } = now() < feed.boostUntil ? HASTY : CALM;
    feed.isCorrecting = Math.abs(ahead) > (feed.isCorrecting ? SETTLED : DEAD_BAND);
    const change = feed.isCorrecting ? Math.max(-limit, Math.min(limit, (-ahead / 1000) * gain)) : 0;
    const rate = this.rate * (1 + change);
    if (Math.abs(video.playbackRate - rate) > 0.002) video.playbackRate = rate;
  }
}

// What is seen comes together, not only what the clocks say; of a camera out of sight only the clock is known.
const lateBeside = (feed, leader) => {
  const [one, other] = [feed.late, leader.late];
  return one === undefined || other === undefined ? 0 : Math.max(-LATE_AT_MOST, Math.min(LATE_AT_MOST, one - other));
};

// Wait until it is so, looking whenever the video tells something.
const until = (holds, video) =>
  new Promise((done) => {
    const names = ["seeked", "canplay", "canplaythrough", "playing", "error", "emptied"];
    const timer = setInterval(look, 50);
    function look() {
      if (!holds()) return;
      clearInterval(timer);
      names.forEach((name) => video.removeEventListener(name, look));
      done();
    }
    names.forEach((name) => video.addEventListener(name, look));
    look();
  });
