// Captions: the browser reads the tracks, the player draws them by the common clock, whichever camera is shown.
import { kept } from "./words.js";

export class Captions {
  // plain is the page's own <video>, whose <track>s are read; box is where the words are drawn.
  constructor(plain, box, select) {
    Object.assign(this, { box, select });
    this.tracks = [...plain.querySelectorAll("track")];
    this.tracks.forEach((track) => {
      track.track.mode = "disabled";
      track.addEventListener("load", () => this.draw(this.at ?? 0));
    });
    if (!this.select) return;
    const language = kept.get("captions") ?? "";
    if (this.tracks.some((track) => track.srclang === language)) this.select.value = language;
    this.select.addEventListener("change", () => this.choose(this.select.value));
    this.choose(this.select.value, false);
  }

  choose(language, keep = true) {
    this.chosen = this.tracks.find((track) => track.srclang === language && language);
    this.tracks.forEach((track) => (track.track.mode = track === this.chosen ? "hidden" : "disabled"));
    if (this.select) this.select.value = this.chosen?.srclang ?? "";
    if (keep) kept.set("captions", this.chosen?.srclang ?? null);
    this.box.lang = this.chosen?.srclang ?? "";
    this.draw(this.at ?? 0);
  }

  // On with the language chosen last, or off.
  toggle() {
    if (this.chosen) this.last = this.chosen.srclang;
    const other = this.last ?? this.tracks.find((track) => track.srclang === document.documentElement.lang)?.srclang;
    this.choose(this.chosen ? "" : (other ?? this.tracks[0]?.srclang));
    return Boolean(this.chosen);
  }

  draw(at) {
    this.at = at;
    const cues = [...(this.chosen?.track.cues ?? [])].filter((cue) => cue.startTime <= at && at < cue.endTime);
    const key = cues.map((cue) => `${cue.startTime} ${cue.text}`).join("\n");
    if (this.key === key) return;
    this.key = key;
    this.box.replaceChildren(
      ...cues.map((cue) => {
        const line = document.createElement("p");
        line.append(cue.getCueAsHTML());
        return line;
      }),
    );
  }
}
