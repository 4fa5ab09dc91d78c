// Between a stream's own time (seconds) and the hall's common clock (milliseconds of wall time), by the segments'
// date and time. Segments are hls.js' fragments: start and duration in seconds, programDateTime in milliseconds.
const JOINS = 250; // ms up to which two segments are one part; what is longer is a gap

// Where a segment's picture really begins; only known once it is loaded, and later than said where pictures are reordered.
const begins = (segment) => segment.startPTS ?? segment.start;

const lastWhere = (list, holds) => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle])) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

export const wallAt = (segments, time) => {
  if (!segments.length) return null;
  const segment = segments[Math.max(0, lastWhere(segments, (one) => begins(one) <= time + 1e-4))];
  return segment.programDateTime + (time - begins(segment)) * 1000;
};

// null where there is no picture at that moment
export const timeAt = (segments, wall) => {
  const number = lastWhere(segments, (one) => one.programDateTime <= wall + 1);
  if (number < 0) return null;
  const segment = segments[number];
  const within = (wall - segment.programDateTime) / 1000;
  const allowed = number + 1 < segments.length ? JOINS / 1000 : 0;
  if (within >= segment.duration + allowed) return null;
  return begins(segment) + Math.min(Math.max(within, 0), segment.duration - 0.001);
};

// The wall time at which the next segment after this moment begins; null when none does.
export const nextStart = (segments, wall) => {
  const number = lastWhere(segments, (one) => one.programDateTime <= wall + 1) + 1;
  return number < segments.length ? segments[number].programDateTime : null;
};

// Whether the stream leaves out time between two moments that follow each other in it.
export const leapsBetween = (segments, before, after) => {
  if (after - before <= JOINS) return false;
  const first = Math.max(0, lastWhere(segments, (one) => one.programDateTime <= before));
  for (let number = first; number + 1 < segments.length && segments[number + 1].programDateTime <= after + 1; number += 1) {
    const end = segments[number].programDateTime + segments[number].duration * 1000;
    if (segments[number + 1].programDateTime - end > JOINS) return true;
  }
  return false;
};
