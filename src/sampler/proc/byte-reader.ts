import { Buffer } from 'node:buffer';

const TAB = 0x09;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const DOT = 0x2e;
const ZERO = 0x30;

/** That of Buffer first looks what it is given, which takes longer than finding the end of a line. */
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its buffer
const { indexOf } = Uint8Array.prototype;

/** The ASCII bytes of `text`, to be looked for with {@link ByteReader.take}. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0) & 0x7f);
}

/**
 * Walks over the text of a file of `/proc` or `/sys` byte by byte, so that reading it makes no strings.
 *
 * Numbers count only when white space follows them: a number that ends where the content ends may have been cut, and
 * half a number is a wrong one.
 */
export class ByteReader {
  /** Room for the content; replaced by a larger one when a file does not fit. */
  bytes: Buffer;
  /** Index of the next byte to be looked at. */
  at = 0;
  /** Where the content ends; what stands in {@link bytes} behind it is left over from earlier. */
  end = 0;
  /** Where the word found by {@link key} starts. */
  keyStart = 0;
  /** Where the word found by {@link key} ends. */
  keyEnd = 0;

  /** @param size bytes to start with; any file may be larger */
  constructor(size = 4096) {
    this.bytes = Buffer.alloc(size);
  }

  /** Doubles the room and keeps the content. */
  grow(): void {
    const larger = Buffer.alloc(Math.max(this.bytes.length * 2, 64));
    this.bytes.copy(larger);
    this.bytes = larger;
  }

  /** Starts at the first byte of a content of `length` bytes. */
  rewind(length: number): void {
    this.at = 0;
    this.end = Math.min(length, this.bytes.length);
  }

  /** The byte at {@link at}; 0 at the end. */
  peek(): number {
    return this.at < this.end ? (this.bytes[this.at] ?? 0) : 0;
  }

  /** Moves behind the next line end; false when no content is left there. */
  nextLine(): boolean {
    const found = this.at < this.end ? indexOf.call(this.bytes, NEWLINE, this.at) : -1;
    this.at = found < 0 || found >= this.end ? this.end : found + 1;
    return this.at < this.end;
  }

  /** Moves behind spaces and tabs. */
  skipSpaces(): void {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    this.at = at;
  }

  /** Moves behind spaces and the word that follows them; false when the line has no further word. */
  skipWord(): boolean {
    this.skipSpaces();
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    while (at < end && (bytes[at] ?? 0) > SPACE) at++;
    this.at = at;
    return at > start;
  }

  /** Whether `word` stands here; moves behind it if so. */
  take(word: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + word.length > this.end) return false;
    for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
    this.at = at + word.length;
    return true;
  }

  /** Reads the whole number behind spaces; NaN when none stands there, or when no white space follows it. */
  unsigned(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    const start = at;
    let value = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.at = at;
    return at > start && at < end && (bytes[at] ?? 0) <= SPACE ? value : Number.NaN;
  }

  /**
   * Reads the next `count` whole numbers of the line as {@link unsigned} does. In one go: a wide machine has thousands a tick.
   *
   * @returns false when one of them is none; what `into` holds is then without meaning
   */
  unsignedRow(into: Float64Array, count: number): boolean {
    const { bytes, end } = this;
    let at = this.at;
    for (let i = 0; i < count; i++) {
      while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
      const start = at;
      let value = 0;
      for (; at < end; at++) {
        const digit = (bytes[at] ?? 0) - ZERO;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      if (at === start || at >= end || (bytes[at] ?? 0) > SPACE) {
        this.at = at;
        return false;
      }
      into[i] = value;
    }
    this.at = at;
    return true;
  }

  /** Reads a number with or without a decimal part, like {@link unsigned}. */
  decimal(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    const start = at;
    let digits = 0;
    let value = 0;
    let scale = 0;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === DOT && scale === 0) {
        scale = 1;
        continue;
      }
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      scale *= 10;
      digits++;
    }
    this.at = at;
    if (digits === 0 || at === start || at >= end || (bytes[at] ?? 0) > SPACE) return Number.NaN;
    return scale > 1 ? value / scale : value;
  }

  /**
   * Reads the word behind spaces up to white space or `terminator`, which is not passed, and gives a key to know it by
   * again: 53 bits of two hashes of its bytes, a whole number. NaN when there is no word or it ends with the content.
   * {@link keyStart} and {@link keyEnd} tell where it stands.
   */
  key(terminator = SPACE): number {
    this.skipSpaces();
    const { bytes, end } = this;
    let at = this.at;
    this.keyStart = at;
    // FNV-1a, and beside it the same with a second start and factor.
    let first = 0x811c9dc5;
    let second = 0x9747b28c;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte <= SPACE || byte === terminator) break;
      first = Math.imul(first ^ byte, 0x01000193);
      second = Math.imul(second ^ byte, 0x85ebca6b);
    }
    this.at = at;
    this.keyEnd = at;
    if (at === this.keyStart || at === end) return Number.NaN;
    return (first >>> 0) * 2 ** 21 + (second >>> 11);
  }
}
