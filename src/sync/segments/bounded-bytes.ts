import { SegmentFormatError } from './segment-format-error.ts';

/** Bytes of a varint that holds 64 bits. */
const LONGEST_VARINT = 10;
/** Structs within structs: metadata have five. */
const DEEPEST = 12;

/** Types of Thrift's compact protocol, https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
const TYPE = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
};

/** Goes through bytes of a file that nobody vouches for, and never beyond their end. Each step throws {@link SegmentFormatError}. */
export class BoundedBytes {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #what: string;

  /** @param what in words, for messages */
  constructor(bytes: Uint8Array, start: number, end: number, what: string) {
    if (!(start >= 0 && start <= end && end <= bytes.length))
      throw new SegmentFormatError(`${what} is elsewhere`);
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
    this.#what = what;
  }

  get left(): number {
    return this.#end - this.at;
  }

  byte(): number {
    if (this.at >= this.#end) throw this.fault('is cut short');
    return this.#bytes[this.at++] ?? 0;
  }

  skip(bytes: number): void {
    if (!(bytes >= 0 && bytes <= this.left)) throw this.fault('is cut short');
    this.at += bytes;
  }

  /** Skips a varint of up to 64 bits. */
  skipVarint(): void {
    for (let count = 1; this.byte() >= 0x80; count++)
      if (count === LONGEST_VARINT) throw this.fault('has a number that is too long');
  }

  /** A varint of up to 28 bits, which no length or count here exceeds. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw this.fault('has a length that is too large');
  }

  /** Skips a struct of Thrift's compact protocol, as the library reads it: that takes any length and depth as it stands there. */
  skipStruct(depth = 0): void {
    if (depth > DEEPEST) throw this.fault('is nested too deep');
    for (let field = this.byte(); field !== TYPE.stop; field = this.byte()) {
      if (field >> 4 === 0) this.skipVarint();
      this.#skipElement(field & 0x0f, depth, false);
    }
  }

  fault(what: string): SegmentFormatError {
    return new SegmentFormatError(`${this.#what} ${what}`);
  }

  #skipElement(type: number, depth: number, isInList: boolean): void {
    switch (type) {
      case TYPE.true:
      case TYPE.false:
        if (isInList) this.skip(1);
        return;
      case TYPE.byte:
        this.skip(1);
        return;
      case TYPE.i16:
      case TYPE.i32:
      case TYPE.i64:
        this.skipVarint();
        return;
      case TYPE.double:
        this.skip(8);
        return;
      case TYPE.binary:
        this.skip(this.varint());
        return;
      case TYPE.list:
        this.#skipList(depth);
        return;
      case TYPE.struct:
        this.skipStruct(depth + 1);
        return;
      default:
        throw this.fault('has a type that is not used here');
    }
  }

  #skipList(depth: number): void {
    if (depth >= DEEPEST) throw this.fault('is nested too deep');
    const head = this.byte();
    const size = head >> 4 === 15 ? this.varint() : head >> 4;
    // Each element has at least a byte.
    if (size > this.left) throw this.fault('is cut short');
    for (let element = 0; element < size; element++) this.#skipElement(head & 0x0f, depth + 1, true);
  }
}
