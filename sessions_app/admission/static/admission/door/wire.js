// Talks to the server, and sends what waits: in order, each batch kept until it is acknowledged.
const BATCH = 100;
const LONG = 20_000;
const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

export class Wire {
  constructor(base, store) {
    this.base = base;
    this.store = store;
    this.isUp = navigator.onLine;
    this.isOut = false; // the log-in has ended, or the person keeps this door no longer
    this.changed = () => {};
  }

  set(isUp, isOut) {
    if (isUp === this.isUp && isOut === this.isOut) return;
    this.isUp = isUp;
    this.isOut = isOut;
    this.changed();
  }

  // {status, data}; status 0 when the server cannot be reached or cannot answer now.
  async ask(name, { body, etag, wait = LONG } = {}) {
    const headers = { Accept: "application/json" };
    if (body) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") });
    if (etag) headers["If-None-Match"] = etag;
    try {
      const response = await fetch(this.base + name, {
        method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(wait), cache: "no-store",
      });
      const { status } = response;
      if (status >= 500 || status === 429 || status === 408) {
        this.set(false, this.isOut);
        return { status: 0 };
      }
      const data = status === 200 ? await response.json() : null;
      this.set(true, status === 401 || status === 403 || (status === 404 && name !== "undo"));
      return { status, data, headers: response.headers };
    } catch {
      this.set(false, this.isOut);
      return { status: 0 };
    }
  }

  // Sends all that waits; one window of the device at a time.
  async send() {
    const work = () => this.sendAll();
    return navigator.locks ? navigator.locks.request("plenum-door-send", { ifAvailable: true }, (lock) => lock && work()) : work();
  }

  async sendAll() {
    for (;;) {
      const waiting = (await this.store.waiting()).filter((entry) => !entry.stuck);
      if (!waiting.length) return;
      const sent = waiting[0].kind === "undo" ? await this.sendUndo(waiting[0]) : await this.sendScans(waiting);
      this.changed();
      if (!sent) return;
    }
  }

  async sendUndo(entry) {
    const { status } = await this.ask("undo", { body: { nonce: entry.nonce } });
    if (status !== 200 && status !== 404) return false; // 404: the scan never arrived, so there is nothing to take back
    await this.store.drop([entry]);
    return true;
  }

  async sendScans(waiting, size = BATCH) {
    const end = waiting.findIndex((entry) => entry.kind === "undo");
    const batch = waiting.slice(0, Math.min(size, end < 0 ? waiting.length : end));
    const scans = batch.map(({ code, nonce, gate, at, confirmed }) => ({ code, nonce, gate: gate || null, at, confirmed }));
    const { status } = await this.ask("scans", { body: { scans } });
    if (status === 422) return batch.length > 1 ? this.sendScans(waiting, 1) : this.setAside(batch[0]);
    if (status !== 200) return false;
    await this.store.drop(batch);
    return true;
  }

  // A gate that was renamed must not hold back the rest: the scan goes without it, or stays and is told.
  async setAside(entry) {
    await this.store.replace(entry.gate ? { ...entry, gate: "" } : { ...entry, stuck: true });
    return true;
  }
}
