import { crc32 } from '../../common/crc32.ts';
import type { Bucket } from './bucket.ts';
import type { Resume } from './bucketizer.ts';

/**
 * The form of a rollup file; docs/log-format.md has it in words. All numbers are little-endian.
 *
 *     "OMROLL2\n", u32 length of the JSON, u32 CRC of the JSON, JSON of {@link RollupHead}
 *     records, all of one size: see {@link encodeRecord}
 *     once the day is over: u32 0xFFFFFFFF, u32 length of the JSON, u32 CRC of the JSON, JSON of {@link Seal}
 */
const MAGIC = Buffer.from('OMROLL2\n', 'latin1');
const HEAD = MAGIC.length + 8;
const SEAL_MARK = 0xffffffff;
const SEAL_HEAD = 12;
/** Bytes of a record before its columns. */
const FIXED = 88;
const CATEGORY_AT = 48;
/** The longest name that a class of the user's can have. */
const CATEGORY_BYTES = 40;
const COLUMN_BYTES = 16;
const CRC_BYTES = 4;

/** What a rollup file says of itself. */
export interface RollupHead {
  readonly id8: string;
  /** UTC date. */
  readonly date: string;
  /** Length of a bucket. */
  readonly seconds: number;
  readonly columns: readonly string[];
}

/** The log files that a finished rollup is of: number and size in bytes, uncompressed. */
export interface Seal {
  readonly parts: readonly (readonly [number: number, bytes: number])[];
}

/** A bucket as a rollup file has it; a column's least, mean and greatest are read with {@link RollupRecords}. */
export interface RecordFacts {
  readonly start: number;
  readonly covered: number;
  readonly rows: number;
  readonly category: string;
  readonly resume: Resume;
}

/** Size of a record of `width` columns. */
function recordSize(width: number): number {
  return FIXED + width * COLUMN_BYTES + CRC_BYTES;
}

export function encodeHead(head: RollupHead): Buffer {
  const json = Buffer.from(JSON.stringify([head.id8, head.date, head.seconds, head.columns]), 'latin1');
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(json.length, 0);
  sizes.writeUInt32LE(crc32(json), 4);
  return Buffer.concat([MAGIC, sizes, json]);
}

export function encodeSeal(seal: Seal): Buffer {
  const json = Buffer.from(JSON.stringify(seal.parts), 'latin1');
  const head = Buffer.alloc(SEAL_HEAD);
  head.writeUInt32LE(SEAL_MARK, 0);
  head.writeUInt32LE(json.length, 4);
  head.writeUInt32LE(crc32(json), 8);
  return Buffer.concat([head, json]);
}

/** One record: the bucket, and from where the rows after it are read. */
export function encodeRecord(bucket: Bucket, resume: Resume): Buffer {
  const width = bucket.minima.length;
  const record = Buffer.alloc(recordSize(width));
  record.writeUInt32LE(bucket.start / 1000, 0);
  record.writeUInt32LE(bucket.covered, 4);
  record.writeUInt32LE(bucket.rows, 8);
  record.writeUInt32LE(resume.part, 12);
  record.writeDoubleLE(resume.offset, 16);
  record.writeDoubleLE(resume.countsFrom, 24);
  for (let k = 0; k < 4; k++) record.writeUInt32LE(Math.min(resume.steps[k] ?? 0, 0xfffffffe), 32 + 4 * k);
  record.write(bucket.category.slice(0, CATEGORY_BYTES), CATEGORY_AT, 'latin1');
  for (let slot = 0; slot < width; slot++) {
    const at = FIXED + slot * COLUMN_BYTES;
    record.writeFloatLE(bucket.minima[slot] ?? Number.NaN, at);
    record.writeFloatLE(bucket.mean(slot), at + 4);
    record.writeFloatLE(bucket.maxima[slot] ?? Number.NaN, at + 8);
    record.writeUInt32LE(bucket.weights[slot] ?? 0, at + 12);
  }
  record.writeUInt32LE(crc32(record.subarray(0, -CRC_BYTES)), record.length - CRC_BYTES);
  return record;
}

/** The records of one rollup, whole and checked. */
export class RollupRecords {
  readonly width: number;
  readonly #bytes: Buffer;
  readonly #size: number;

  /** @param bytes records one after the other */
  constructor(width: number, bytes: Buffer) {
    this.width = width;
    this.#bytes = bytes;
    this.#size = recordSize(width);
  }

  get count(): number {
    return this.#bytes.length / this.#size;
  }

  facts(index: number): RecordFacts {
    const at = index * this.#size;
    const bytes = this.#bytes;
    const word = bytes.toString('latin1', at + CATEGORY_AT, at + CATEGORY_AT + CATEGORY_BYTES);
    const end = word.indexOf('\0');
    return {
      start: bytes.readUInt32LE(at) * 1000,
      covered: bytes.readUInt32LE(at + 4),
      rows: bytes.readUInt32LE(at + 8),
      category: end < 0 ? word : word.slice(0, end),
      resume: {
        part: bytes.readUInt32LE(at + 12),
        offset: bytes.readDoubleLE(at + 16),
        countsFrom: bytes.readDoubleLE(at + 24),
        steps: [0, 1, 2, 3].map(k => bytes.readUInt32LE(at + 32 + 4 * k)),
      },
    };
  }

  /** Beginning of a record's bucket, milliseconds since 1970 UTC. */
  start(index: number): number {
    return this.#bytes.readUInt32LE(index * this.#size) * 1000;
  }

  minimum(index: number, slot: number): number {
    return this.#bytes.readFloatLE(index * this.#size + FIXED + slot * COLUMN_BYTES);
  }

  mean(index: number, slot: number): number {
    return this.#bytes.readFloatLE(index * this.#size + FIXED + slot * COLUMN_BYTES + 4);
  }

  maximum(index: number, slot: number): number {
    return this.#bytes.readFloatLE(index * this.#size + FIXED + slot * COLUMN_BYTES + 8);
  }

  /** Milliseconds in force in which a column had a value. */
  weight(index: number, slot: number): number {
    return this.#bytes.readUInt32LE(index * this.#size + FIXED + slot * COLUMN_BYTES + 12);
  }
}

/** A rollup file, read and checked. */
export interface DecodedRollup {
  readonly head: RollupHead;
  readonly records: RollupRecords;
  readonly seal: Seal | undefined;
  /** Bytes up to the end of the last whole record, or of the seal; what comes after is damaged or was cut off. */
  readonly whole: number;
}

/** Takes a rollup file apart, up to the first record that does not check; `undefined` when its head does not. */
export function decodeRollup(file: Buffer): DecodedRollup | undefined {
  if (file.length < HEAD || !file.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const first = HEAD + file.readUInt32LE(MAGIC.length);
  const head = decodeHead(checkedJson(file, HEAD, first, file.readUInt32LE(MAGIC.length + 4)));
  if (!head) return undefined;
  const size = recordSize(head.columns.length);
  let at = first;
  let seal: Seal | undefined;
  while (at + 4 <= file.length) {
    if (file.readUInt32LE(at) === SEAL_MARK) {
      seal = decodeSeal(file, at);
      break;
    }
    if (at + size > file.length) break;
    if (crc32(file.subarray(at, at + size - CRC_BYTES)) !== file.readUInt32LE(at + size - CRC_BYTES)) break;
    at += size;
  }
  const records = new RollupRecords(head.columns.length, file.subarray(first, at));
  return { head, records, seal, whole: seal ? file.length : at };
}

function decodeHead(json: unknown): RollupHead | undefined {
  if (!Array.isArray(json) || !Array.isArray(json[3])) return undefined;
  const [id8, date, seconds, columns] = json as [string, string, number, string[]];
  return { id8, date, seconds, columns };
}

function decodeSeal(file: Buffer, at: number): Seal | undefined {
  if (at + SEAL_HEAD > file.length) return undefined;
  const end = at + SEAL_HEAD + file.readUInt32LE(at + 4);
  const parts = checkedJson(file, at + SEAL_HEAD, end, file.readUInt32LE(at + 8));
  return end === file.length && Array.isArray(parts) ? { parts: parts as [number, number][] } : undefined;
}

/** The JSON in the bytes from `start` to before `end`, if they are all there and have this CRC. */
function checkedJson(file: Buffer, start: number, end: number, crc: number): unknown {
  if (end > file.length) return undefined;
  const bytes = file.subarray(start, end);
  return crc32(bytes) === crc ? JSON.parse(bytes.toString('latin1')) : undefined;
}
