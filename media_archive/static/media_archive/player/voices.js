// Whose sound is heard: that of the camera or language that was chosen, and while it is not there, another one.
import { Feed } from "./feed.js";
import { kept } from "./words.js";

export class Voices {
  // ``leaving`` is heard until the chosen one has come to the same moment; ``given`` is what is heard now, if anything.
  constructor(stage) {
    this.stage = stage;
    const { feeds, player, data } = stage;
    this.menu = stage.isSingle ? null : player.querySelector("[data-sound]");
    this.menu?.addEventListener("change", () => this.choose(data.sounds[Number(this.menu.value)]));
    const first = this.keptOne() ?? feeds.find((feed) => feed.camera.is_sound_master) ?? feeds.find((feed) => feed.camera.has_sound);
    this.chosen = first ?? feeds[0];
  }

  // A sound of its own is one more feed on the common clock, only without a picture.
  feedOf(sound) {
    const { stage } = this;
    if (!sound.url) return stage.feeds.find((one) => one.number === sound.camera);
    const known = stage.feeds.find((one) => one.camera.sound === sound);
    if (known) return known;
    const camera = { number: 0, master: sound.url, has_sound: true, sound };
    const feed = new Feed(camera, document.createElement("audio"), stage.Hls, (what, of) => stage.heard(what, of), stage.newest);
    stage.feeds.push(feed);
    return feed;
  }

  // The language of the address, or the one chosen last time on whichever recording.
  keptOne() {
    const number = this.stage.player.soundNumber;
    if (!this.menu || number < 0) return undefined;
    this.menu.value = String(number);
    return this.feedOf(this.stage.data.sounds[number]);
  }

  // The old sound is heard until the new one has come to the same moment.
  choose(sound) {
    const { together, begun, captions, player } = this.stage;
    const feed = this.feedOf(sound);
    if (!feed || feed === together.preferred) return;
    const until = this.leaving ?? together.preferred;
    this.chosen = feed;
    feed.video.playbackRate = together.rate;
    if (["idle", "failed"].includes(feed.state)) feed.load(feed.camera.master, together.wall ?? begun);
    this.leaving = until;
    together.lead(feed);
    this.give();
    kept.set("sound", sound.language);
    captions.follow(sound.language);
    player.say("sound-is", { label: sound.label });
  }

  give() {
    const { together, feeds, controls, isSingle } = this.stage;
    const { volume, muted } = controls.sound;
    if (together.leader === together.preferred || !together.isPlaying) this.leaving = undefined;
    if (!this.leaving) this.drop();
    this.given = this.audible;
    const heard = this.given ?? together.preferred;
    for (const feed of feeds) if (feed !== heard && !isSingle) feed.video.muted = true; // first, so that no two are heard
    for (const feed of feeds) {
      if (feed === heard || isSingle) feed.video.muted = muted;
      feed.video.volume = volume;
    }
    this.drawSilence();
  }

  // Once another sound leads, those that nobody hears any more need not be loaded.
  drop() {
    const { feeds, together } = this.stage;
    for (const feed of feeds.filter((one) => one.camera.sound && one !== together.preferred)) {
      feed.video.pause();
      feed.unload();
      feeds.splice(feeds.indexOf(feed), 1);
    }
  }

  // Whose sound there is now: where the chosen one's camera was stopped, that of whoever leads meanwhile, else of any other.
  get audible() {
    const { together, feeds } = this.stage;
    const sounds = (feed) => feed?.camera.has_sound && feed.state === "ready" && !feed.absent && !feed.isRefused;
    return [this.leaving, together.leader, together.preferred, ...feeds].find(sounds);
  }

  // Asked with each picture: a camera may stop or come back at any of them.
  look() {
    if (this.audible === this.given) this.drawSilence();
    else this.give();
  }

  // Silence that nobody chose is told, or it would be taken for a fault.
  drawSilence() {
    const { player, together, feeds, isSingle } = this.stage;
    const note = player.querySelector(".player__silent");
    const isSilent = !isSingle && !this.given && together.leader.state === "ready" && feeds.every((feed) => feed.state !== "loading");
    if (note.hidden !== isSilent) return;
    note.hidden = !isSilent;
    if (isSilent) player.say("no-sound");
  }

  // Better another sound than none; the menu says which one is heard.
  failed(feed) {
    const { together, data, feeds, captions, player, begun } = this.stage;
    const number = data.sounds.findIndex((sound) => !sound.url);
    const heir = feeds.find((one) => one.number === data.sounds[number]?.camera) ?? feeds[0];
    if (together.preferred === feed) {
      this.chosen = together.preferred = heir;
      if (number >= 0) {
        this.menu.value = String(number);
        captions.follow(data.sounds[number].language);
      }
      player.say("sound-failed");
    }
    const wall = together.target ?? feed.lastWall ?? together.last ?? begun;
    const led = together.leader === feed;
    if (led) together.leader = heir;
    this.leaving = undefined;
    this.give();
    return led ? together.seek(wall) : undefined;
  }
}
