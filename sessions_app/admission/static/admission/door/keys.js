// A hardware scanner types very fast and presses Enter, wherever the focus is. Keys are read by their
// place on the keyboard, so that another layout does not change them.
const PAUSE = 1500;
const SHORTEST = 10;

const letterOf = (event) => {
  const found = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
  if (found) return found[1] ?? found[2];
  return event.key.length === 1 ? event.key : "";
};

export const listenForScanner = (onCode) => {
  let typed = "";
  let last = 0;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.("input, textarea")) return;
      if (event.timeStamp - last > PAUSE) typed = "";
      last = event.timeStamp;
      if (event.key === "Enter" && typed.length >= SHORTEST) {
        event.preventDefault(); // else it would press the button that has the focus
        event.stopPropagation();
        onCode(typed);
        typed = "";
      } else if (event.key !== "Enter") {
        const letter = letterOf(event);
        typed += letter;
        if (letter && event.target.matches?.("select")) event.preventDefault(); // else it would choose another gate
      }
    },
    true,
  );
};
