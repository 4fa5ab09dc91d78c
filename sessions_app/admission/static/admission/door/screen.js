// The whole screen answers: colour, icon, word, sound and vibration, and goes back by itself.
const STAYS = { go: 3500, stop: 6000 };
const TONES = { go: [[880, 0.12]], stop: [[196, 0.18], [196, 0.35]], hold: [[440, 0.12], [587, 0.12]] };
const SHAKES = { go: [80], stop: [200, 80, 200], hold: [60, 60, 60] };

export class Screen {
  constructor(words, language, zone) {
    this.words = words;
    this.language = language;
    this.zone = zone;
    this.panel = document.getElementById("answer");
    this.isMuted = false;
  }

  // A text of several languages in the reader's own, else in any.
  text(texts) {
    return texts?.[this.language] ?? Object.values(texts ?? {})[0] ?? "";
  }

  time(at) {
    const format = (options) => new Intl.DateTimeFormat(this.language, { timeZone: this.zone, ...options });
    const day = format({ day: "numeric", month: "long" });
    const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
    return day.format(new Date(at)) === day.format(new Date()) ? clock : `${day.format(new Date(at))}, ${clock}`;
  }

  // What stands under the word: when and where she came in, or why she does not.
  detail(answer, gates) {
    if (answer.result === "already_redeemed" && answer.first_entry) {
      const { at, gate } = answer.first_entry;
      return [this.time(at), gates.find((one) => one.slug === gate)?.name ?? gate].filter(Boolean).join(", ");
    }
    return this.words.reasons[answer.reason] ?? answer.reason ?? "";
  }

  // badge: the address of the guest's badge where this gate prints them, else empty.
  show(answer, gates, badge = "") {
    const { tone, word } = this.words.results[answer.result] ?? this.words.results.invalid;
    const detail = this.detail(answer, gates);
    const guest = answer.registration;
    const put = (part, text) => {
      const place = this.panel.querySelector(`[data-part=${part}]`);
      place.textContent = text;
      place.hidden = !text;
    };
    clearTimeout(this.timer);
    this.panel.dataset.tone = tone;
    put("word", word);
    put("detail", detail);
    put("name", guest?.name ?? "");
    put("category", this.text(guest?.category));
    put("organisation", guest?.organisation ?? "");
    put("offline", answer.isOffline ? this.words.offline : "");
    const link = this.panel.querySelector("[data-part=badge]");
    link.hidden = !badge;
    if (badge) link.href = badge;
    for (const button of this.panel.querySelectorAll("[data-for]")) button.hidden = !button.dataset.for.split(" ").includes(tone);
    this.open();
    document.getElementById("say").textContent = [word, detail, guest?.name].filter(Boolean).join(". ");
    this.sound(tone);
    if (STAYS[tone]) this.timer = setTimeout(() => this.close(), STAYS[tone]);
  }

  open() {
    if (!this.panel.hidden) return;
    this.before = document.activeElement;
    document.getElementById("main").inert = true;
    this.panel.hidden = false;
    this.panel.focus({ preventScroll: true });
  }

  close() {
    clearTimeout(this.timer);
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    document.getElementById("main").inert = false;
    this.before?.focus?.({ preventScroll: true });
  }

  // Browsers allow sound and vibration only after the page was touched once.
  sound(tone) {
    if (this.isMuted || !navigator.userActivation?.hasBeenActive) return;
    navigator.vibrate?.(SHAKES[tone]);
    if (!("AudioContext" in window)) return;
    this.audio ??= new AudioContext();
    let start = this.audio.currentTime;
    for (const [pitch, length] of TONES[tone]) {
      const voice = new OscillatorNode(this.audio, { frequency: pitch, type: tone === "stop" ? "square" : "sine" });
      const volume = new GainNode(this.audio, { gain: 0.25 });
      voice.connect(volume).connect(this.audio.destination);
      voice.start(start);
      voice.stop(start + length);
      start += length + 0.06;
    }
  }
}
