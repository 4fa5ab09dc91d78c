// The checksum of a piece, as tus wants it in a header. It needs a secure page: elsewhere browsers have no such sums.
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

export const canSum = Boolean(globalThis.crypto?.subtle);

// One piece at a time, of whichever file: the browser holds it whole, and once more for the sum.
let last = Promise.resolve();
export const checksumOf = (piece) => {
  const sum = last.then(async () => `sha256 ${base64(await crypto.subtle.digest("SHA-256", await piece.arrayBuffer()))}`);
  last = sum.catch(() => {});
  return sum;
};
