// The payload of a ticket's QR code, as sessions_app/admission/tickets/payload.py writes it.
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const VERSION = "P1";
const BYTES = 78; // 14 that are signed, and the signature of 64
const WIDTHS = { key: 2, event: 4, registration: 5, serial: 3 };
const RUSSIAN = "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ";
const LATIN = "QWERTYUIOPASDFGHJKLZXCVBNM";

// A scanner types keys: under a Russian layout its letters come out as the Russian ones of the same keys.
export const asTyped = (text) =>
  [...text.trim().toUpperCase()].map((letter) => LATIN[RUSSIAN.indexOf(letter)] ?? letter).join("");

const fromBase32 = (text) => {
  const bytes = new Uint8Array(BYTES);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const value = DIGITS.indexOf(letter);
    if (value < 0) return null;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = held >> bits;
      at += 1;
    }
  }
  return bytes;
};

// What the text says, its signature unchecked; null when it is no ticket's code.
export const readCode = (text) => {
  const code = asTyped(text);
  if (!code.startsWith(VERSION) || code.length !== VERSION.length + Math.ceil((BYTES * 8) / 5)) return null;
  const bytes = fromBase32(code.slice(VERSION.length));
  if (!bytes) return null;
  const read = { signed: new Uint8Array([...new TextEncoder().encode(VERSION), ...bytes.slice(0, 14)]), signature: bytes.slice(14) };
  let start = 0;
  for (const [name, width] of Object.entries(WIDTHS)) {
    read[name] = bytes.slice(start, start + width).reduce((number, byte) => number * 256 + byte, 0);
    start += width;
  }
  return read;
};

// The characters under the code, as they are read out; empty when it cannot be them.
export const spokenCode = (text) => {
  const typed = asTyped(text).replace(/[^\p{L}\p{N}]/gu, "");
  return typed.length === 10 ? typed : "";
};

export const looksLikeCode = (text) => readCode(text) !== null || /^P1[A-Z2-7]{60,}$/.test(asTyped(text)) || (/\d/.test(text) && spokenCode(text) !== "");

// Whether the key (64 hexadecimal digits) signed it: by the browser itself, else by the library at the address.
export const isGenuine = async (read, publicHex, libraryUrl, native = true) => {
  const key = Uint8Array.from(publicHex.match(/../g), (pair) => parseInt(pair, 16));
  if (native) {
    try {
      const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
      return await crypto.subtle.verify("Ed25519", imported, read.signature, read.signed);
    } catch (error) {
      if (error.name !== "NotSupportedError") return false;
    }
  }
  const { verifyAsync } = await import(libraryUrl);
  return verifyAsync(read.signature, read.signed, key).catch(() => false);
};
