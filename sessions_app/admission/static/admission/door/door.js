// The door's page: what is scanned is asked of the server, or decided here when it cannot answer.
import { Camera } from "./camera.js";
import { looksLikeCode, spokenCode } from "./codes.js";
import { judge } from "./judge.js";
import { keepPage, scopeAbove } from "./keep.js";
import { listenForScanner } from "./keys.js";
import { Screen } from "./screen.js";
import { Store } from "./store.js";
import { Wire } from "./wire.js";

const PATIENCE = 2500;
const EVERY_MINUTE = 60_000;
const AGAIN = 5000;
const SETTLED = 10_000; // a scan older than this is in the list, or never will be
const LAST = 5;
const SHOWN = 8;
const byId = (id) => document.getElementById(id);
const data = document.body.dataset;
document.documentElement.classList.add("has-script");
const words = JSON.parse(byId("door-words").textContent);

class Door {
  constructor() {
    this.slug = data.slug;
    this.gates = words.gates;
    this.store = new Store(this.slug);
    this.screen = new Screen(words, document.documentElement.lang, data.zone);
    this.wire = new Wire(data.api, this.store);
    this.line = Promise.resolve(); // one scan after the other
    this.kept = null;
    this.wire.changed = () => this.tell();
  }

  async start() {
    await this.store.open();
    if (Number(data.until) * 1000 < Date.now()) await this.store.forgetList();
    this.kept = (await this.store.list()) ?? null;
    this.listen();
    this.chooseGate(this.gateKept());
    await this.refresh();
    await this.send();
    setInterval(() => this.refresh(), EVERY_MINUTE);
    setInterval(() => this.again(), AGAIN);
    // The library imports the file beside it by its plain name.
    const reader = "BarcodeDetector" in window ? [] : [data.qr, data.qr.replace(/[^/]+$/, "index.js")];
    const isKept = await keepPage(scopeAbove(), [data.ed25519, ...reader]);
    byId("ready").textContent = isKept && this.kept ? words.ready : words.notReady;
    byId("ready").dataset.ready = String(isKept && this.kept !== null);
  }

  listen() {
    listenForScanner((code) => this.scan(code));
    window.addEventListener("online", () => this.refresh().then(() => this.send()));
    window.addEventListener("offline", () => this.wire.set(false, this.wire.isOut));
    byId("find").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = byId("code");
      const spoken = spokenCode(field.value);
      if (!looksLikeCode(field.value) && !this.kept?.list.tickets.some((one) => one.code === spoken)) return this.search();
      this.scan(field.value);
      field.value = "";
      return this.search();
    });
    byId("code").addEventListener("input", () => this.search());
    byId("answer").addEventListener("click", (event) => this.press(event.target.closest("button")?.dataset.do));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.screen.close());
    byId("gate").addEventListener("change", (event) => this.chooseGate(event.target.value));
    byId("sound").addEventListener("click", () => {
      this.screen.isMuted = !this.screen.isMuted;
      byId("sound").setAttribute("aria-pressed", String(!this.screen.isMuted));
    });
    this.camera = new Camera(byId("video"), data.qr, (code) => this.scan(code));
    byId("torch").addEventListener("click", () => {
      const isOn = byId("torch").getAttribute("aria-pressed") !== "true";
      byId("torch").setAttribute("aria-pressed", String(isOn));
      this.camera.torch(isOn);
    });
    byId("turn").addEventListener("click", () => this.camera.turn().then((problem) => this.tellCamera(problem)));
    byId("camera").addEventListener("click", () => this.look());
  }

  // A gate chosen before this script was there counts: the page would show it and yet ask for one.
  gateKept() {
    if (!this.gates.length) return null;
    const kept = localStorage.getItem(`door-gate ${this.slug}`);
    return byId("gate").value || (this.gates.some((gate) => gate.slug === kept) ? kept : "");
  }

  // "" asks for the gate first; an event without gates has none to choose.
  chooseGate(slug) {
    this.gate = slug;
    document.body.classList.toggle("door--choosing", slug === "");
    if (slug === "") return byId("gate").focus();
    if (slug !== null) {
      localStorage.setItem(`door-gate ${this.slug}`, slug);
      byId("gate").value = slug;
    }
    return this.look();
  }

  async look() {
    this.tellCamera(await this.camera.start());
    navigator.wakeLock?.request("screen").catch(() => {});
  }

  async tellCamera(problem) {
    byId("viewer").dataset.state = problem ? "off" : "on";
    byId("camera-says").textContent = problem ? (problem === "NotAllowedError" ? words.cameraRefused : words.cameraMissing) : "";
    byId("torch").hidden = !this.camera.hasTorch;
    byId("turn").hidden = Boolean(problem) || !(await this.camera.hasOther());
  }

  scan(code, more = {}) {
    if (this.gate === "") return this.line;
    this.line = this.line.then(() => this.answer(code, more)).catch((error) => this.fail(error));
    return this.line;
  }

  fail(error) {
    this.screen.show({ result: "unknown", reason: error.message }, this.gates);
  }

  now() {
    return new Date(Date.now() + (this.kept?.skew ?? 0));
  }

  async answer(code, { confirmed = false } = {}) {
    const attempt = { code, nonce: crypto.randomUUID(), gate: this.gate, at: this.now(), confirmed };
    const here = this.kept && (await judge(this.kept.list, await this.store.own(), attempt, data.ed25519));
    const waits = here?.result === "already_redeemed" && (await this.store.waiting()).some((one) => one.nonce === here.first_entry.nonce);
    let answer = null;
    if (!waits && this.wire.isUp && !this.wire.isOut) answer = await this.askServer(attempt, here);
    if (!answer && this.wire.isOut) return this.screen.show({ result: "logged_out", reason: "" }, this.gates);
    answer ??= await this.decideHere(attempt, here);
    this.current = { attempt, answer };
    const badge = this.badgeOf(attempt, answer);
    this.screen.show(answer, this.gates, badge);
    this.remember(attempt, answer, badge);
    return this.tell();
  }

  async askServer(attempt, here) {
    const { code, nonce, gate, at, confirmed } = attempt;
    const { status, data: answer } = await this.wire.ask("redeem", { body: { code: code.slice(0, 400), nonce, gate: gate || null, at, confirmed }, wait: PATIENCE });
    if (status !== 200) return null;
    if (answer.result === "ok" && here?.scope) await this.keepOwn(attempt, here);
    return answer;
  }

  // Only the server prints, and only at a gate that has a printer.
  badgeOf({ gate }, { result, registration, isOffline }) {
    if (isOffline || !["ok", "already_redeemed"].includes(result) || !this.gates.find((one) => one.slug === gate)?.prints) return "";
    return `${location.pathname}badge/${registration.code}.pdf?gate=${gate}`;
  }

  keepOwn(attempt, here) {
    return this.store.keepOwn({ nonce: attempt.nonce, ticket: here.ticket, scope: here.scope, at: attempt.at.toISOString(), gate: attempt.gate });
  }

  // Only who is let in is sent: the server takes what was scanned without a network for an entry.
  async decideHere(attempt, here) {
    if (!here) return { result: "unknown", reason: "", registration: null, isOffline: true };
    if (here.result === "ok") {
      const { code, nonce, gate, confirmed } = attempt;
      await this.store.push({ kind: "scan", code, nonce, gate, confirmed, at: attempt.at.toISOString() });
      await this.keepOwn(attempt, here);
    }
    return { ...here, isOffline: true };
  }

  press(what) {
    if (!what) return undefined;
    const { attempt } = this.current ?? {};
    this.screen.close();
    if (what === "confirm") return this.scan(attempt.code, { confirmed: true });
    if (what === "undo") return this.undo(attempt.nonce);
    return undefined;
  }

  async undo(nonce) {
    await this.store.push({ kind: "undo", nonce });
    await this.store.forgetOwn(nonce);
    if (this.kept) this.kept.list.entries = this.kept.list.entries.filter((entry) => entry.nonce !== nonce);
    document.querySelector(`[data-nonce="${nonce}"]`)?.remove();
    await this.tell();
    byId("say").textContent = words.undone;
    return this.send();
  }

  // The last few stand on the page, so that an answer that went by can be read again and taken back.
  remember(attempt, answer, badge) {
    const { tone, word } = words.results[answer.result] ?? words.results.invalid;
    const row = byId("row").content.firstElementChild.cloneNode(true);
    row.dataset.tone = tone;
    row.dataset.nonce = attempt.nonce;
    row.querySelector("time").textContent = this.screen.time(attempt.at);
    row.querySelector("bdi").textContent = answer.registration?.name ?? "";
    row.querySelector("[data-part=word]").textContent = word;
    const link = row.querySelector("a");
    link.hidden = !badge;
    if (badge) link.href = badge;
    const button = row.querySelector("button");
    if (answer.result === "ok") button.addEventListener("click", () => this.undo(attempt.nonce));
    else button.remove();
    byId("last").prepend(row);
    while (byId("last").children.length > LAST) byId("last").lastElementChild.remove();
  }

  search() {
    const wanted = byId("code").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const isName = wanted.join("").length > 1 && this.kept;
    const found = isName ? this.kept.list.tickets.filter((one) => one.state !== "revoked" && wanted.every((word) => one.name.toLowerCase().includes(word))) : [];
    byId("found").replaceChildren(
      ...found.slice(0, SHOWN).map((one) => {
        const row = byId("guest").content.firstElementChild.cloneNode(true);
        row.querySelector("bdi").textContent = one.name;
        row.querySelector(".door__who > span").textContent = this.screen.text(this.kept.list.categories[one.category]);
        row.querySelector("button > span").textContent = `: ${one.name}`;
        row.querySelector("button").addEventListener("click", () => {
          byId("code").value = "";
          byId("found").replaceChildren();
          this.scan(one.code);
        });
        return row;
      }),
    );
    byId("found-none").hidden = !isName || found.length > 0;
  }

  async refresh() {
    const before = Date.now() - SETTLED;
    const { status, data: list, headers } = await this.wire.ask("list", { etag: this.kept?.etag });
    if (this.wire.isOut) {
      await this.store.forgetList();
      this.kept = null;
    } else if (status === 200) {
      const said = Date.parse(headers.get("Date") ?? "");
      const skew = Number.isNaN(said) || Math.abs(said - Date.now()) < 30_000 ? 0 : said - Date.now();
      this.kept = { list, etag: headers.get("ETag"), at: Date.now(), skew };
      await this.store.keepList(this.kept);
    } else if (status === 304) {
      this.kept.at = Date.now();
    }
    if (this.kept && (status === 200 || status === 304)) await this.tidyOwn(before);
    return this.tell();
  }

  // What the list holds now needs no note of one's own, and what it does not hold was taken back elsewhere.
  async tidyOwn(before) {
    const waiting = new Set((await this.store.waiting()).map((entry) => entry.nonce));
    for (const { nonce, at } of await this.store.own()) if (!waiting.has(nonce) && Date.parse(at) < before) await this.store.forgetOwn(nonce);
  }

  async send() {
    await this.wire.send();
    return this.tell();
  }

  async again() {
    if (!this.wire.isUp && navigator.onLine) await this.refresh();
    if (this.wire.isUp && !this.wire.isOut) await this.send();
  }

  plural(forms, count) {
    return (forms[new Intl.PluralRules(document.documentElement.lang).select(count)] ?? forms.other).replace("{count}", count);
  }

  // Always in sight: whether there is a network, how old the list is, and how many wait to be sent.
  async tell() {
    const waiting = await this.store.waiting();
    const stuck = waiting.filter((entry) => entry.stuck).length;
    const put = (id, text) => byId(id).textContent !== text && (byId(id).textContent = text);
    put("waiting", waiting.length ? this.plural(words.waiting, waiting.length) : words.allSent);
    byId("waiting").dataset.count = waiting.length;
    put("stuck", stuck ? this.plural(words.stuck, stuck) : "");
    put("net", this.wire.isUp ? words.online : words.noNetwork);
    byId("net").dataset.up = String(this.wire.isUp);
    put("list-age", this.kept ? words.listOf.replace("{time}", this.screen.time(this.kept.at)) : words.noList);
    byId("log-in").hidden = !this.wire.isOut;
  }
}

new Door().start();
