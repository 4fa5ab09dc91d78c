// One camera: a <video> fed by hls.js that knows where it stands on the common clock.
import { nextStart, timeAt, wallAt } from "./clock.js";

const AHEAD = { shown: 24, hidden: 8 }; // seconds loaded in advance
const REFUSED = new Set([401, 403, 410]); // a signed address that has expired
const GONE = new Set([404]); // withdrawn, or only not there
const LATE_SHARE = 0.08; // of a new picture in the mean; a second forgets most of the old ones
const LATE_FOR = 600; // ms; older means say nothing of what is shown now
const PARKED_EARLY = 1; // ms; a camera waits on its first picture, not before it

export class Feed {
  // tell is called with ("expired" | "failed" | "changed", feed); newest gives an address as it is now signed.
  constructor(camera, video, Hls, tell, newest) {
    Object.assign(this, { camera, video, Hls, tell, newest });
    this.hasLoaded = false;
    this.state = "idle"; // then loading, ready or failed
    this.absent = false; // no picture at the present moment
    this.isShown = false;
    this.segments = [];
    this.boostUntil = 0;
    this.watchPictures();
  }

  // A browser may show its pictures up to two of them beside the video's own clock; so each tells how late it came.
  watchPictures() {
    const { video } = this;
    if (!video.requestVideoFrameCallback) return;
    video.addEventListener("seeking", () => (this.meanLate = undefined));
    const each = (_now, { expectedDisplayTime, mediaTime }) => {
      video.requestVideoFrameCallback(each);
      if (video.paused || video.seeking) return;
      const now = performance.now();
      const late = (video.currentTime - mediaTime) * 1000 + (expectedDisplayTime - now) * video.playbackRate;
      this.meanLate = this.meanLate === undefined ? late : this.meanLate + (late - this.meanLate) * LATE_SHARE;
      this.lateSince = now;
    };
    video.requestVideoFrameCallback(each);
  }

  // Milliseconds by which pictures come behind the video's clock; undefined where none are shown.
  get late() {
    return performance.now() - (this.lateSince ?? -LATE_FOR) < LATE_FOR ? this.meanLate : undefined;
  }

  get number() {
    return this.camera.number;
  }

  // Load the camera from this moment on.
  load(master, wall) {
    this.unload();
    const isAgain = this.hasLoaded;
    this.hasLoaded = true;
    const hls = new this.Hls({
      enableWorker: false, // workers would come from a blob, which the page's policy forbids
      abrEwmaDefaultEstimate: 2_000_000,
      backBufferLength: 30,
      maxBufferLength: this.isShown ? AHEAD.shown : AHEAD.hidden,
      maxMaxBufferLength: 60,
      nudgeMaxRetry: 8,
      xhrSetup: (xhr, address) => {
        xhr.open("GET", this.newest(address), true);
        // A playlist that is asked for anew may name what was made anew, which caches do not know yet.
        if (isAgain && address.endsWith(".m3u8")) xhr.setRequestHeader("Cache-Control", "no-cache");
      },
    });
    this.hls = hls;
    this.state = "loading";
    this.wanted = wall;
    const { Events, ErrorTypes } = this.Hls;
    hls.on(Events.LEVEL_UPDATED, (_name, { details }) => {
      this.segments = details.fragments;
      if (this.wanted === null) return;
      const at = this.wanted;
      this.wanted = null;
      this.absent = timeAt(this.segments, at) === null;
      hls.startLoad(this.nearest(at));
      this.state = "ready";
      this.tell("changed", this);
    });
    hls.on(Events.LEVEL_PTS_UPDATED, (_name, { details }) => (this.segments = details.fragments));
    hls.on(Events.LEVEL_SWITCHED, (_name, { level }) => (this.segments = hls.levels[level]?.details?.fragments ?? this.segments));
    hls.on(Events.MANIFEST_PARSED, () => this.setQuality());
    hls.on(Events.ERROR, (_name, error) => {
      const { code } = error.response ?? {};
      // hls.js would ask for half a minute; once each quality was asked for in vain, the page tells what has become of it.
      const isGone = GONE.has(code) && (error.fatal || error.errorAction?.retryCount >= hls.levels.length);
      if (REFUSED.has(code)) this.fail("expired");
      else if (!error.fatal && !isGone) return;
      else if (error.type === ErrorTypes.MEDIA_ERROR && !this.mended) {
        this.mended = true;
        hls.recoverMediaError();
      } else {
        this.isGone = isGone;
        this.fail("failed");
      }
    });
    hls.loadSource(master);
    hls.attachMedia(this.video);
  }

  fail(how) {
    if (this.state === "failed") return;
    this.lastWall = this.wall ?? this.wanted;
    this.state = "failed";
    this.hls?.stopLoad();
    this.tell(how, this);
  }

  unload() {
    this.hls?.destroy();
    this.hls = undefined;
    this.mended = false;
    this.isGone = false;
    this.segments = [];
    this.state = "idle";
  }

  // Where the picture stands; null before anything is known.
  get wall() {
    return this.segments.length ? wallAt(this.segments, this.video.currentTime) : null;
  }

  get isReady() {
    return this.state === "ready" && !this.video.seeking && this.video.readyState >= 3;
  }

  hasPicture(wall) {
    return this.state === "ready" && timeAt(this.segments, wall) !== null;
  }

  // Stream time of that moment, or of the first picture after it, or of the last one of all.
  nearest(wall) {
    const here = timeAt(this.segments, wall);
    if (here !== null) return here;
    const next = nextStart(this.segments, wall);
    if (next !== null) return timeAt(this.segments, next + PARKED_EARLY) ?? 0;
    const last = this.segments.at(-1);
    return last ? (last.startPTS ?? last.start) + last.duration - 0.05 : 0;
  }

  // Go to that moment; where the camera has no picture it waits at its next one.
  place(wall) {
    if (this.state === "idle" || this.state === "failed") return;
    if (!this.segments.length) {
      this.wanted = wall;
      return;
    }
    this.absent = timeAt(this.segments, wall) === null;
    if (this.absent) this.video.pause();
    const time = this.nearest(wall);
    if (Math.abs(this.video.currentTime - time) > 0.002) this.video.currentTime = time;
  }

  // Hidden cameras run on at their smallest picture; shown ones take the one that fits their place.
  setQuality() {
    const { hls } = this;
    if (!hls) return;
    hls.config.maxBufferLength = this.isShown ? AHEAD.shown : AHEAD.hidden;
    if (!hls.levels.length) return;
    const tall = this.video.clientHeight * Math.min(devicePixelRatio, 2);
    const fits = hls.levels.findIndex((level) => level.height >= tall * 0.9);
    const cap = this.isShown ? fits : 0;
    const sharper = this.isShown && hls.levels.length > 1 && hls.autoLevelCapping === 0 && cap !== 0;
    hls.autoLevelCapping = cap;
    if (sharper && this.state === "ready" && this.video.readyState >= 2) hls.nextLevel = -1; // not only after the buffer
  }
}
