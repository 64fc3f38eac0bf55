import { type Disk, UNFINISHED, writeWhole } from '../disk.ts';
import { isOpen, Ledger } from './ledger.ts';
import { decodeRecord, encodeRecord, type JournalRecord } from './records.ts';

const NEWLINE = 0x0a;
const VERSION = 1;
/** Bytes of records that say nothing any more, after which the journal is written anew, if they are more than half of it. */
const MOST_OUTDATED_BYTES = 1_048_576;

/** A later version of OptiMetrics has written the journal, and this one would not understand it. */
export class NewerJournalError extends Error {
  override readonly name = 'NewerJournalError';

  constructor() {
    super('the upload’s journal was written by a newer version of OptiMetrics');
  }
}

/** What a journal file says. */
export interface JournalContent {
  readonly ledger: Ledger;
  /** Numbers of the lines, from 1, that are not as they were written. What only they knew is not in the ledger. */
  readonly damaged: readonly number[];
  /** Bytes up to the end of the last whole line; what comes after it was never finished. */
  readonly wholeBytes: number;
  readonly bytes: number;
}

/**
 * Reads a journal and changes nothing; one that is not there is empty. Rejects with the system's error, or a
 * {@link NewerJournalError}.
 */
export async function readJournal(disk: Disk, file: string): Promise<JournalContent> {
  return fold(await bytesOf(disk, file), () => undefined);
}

/**
 * What has become of each piece of the log on its way to one destination: lines that are only ever added, each with a checksum,
 * and on the disk before anything builds on it. One process at a time has it open.
 *
 * A power cut can leave the beginning of a line at its end: that is cut off. A line that is damaged otherwise is reported and
 * left out; what only it knew is done again.
 */
export class Journal {
  readonly ledger: Ledger;
  readonly #disk: Disk;
  readonly #file: string;
  readonly #outdated: Outdated;
  #bytes: number;
  /** What keeps it from being written: what is on the disk then is for the next who opens it to find out. */
  #fault: unknown;

  private constructor(disk: Disk, file: string, { ledger, wholeBytes }: JournalContent, outdated: Outdated) {
    this.#disk = disk;
    this.#file = file;
    this.ledger = ledger;
    this.#bytes = wholeBytes;
    this.#outdated = outdated;
  }

  /**
   * Opens a journal for writing; its folder has to be there. Rejects as {@link readJournal} does.
   *
   * @param onDamage told in one line of what was damaged
   */
  static async open(disk: Disk, file: string, onDamage: (what: string) => void): Promise<Journal> {
    await disk.remove(`${file}${UNFINISHED}`);
    const outdated = new Outdated();
    const content = fold(await bytesOf(disk, file), (record, bytes) => {
      outdated.add(record, bytes);
    });
    const journal = new Journal(disk, file, content, outdated);
    const [first, ...others] = content.damaged;
    if (first !== undefined)
      onDamage(
        others.length === 0
          ? `line ${first} of the upload's journal is damaged; what only it knew is done again`
          : `${content.damaged.length} lines of the upload's journal are damaged, the first is number ${first}; what only they knew is done again`,
      );
    if (content.wholeBytes !== content.bytes)
      onDamage(`the last line of the upload's journal was never finished; what it was to say is done again`);
    if (content.wholeBytes !== content.bytes || content.damaged.length > 0 || content.bytes === 0)
      await journal.#writeAnew();
    return journal;
  }

  /**
   * Adds a record. When this resolves, the disk has it and the ledger knows it; when it rejects, with the system's error, the
   * ledger does not.
   */
  async append(record: JournalRecord): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault as Error;
    const line = encodeRecord(record);
    try {
      await this.#write(line);
    } catch (error) {
      // Whether the line is there cannot be told: once a sync has failed, another that succeeds proves nothing.
      this.#fault = error;
      throw error;
    }
    this.#bytes += line.length;
    this.#outdated.add(record, line.length);
    this.ledger.apply(record);
    // Should that fail, the record is on the disk all the same; the next one is told why it cannot be.
    if (this.#outdated.bytes > Math.max(MOST_OUTDATED_BYTES, this.#bytes / 2))
      await this.#writeAnew().catch(() => undefined);
  }

  /** Forgets everything. Rejects with the system's error. */
  async forget(): Promise<void> {
    const { next } = this.ledger;
    const head = encodeRecord({ k: 'journal', version: 1, next });
    await writeWhole(this.#disk, this.#file, [head]);
  }

  async #write(line: Uint8Array): Promise<void> {
    const open = await this.#disk.open(this.#file);
    try {
      await open.write(line, this.#bytes);
      await open.sync();
    } finally {
      await open.close();
    }
  }

  /** Without what says nothing any more: written beside and renamed. */
  async #writeAnew(): Promise<void> {
    const lines: Buffer[] = [];
    this.#outdated.clear();
    this.ledger.forgetFinished();
    for (const record of this.ledger.condensed()) {
      const line = encodeRecord(record);
      lines.push(line);
      this.#outdated.add(record, line.length);
    }
    try {
      await writeWhole(this.#disk, this.#file, lines);
    } catch (error) {
      this.#fault = error;
      throw error;
    }
    this.#bytes = lines.reduce((sum, line) => sum + line.length, 0);
  }
}

/** Counts the bytes of records that say nothing any more. */
class Outdated {
  bytes = 0;
  readonly #lastOf = new Map<number, number>();

  add(record: JournalRecord, bytes: number): void {
    if (record.k !== 'segment') return;
    this.bytes += this.#lastOf.get(record.n) ?? 0;
    if (isOpen(record)) {
      this.#lastOf.set(record.n, bytes);
    } else {
      this.#lastOf.delete(record.n);
      this.bytes += bytes;
    }
  }

  clear(): void {
    this.bytes = 0;
    this.#lastOf.clear();
  }
}

/** @throws NewerJournalError for one of a later version */
function fold(bytes: Buffer, onRecord: (record: JournalRecord, bytes: number) => void): JournalContent {
  const ledger = new Ledger();
  const damaged: number[] = [];
  let at = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) break;
    const record = decodeRecord(bytes.subarray(at, end));
    if (record?.k === 'journal' && record.version > VERSION) throw new NewerJournalError();
    if (record) {
      ledger.apply(record);
      onRecord(record, end + 1 - at);
    } else {
      damaged.push(line);
    }
    at = end + 1;
  }
  return { ledger, damaged, wholeBytes: at, bytes: bytes.length };
}

async function bytesOf(disk: Disk, file: string): Promise<Buffer> {
  if ((await disk.sizeOf(file)) === undefined) return Buffer.alloc(0);
  const pieces: Uint8Array[] = [];
  for await (const piece of disk.read(file)) pieces.push(piece);
  return Buffer.concat(pieces);
}
