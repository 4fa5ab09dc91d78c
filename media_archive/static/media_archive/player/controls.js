// Buttons, volume, speed, full screen and keys. Keys count only while the focus is in the player.
import { kept } from "./words.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const IDLE_AFTER = 3000; // ms without a move, after which full screen shows the picture alone

export class Controls {
  constructor(player, stage) {
    Object.assign(this, { player, stage });
    const find = (css) => player.querySelector(css);
    this.playButton = find("[data-play]");
    this.muteButton = find("[data-mute]");
    this.volume = find("[data-volume]");
    this.speed = find("[data-speed]");
    this.full = find("[data-full]");
    this.playButton.addEventListener("click", () => stage.toggle());
    player.querySelectorAll("[data-skip]").forEach((button) => button.addEventListener("click", () => stage.skip(Number(button.dataset.skip))));
    this.muteButton.addEventListener("click", () => this.setSound({ muted: !this.sound.muted }));
    this.volume?.addEventListener("input", () => this.setSound({ volume: Number(this.volume.value) / 100, muted: this.volume.value === "0" }));
    this.speed.addEventListener("change", () => this.setSpeed(Number(this.speed.value)));
    this.full.addEventListener("click", () => this.toggleFull());
    document.addEventListener("fullscreenchange", () => this.drawFull());
    for (const name of ["pointermove", "pointerdown", "keydown"]) player.addEventListener(name, () => this.stir());
    this.sound = { volume: 1, muted: false, ...kept.get("volume") };
    this.setSpeed(Number(this.speed.value), false);
  }

  setSound(change) {
    this.sound = { ...this.sound, ...change };
    if (!this.sound.muted && this.sound.volume === 0) this.sound.volume = 0.5;
    kept.set("volume", this.sound);
    this.stage.giveSound();
    this.drawSound();
  }

  drawSound() {
    const { muted, volume } = this.sound;
    this.muteButton.setAttribute("aria-pressed", String(muted));
    if (this.volume) this.volume.value = String(muted ? 0 : Math.round(volume * 100));
    this.volume?.style.setProperty("--share", String(muted ? 0 : volume));
  }

  drawPlaying(playing) {
    this.player.classList.toggle("is-playing", playing);
    this.playButton.setAttribute("aria-label", this.player.word(playing ? "pause" : "play"));
    this.playButton.title = this.playButton.ariaLabel;
    this.stir();
  }

  setSpeed(rate, say = true) {
    this.speed.value = String(rate);
    this.stage.setRate(rate);
    if (say) this.player.say("speed-is", { rate });
  }

  faster(step) {
    const place = SPEEDS.indexOf(Number(this.speed.value)) + step;
    this.setSpeed(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, place))]);
  }

  toggleFull() {
    if (document.fullscreenElement) return document.exitFullscreen();
    if (this.player.requestFullscreen) return this.player.requestFullscreen().catch(() => {});
    return this.stage.mainVideo.webkitEnterFullscreen?.(); // iPhones show one picture in their own player
  }

  drawFull() {
    const on = document.fullscreenElement === this.player;
    this.full.setAttribute("aria-pressed", String(on));
    this.stir();
    this.stage.fit();
  }

  stir() {
    this.player.classList.remove("is-idle");
    clearTimeout(this.idle);
    if (document.fullscreenElement !== this.player || !this.player.classList.contains("is-playing")) return;
    this.idle = setTimeout(() => this.player.classList.add("is-idle"), IDLE_AFTER);
  }

  // Tells whether the key meant something.
  key(event) {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
    if (target.matches("select, textarea, input:not([type=range])")) return false;
    const isBar = target.matches(".player__bar input");
    const isVolume = target.matches("input[type=range]") && !isBar;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (isVolume && (key.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(key))) return false;
    if (key === " " && target.matches("button, a, summary")) return false; // it presses what has the focus
    if (/^[1-9]$/.test(key)) return this.stage.choose(key);
    const act = {
      b: () => this.stage.choose("both"),
      s: () => this.stage.choose("small"),
      x: () => this.stage.swap(),
      " ": () => this.stage.toggle(),
      k: () => this.stage.toggle(),
      j: () => this.stage.skip(-10),
      l: () => this.stage.skip(10),
      ArrowLeft: () => this.stage.skip(-5),
      ArrowRight: () => this.stage.skip(5),
      m: () => this.setSound({ muted: !this.sound.muted }),
      c: () => this.stage.toggleCaptions(),
      f: () => this.toggleFull(),
      "<": () => this.faster(-1),
      ">": () => this.faster(1),
      Home: () => isBar && this.stage.seek(0),
      End: () => isBar && this.stage.seek(this.stage.data.duration - 5),
    }[key];
    return act ? act() !== false : false;
  }
}
