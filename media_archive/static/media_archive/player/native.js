// A device that plays one stream and knows HLS itself (iPhones): one camera at a time, changed at the same place.
export class NativeFeed {
  constructor(camera, video, tell) {
    Object.assign(this, { camera, video, tell, state: "idle", absent: false, isShown: true, boostUntil: 0 });
    this.base = null; // wall time of the stream's time 0
    video.addEventListener("error", () => this.failed());
    video.addEventListener("loadedmetadata", () => this.arrived());
  }

  get number() {
    return this.camera.number;
  }

  load(master, wall) {
    Object.assign(this, { master, wanted: wall, base: null, state: "loading" });
    this.video.src = master;
    this.video.load();
  }

  async arrived() {
    const asked = this.master;
    const date = this.video.getStartDate?.();
    const base = date && !Number.isNaN(date.getTime()) ? date.getTime() : await firstDate(asked).catch(() => null);
    if (asked !== this.master) return;
    this.base = base ?? this.wanted;
    this.state = "ready";
    this.place(this.wanted);
    this.tell("changed", this);
  }

  // The element tells no status, so that the address is asked itself.
  async failed() {
    if (!this.video.src || this.state === "failed") return;
    this.lastWall = this.wall ?? this.wanted;
    this.state = "failed";
    const answer = await fetch(this.master, { cache: "no-store" }).catch(() => null);
    this.tell([401, 403, 410].includes(answer?.status) ? "expired" : "failed", this);
  }

  unload() {
    this.video.removeAttribute("src");
    this.video.load();
    this.state = "idle";
  }

  get wall() {
    return this.base === null ? null : this.base + this.video.currentTime * 1000;
  }

  get isReady() {
    return this.state === "ready" && !this.video.seeking && this.video.readyState >= 3;
  }

  get segments() {
    return [];
  }

  hasPicture() {
    return this.state === "ready";
  }

  place(wall) {
    if (this.base === null) this.wanted = wall;
    else this.video.currentTime = Math.max(0, (wall - this.base) / 1000);
  }

  setQuality() {}
}

// The first segment's date and time, for browsers that do not tell a stream's start.
const firstDate = async (master) => {
  const lines = async (address) => (await (await fetch(address)).text()).split(/\r?\n/);
  const list = (await lines(master)).find((line) => line && !line.startsWith("#"));
  const dated = (await lines(new URL(list, new URL(master, location.href)))).find((line) => line.startsWith("#EXT-X-PROGRAM-DATE-TIME:"));
  return dated ? Date.parse(dated.slice(dated.indexOf(":") + 1)) : null;
};
