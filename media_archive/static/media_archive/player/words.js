// Times and words: the page's own language comes from the page, never from a script.

// 75 → "1:15", 3675 → "1:01:15"
export const clockWords = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

// "2052", "34:12" or "1h2m3s" → seconds; null for anything else
export const secondsOf = (text) => {
  const colons = /^(?:(\d+):)?(\d+):(\d{1,2})$/.exec(text ?? "");
  const letters = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/.exec(text ?? "");
  const found = text ? (colons ?? letters) : null;
  return found ? Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0) : null;
};

// The words stand in the page as <span data-word="name">Camera {n}</span>.
export const wordsIn = (box) => (name, values = {}) => {
  const text = box.querySelector(`[data-word="${name}"]`)?.textContent ?? "";
  return text.replaceAll(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
};

// What a browser keeps between visits; private windows and full disks keep nothing, and that is all right.
export const kept = {
  get(name) {
    try {
      return JSON.parse(localStorage.getItem(`plenum:${name}`));
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(`plenum:${name}`);
      else localStorage.setItem(`plenum:${name}`, JSON.stringify(value));
    } catch {
      // not kept
    }
  },
};

export const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    document.dispatchEvent(new CustomEvent("plenum:say", { detail: "copied" }));
  } catch {
    window.prompt("", text); // no permission or no secure context: copy by hand
  }
};
