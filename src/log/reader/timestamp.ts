const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const DAY_BYTES = 10;
/** Length of the form that the log is written in, `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
const USUAL_LENGTH = 24;
const ISO_WITH_ZONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Reads timestamps: ISO 8601 with a zone. The form that the log is written in is read byte by byte, and the date, which
 * seldom changes, only when it does.
 */
export class TimestampReader {
  readonly #day = new Uint8Array(DAY_BYTES);
  #dayMs = Number.NaN;

  /** Milliseconds since 1970 UTC of the bytes from `start` to before `end`; NaN when they are no timestamp. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start !== USUAL_LENGTH || bytes[end - 1] !== LETTER_Z)
      return this.#readOther(bytes, start, end);
    if (!this.#isSameDay(bytes, start) && !this.#readDay(bytes, start)) return Number.NaN;
    if (
      bytes[start + 10] !== LETTER_T ||
      bytes[start + 13] !== COLON ||
      bytes[start + 16] !== COLON ||
      bytes[start + 19] !== DOT
    )
      return Number.NaN;
    const hour = digits(bytes, start + 11, 2);
    const minute = digits(bytes, start + 14, 2);
    const second = digits(bytes, start + 17, 2);
    const ms = digits(bytes, start + 20, 3);
    if (!(hour < 24 && minute < 60 && second < 60 && ms >= 0)) return Number.NaN;
    return this.#dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  }

  #isSameDay(bytes: Uint8Array, start: number): boolean {
    for (let k = 0; k < DAY_BYTES; k++) if (bytes[start + k] !== this.#day[k]) return false;
    return true;
  }

  #readDay(bytes: Uint8Array, start: number): boolean {
    const year = digits(bytes, start, 4);
    const month = digits(bytes, start + 5, 2);
    const date = digits(bytes, start + 8, 2);
    if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return false;
    const dayMs = Date.UTC(year, month - 1, date);
    const day = new Date(dayMs);
    // The 31st of February is another day, and years before 100 would be taken for those of 1900.
    if (day.getUTCFullYear() !== year || day.getUTCMonth() !== month - 1 || day.getUTCDate() !== date)
      return false;
    this.#day.set(bytes.subarray(start, start + DAY_BYTES));
    this.#dayMs = dayMs;
    return true;
  }

  #readOther(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > 40) return Number.NaN;
    const text = String.fromCharCode(...bytes.subarray(start, end));
    return ISO_WITH_ZONE.test(text) ? Date.parse(text) : Number.NaN;
  }
}

/** The number that `count` digits spell; NaN when one is none. */
function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let k = 0; k < count; k++) {
    const digit = (bytes[start + k] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
