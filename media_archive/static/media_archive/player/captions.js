// Captions: the browser reads the tracks, the player draws them by the common clock, whichever camera is shown. They are in
// the language of the sound until the viewer chooses another one in the menu.
import { FOLLOWS, keptCaptions, languageFor } from "./remembered.js";
import { kept } from "./words.js";

export class Captions {
  // plain is the page's own <video>, whose <track>s are read; box is where the words are drawn; sound is the language heard.
  constructor(plain, box, select, sound) {
    Object.assign(this, { box, select, sound });
    this.tracks = [...plain.querySelectorAll("track")];
    this.tracks.forEach((track) => {
      track.track.mode = "disabled";
      track.addEventListener("load", () => this.draw(this.at ?? 0));
    });
    if (!this.select) return;
    this.isChosen = Boolean(this.trackOf(kept.get("captions"))); // by the viewer, in the menu
    this.choose(keptCaptions(this.languages, sound));
    this.select.addEventListener("change", () => {
      this.isChosen = this.select.value !== "";
      this.choose(this.select.value);
      kept.set("captions", this.select.value || null);
    });
  }

  trackOf(language) {
    return this.tracks.find((track) => track.srclang === language);
  }

  get languages() {
    return this.tracks.map((track) => track.srclang);
  }

  get ofSound() {
    return languageFor(this.languages, this.sound);
  }

  choose(language) {
    this.chosen = language ? this.trackOf(language) : undefined;
    this.tracks.forEach((track) => (track.track.mode = track === this.chosen ? "hidden" : "disabled"));
    if (this.select) this.select.value = this.chosen?.srclang ?? "";
    this.box.lang = this.chosen?.srclang ?? "";
    this.draw(this.at ?? 0);
  }

  // Another sound is heard.
  follow(sound) {
    this.sound = sound;
    if (this.chosen && !this.isChosen) this.choose(this.ofSound);
  }

  // On with the language chosen last, else that of the sound; or off.
  toggle() {
    if (this.chosen) {
      this.last = this.isChosen ? this.chosen.srclang : undefined;
      this.choose("");
      kept.set("captions", null);
      return false;
    }
    this.isChosen = Boolean(this.last);
    this.choose(this.last ?? this.ofSound);
    kept.set("captions", this.last ?? FOLLOWS);
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
