const ZERO = 0x30;
const DOT = 0x2e;
/** Digits that a double holds whatever they are; with more, rounding is left to the runtime. */
const SAFE_DIGITS = 15;
const LONGEST = 40;
const POWERS = Float64Array.from({ length: SAFE_DIGITS + 1 }, (_, digits) => 10 ** digits);
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The decimal number in the bytes from `start` to before `end`; NaN when they are none. The same double as `Number`
 * gives: up to 15 digits are one integer divided by one power of ten, both exact, so that the quotient is rounded once.
 */
export function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > SAFE_DIGITS) return readAny(bytes, start, end);
  let value = 0;
  let dot = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (byte === DOT && dot < 0 && at > start && at < end - 1) dot = at;
    else return readAny(bytes, start, end);
  }
  if (end === start) return Number.NaN;
  return dot < 0 ? value : value / (POWERS[end - 1 - dot] ?? 1);
}

function readAny(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > LONGEST) return Number.NaN;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}
