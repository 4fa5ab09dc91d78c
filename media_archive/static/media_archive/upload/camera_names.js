// Which camera a file is of, by the file's name alone: cameras cut a day into parts and number them.
const LONGEST = 80; // as the server keeps labels

const GOPRO = /^(?:G[HLPSX]\d\d|GOPR)(\d{4})(?![\p{L}\p{N}])/iu; // a chapter's number, then the film's
const NUMBERED = /(?<!\p{L})(camera|cam|камера|кам)[\s._#№-]*(\d{1,3})$/iu; // longer numbers count clips
const PART =
  /[\s._-]*(?:\(\d+\)|\[\d+\]|(?:(?<!\p{L})(?:part|pt|часть|ч)[\s._-]*)?\d+(?:\s*(?:of|из)\s*\d+)?)[\s._-]*$/iu;
const EDGES = /^[\s._-]+|[\s._-]+$/gu;

// Files of some systems hold "й" as two signs.
const plain = (text) => text.normalize("NFC").trim();
const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

// A label of figures alone would be found in the numbers of parts.
const known = (stem, labels) =>
  labels
    .filter((label) => /\p{L}/u.test(label))
    .sort((one, other) => other.length - one.length)
    .find((label) => {
      const words = plain(label).split(/[\s._-]+/u).filter(Boolean).map(escaped).join("[\\s._-]*");
      return new RegExp(`(?<![\\p{L}\\p{N}])${words}(?![\\p{L}\\p{N}])`, "iu").test(stem);
    });

const withoutParts = (stem) => {
  let left = stem.replace(EDGES, "");
  while (!NUMBERED.test(left) && PART.test(left)) left = left.replace(PART, "");
  return left.replace(NUMBERED, "$1 $2").replace(EDGES, "");
};

// The label of a camera for a file's name; of the labels that are known the longest that stands in the name as a word.
export const guessCamera = (name, labels = []) => {
  const stem = plain(plain(name).replace(/\.[^.]*$/u, "")) || plain(name);
  const film = GOPRO.exec(stem);
  const guess = known(stem, [...labels]) ?? (film ? `GoPro ${film[1]}` : withoutParts(stem) || stem);
  return [...guess].slice(0, LONGEST).join("").trim();
};
