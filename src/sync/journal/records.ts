import * as v from 'valibot';
import { crc32 } from '../../common/crc32.ts';

const Whole = v.pipe(v.number(), v.safeInteger());
const Natural = v.pipe(Whole, v.minValue(0));

const RangeForm = v.object({
  file: v.string(),
  birth: v.string(),
  from: Natural,
  to: Natural,
  rows: Natural,
  firstMs: Whole,
  lastMs: Whole,
});

const SealedFileForm = v.object({
  /** Where it goes at the target. */
  path: v.string(),
  bytes: Natural,
  sha256: v.string(),
  md5: v.string(),
  /** Local key that it was sealed with; empty for one that is not sealed. */
  keyId: v.string(),
  /** For whom it was made, see {@link import('../round/making.ts').Making.fingerprint}. */
  madeFor: v.string(),
});

const SegmentForm = v.object({
  k: v.literal('segment'),
  /** Number of the segment: those of a smaller one come before. */
  n: Natural,
  /**
   * - `sealed`: what belongs to it is fixed.
   * - `encrypted`: its file is in the spool.
   * - `sending`: it may be at the target, all or in part.
   * - `sent`: the target has said that it has all of it.
   * - `confirmed`: the target has been asked, and has it as it was sent.
   * - `lost`: neither the log nor the spool have it any more.
   */
  state: v.picklist(['sealed', 'encrypted', 'sending', 'sent', 'confirmed', 'lost']),
  range: RangeForm,
  /** Where in the log file the looking for it began: no row stands from there to before `range.from`. */
  after: Natural,
  file: v.optional(SealedFileForm),
});

/** Of a journal that was written anew: all rows of that log file before `to` are in segments that need no more work. */
const CursorForm = v.object({
  k: v.literal('cursor'),
  file: v.string(),
  birth: v.string(),
  to: Natural,
  /** Time of the row that ends there. */
  lastMs: v.optional(Whole),
});

/**
 * A log file was found shorter than what was sealed of it: what stands there from `to` on is new, and segments of a number below
 * `n` say nothing of it.
 */
const CutForm = v.object({
  k: v.literal('cut'),
  file: v.string(),
  birth: v.string(),
  to: Natural,
  n: Natural,
});

/** Of a journal that was written anew: what is confirmed in one folder of the target: name, rows, bytes. */
const StoredForm = v.object({
  k: v.literal('stored'),
  folder: v.string(),
  files: v.array(v.tuple([v.string(), Natural, Natural])),
});

/** A file that may be at the target, and in whose place another was made. */
const AbandonedForm = v.object({ k: v.literal('abandoned'), path: v.string() });

/** A file that is at the target no more. */
const RemovedForm = v.object({ k: v.literal('removed'), path: v.string() });

/** First line; `next` is the number for a new segment. */
const HeadForm = v.object({ k: v.literal('journal'), version: Natural, next: Natural });

const RecordForm = v.variant('k', [
  HeadForm,
  SegmentForm,
  CursorForm,
  CutForm,
  StoredForm,
  AbandonedForm,
  RemovedForm,
]);

export type JournalRecord = v.InferOutput<typeof RecordForm>;
export type SegmentRecord = v.InferOutput<typeof SegmentForm>;
export type SegmentState = SegmentRecord['state'];
/** A file that was made of a segment. */
export type SealedFile = v.InferOutput<typeof SealedFileForm>;

const CRC_DIGITS = 8;

/** The line of a record, with its line end: CRC-32 of the JSON in 8 lower-case hexadecimal digits, a space, the JSON. */
export function encodeRecord(record: JournalRecord): Buffer {
  const json = Buffer.from(JSON.stringify(record));
  return Buffer.concat([Buffer.from(`${crcOf(json)} `), json, Buffer.from('\n')]);
}

/** The record of a line, given without its line end; `undefined` when it is not as it was written. */
export function decodeRecord(line: Buffer): JournalRecord | undefined {
  const json = line.subarray(CRC_DIGITS + 1);
  // As text: digits in upper case were not written by us.
  if (line.toString('latin1', 0, CRC_DIGITS + 1) !== `${crcOf(json)} `) return undefined;
  try {
    const parsed = v.safeParse(RecordForm, JSON.parse(json.toString()));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function crcOf(json: Uint8Array): string {
  return crc32(json).toString(16).padStart(CRC_DIGITS, '0');
}
