// What a viewer chose on any recording counts on the next one, and is shown before anything plays.
import { kept } from "./words.js";

export const FOLLOWS = "*"; // captions in the language of the sound, whichever that is
export const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];

export const keptVolume = () => ({ volume: 1, muted: false, ...kept.get("volume") });
export const keptSpeed = () => (SPEEDS.includes(kept.get("speed")) ? kept.get("speed") : 1);

export const drawVolume = (player, { muted, volume }) => {
  player.querySelector("[data-mute]").setAttribute("aria-pressed", String(muted));
  const range = player.querySelector("[data-volume]");
  range.value = String(muted ? 0 : Math.round(volume * 100));
  range.style.setProperty("--share", String(muted ? 0 : volume));
};

// The first of these languages that there are captions in: the sound's, the page's, any.
export const languageFor = (languages, sound) =>
  [sound, document.documentElement.lang].find((one) => languages.includes(one)) ?? languages[0] ?? "";

// The language of captions from last time; "" where they were off or are not here.
export const keptCaptions = (languages, sound) => {
  const language = kept.get("captions") ?? "";
  if (language === FOLLOWS) return languageFor(languages, sound);
  return languages.includes(language) ? language : "";
};
