// What a key means, on whichever layout: by its letter where that is Latin, else by where it lies on the keyboard.
const NAMED = new Set([" ", "ArrowLeft", "ArrowRight", "Home", "End", "<", ">"]);
const LETTERS = new Set("bsxkjlmcf");
const OTHER_SCRIPT = /^(?!\p{Script=Latin})\p{L}/u;
const BESIDE_M = { Comma: "<", Period: ">" }; // letters on other layouts

// What is written on the key: a digit, a letter in lower case, or its name.
export const keyOf = ({ key, code, shiftKey }) => {
  const digit = !shiftKey && /^Digit([1-9])$/.exec(code); // French keyboards want Shift for digits
  if (digit) return digit[1];
  if (!OTHER_SCRIPT.test(key)) return key.length === 1 ? key.toLowerCase() : key;
  return (shiftKey && BESIDE_M[code]) || /^Key([A-Z])$/.exec(code)?.[1].toLowerCase() || key;
};

// The key's plain name, or null where it is none of the player's or belongs to what has the focus.
export const meaningOf = (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  if (target.matches("select, textarea, input:not([type=range])")) return null;
  const key = keyOf(event);
  const isBar = target.matches(".player__bar input");
  if (target.matches("input[type=range]") && !isBar && NAMED.has(key) && key.length > 1) return null;
  if (key === " " && target.closest("button, a, summary")) return null; // it presses what has the focus
  if (["Home", "End"].includes(key) && !isBar) return null;
  return NAMED.has(key) || LETTERS.has(key) || /^[1-9]$/.test(key) ? key : null;
};

// What is chosen to be shown: by letters all cameras at once, by digits one of them.
export const choiceOf = (key) => ({ b: "both", s: "small" })[key] ?? (/^[1-9]$/.test(key) ? key : null);
