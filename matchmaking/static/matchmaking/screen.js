// The hall screen looks after itself: it counts down, fetches its part anew, says when the line is gone, and
// rings a soft bell two minutes before the end of a meeting and at the end, once somebody has switched it on.
// When its address was replaced it says so and asks no more.
const EVERY = 15000; // ms between two looks at the server
const WARNING = 120; // seconds before the end
const clock = document.getElementById("clock");
const bell = document.getElementById("bell");
const away = document.getElementById("away");
const format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.zone });
let shift = 0; // of the server's clock against this one's, ms
let sound;
let rung = "";
let lastGood = Date.now();
const timers = [];

const part = () => document.getElementById("screen");
const now = () => Date.now() + shift;
const setClock = () => (shift = Date.parse(part().dataset.now) - Date.now());

function ring(times) {
  if (!sound || bell.getAttribute("aria-pressed") !== "true") return;
  for (let n = 0; n < times; n++) {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    const start = sound.currentTime + n * 0.9;
    tone.frequency.value = 587;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.25, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 1.6);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 1.7);
  }
}

function tick() {
  clock.textContent = format.format(now());
  const { until, on, minutes, minutesTo, soon, soonTo } = part().dataset;
  const left = document.getElementById("left");
  if (until && left) {
    const seconds = Math.round((Date.parse(until) - now()) / 1000);
    const whole = Math.ceil(seconds / 60);
    const isOn = on !== undefined;
    // Days ahead are said by their date.
    left.textContent = whole > 600 ? "" : seconds > 0 ? (isOn ? minutes : minutesTo).replace("{n}", whole) : isOn ? soon : soonTo;
    left.toggleAttribute("data-near", seconds <= WARNING);
    const mark = `${until} ${seconds > 0}`;
    if (isOn && seconds <= WARNING && rung !== mark) {
      rung = mark;
      ring(seconds > 0 ? 1 : 2);
    }
    if (seconds <= 0 && seconds % 3 === 0) renew();
  }
  away.textContent = Date.now() - lastGood > 3 * EVERY ? `⚠ ${format.format(lastGood + shift)}` : "";
}

async function renew() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok && answer.status !== 404) return;
    const text = (await answer.text()).replaceAll(/<style[^]*?<\/style>/g, "");
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("screen");
    if (!fresh) return;
    if ("void" in fresh.dataset) return end(fresh);
    part().replaceWith(fresh);
    lastGood = Date.now();
    setClock();
    tick();
  } catch {
    // the line is gone; the next look comes
  }
}

function end(words) {
  timers.forEach(clearInterval);
  document.removeEventListener("visibilitychange", look);
  document.getElementById("main").replaceChildren(words);
}

const look = () => document.hidden || renew();

bell.hidden = false;
bell.onclick = () => {
  sound ??= new AudioContext();
  const isOn = bell.getAttribute("aria-pressed") !== "true";
  bell.setAttribute("aria-pressed", String(isOn));
  ring(1);
};
setClock();
tick();
timers.push(setInterval(tick, 1000), setInterval(renew, EVERY));
document.addEventListener("visibilitychange", look);
