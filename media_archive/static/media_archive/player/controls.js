// Buttons, volume, speed, full screen and keys. Keys count only while the focus is in the player.
import { choiceOf, meaningOf } from "./keys.js";
import { drawVolume, keptSpeed, keptVolume, SPEEDS } from "./remembered.js";
import { kept } from "./words.js";

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
    this.volume.addEventListener("input", () => this.setSound({ volume: Number(this.volume.value) / 100, muted: this.volume.value === "0" }));
    this.speed.addEventListener("change", () => this.setSpeed(Number(this.speed.value)));
    this.full.addEventListener("click", () => this.toggleFull());
    document.addEventListener("fullscreenchange", () => this.drawFull());
    for (const name of ["pointermove", "pointerdown", "keydown"]) player.addEventListener(name, () => this.stir());
    this.sound = keptVolume();
    this.speed.value = String(keptSpeed());
    this.stage.setRate(keptSpeed());
  }

  setSound(change) {
    this.sound = { ...this.sound, ...change };
    if (!this.sound.muted && this.sound.volume === 0) this.sound.volume = 0.5;
    kept.set("volume", this.sound);
    this.stage.voices.give();
    this.drawSound();
  }

  drawSound() {
    drawVolume(this.player, this.sound);
  }

  // By key, where no button tells what became of it.
  mute() {
    this.setSound({ muted: !this.sound.muted });
    this.player.say(this.sound.muted ? "sound-off" : "sound-on");
  }

  drawPlaying(playing) {
    this.player.classList.toggle("is-playing", playing);
    this.playButton.setAttribute("aria-label", this.player.word(playing ? "pause" : "play"));
    this.playButton.title = this.playButton.ariaLabel;
    this.stir();
  }

  setSpeed(rate) {
    this.speed.value = String(rate);
    this.stage.setRate(rate);
    kept.set("speed", rate);
    this.player.say("speed-is", { rate });
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

  // Both tell whether the key meant something.
  key(event) {
    const key = meaningOf(event);
    return key !== null && this.act(key);
  }

  act(key) {
    const choice = choiceOf(key);
    if (choice) return this.stage.choose(choice);
    const act = {
      x: () => this.stage.swap(),
      " ": () => this.stage.toggle(),
      k: () => this.stage.toggle(),
      j: () => this.stage.skip(-10),
      l: () => this.stage.skip(10),
      ArrowLeft: () => this.stage.skip(-5),
      ArrowRight: () => this.stage.skip(5),
      m: () => this.mute(),
      c: () => this.stage.toggleCaptions(),
      f: () => this.toggleFull(),
      "<": () => this.faster(-1),
      ">": () => this.faster(1),
      Home: () => this.stage.seek(0),
      End: () => this.stage.seek(this.stage.data.duration - 5),
    }[key];
    return act() !== false;
  }
}
