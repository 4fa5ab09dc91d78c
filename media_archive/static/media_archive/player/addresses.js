// Signed addresses end some time. The page itself gives new ones to whoever still may watch, well before the old ones
// end, and after a sleep: all of the page's addresses below the old prefix go on below the new one.
const EARLY = 600_000; // ms before the end; half of the time where that is less
const LOOKS_EVERY = 60_000; // ms; at most
const WAITS = [1000, 3000, 6000]; // ms; a computer that wakes up has no network yet
const HOLDERS = { src: "track[src], img[src], video[src]", href: "a[href]", "data-image": "[data-image]" };

// Why there are no new addresses: "withdrawn", "closed" or "offline"; words are the page's own, where it gave any.
export class NoAddresses extends Error {
  constructor(kind, words = "") {
    super(kind);
    Object.assign(this, { kind, words });
  }
}

export class Addresses {
  constructor(data) {
    this.data = data;
    this.old = [];
    this.count(data.valid_for);
    for (const [target, name] of [[document, "visibilitychange"], [document, "resume"], [window, "pageshow"], [window, "online"]])
      target.addEventListener(name, () => this.look());
  }

  // How long they last from now on, in seconds; null where they do not end.
  count(seconds) {
    clearInterval(this.looking);
    if (!(seconds > 0)) return;
    const early = Math.min(EARLY, seconds * 500);
    this.due = Date.now() + seconds * 1000 - early;
    this.looking = setInterval(() => this.look(), Math.min(LOOKS_EVERY, early / 2));
  }

  // A refusal before anything is refused is told when it is felt.
  look() {
    if (document.visibilityState === "visible" && Date.now() > this.due) this.renew().catch(() => {});
  }

  // The same address below the newest prefix.
  newest(address) {
    const { pathname, origin } = new URL(address, location.href);
    const left = origin === location.origin && this.old.find((base) => pathname.startsWith(base));
    return left ? address.replace(left, this.data.base) : address;
  }

  // Resolves when all addresses are new; rejects with NoAddresses.
  renew() {
    this.renewing ??= this.ask().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  async ask() {
    this.due = Date.now() + LOOKS_EVERY; // whatever comes of it
    const fresh = await freshData();
    this.count(fresh.valid_for);
    if (!fresh.base || fresh.base === this.data.base) return;
    this.old = [...this.old.filter((base) => base !== fresh.base), this.data.base];
    this.data.base = fresh.base;
    for (const camera of this.data.cameras) camera.master = this.newest(camera.master);
    for (const sound of this.data.sounds) if (sound.url) sound.url = this.newest(sound.url);
    if (this.data.thumbnails) this.data.thumbnails = this.newest(this.data.thumbnails);
    for (const [name, css] of Object.entries(HOLDERS))
      for (const holder of document.querySelectorAll(css)) {
        const address = holder.getAttribute(name);
        const isThere = name === "src" && ((holder.complete && holder.naturalWidth) || holder.readyState === 2);
        if (!isThere && this.newest(address) !== address) holder.setAttribute(name, this.newest(address));
      }
  }
}

export const dataIn = (player) => JSON.parse(player?.querySelector("script[type='application/json']")?.textContent ?? "null");

const ask = async () => {
  for (const wait of [...WAITS, null]) {
    const answer = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } }).catch(() => null);
    if (answer && answer.status < 500 && answer.status !== 429) return answer;
    if (wait === null) break;
    await new Promise((done) => setTimeout(done, wait));
  }
  throw new NoAddresses("offline");
};

// What the page would say now.
const freshData = async () => {
  const answer = await ask();
  if (answer.status === 404 || answer.status === 410) throw new NoAddresses("withdrawn");
  const text = (await answer.text()).replaceAll(/<style[^]*?<\/style>/g, "");
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = answer.ok && dataIn(page.querySelector("plenum-player"));
  if (fresh) return fresh;
  const words = [...page.querySelectorAll("[data-closed] p")].map((one) => one.textContent.trim().replaceAll(/\s+/g, " "));
  throw new NoAddresses("closed", words.map((one) => (/[.!?…]$/.test(one) ? one : `${one}.`)).join(" "));
};
