import fs from 'node:fs';
import path from 'node:path';
import { DamageReport } from '../reader/damage.ts';
import type { FoundLogFile } from '../reader/log-folder.ts';
import { readRows } from '../reader/read-rows.ts';
import { rowTimeAt } from '../reader/seek.ts';
import type { Bucket } from './bucket.ts';
import { Bucketizer, type Resume } from './bucketizer.ts';
import { headlineColumns } from './headline.ts';
import { type Headers, isOver, type LogDay, plainSize } from './log-days.ts';
import {
  type DecodedRollup,
  decodeRollup,
  encodeHead,
  encodeRecord,
  encodeSeal,
  RollupRecords,
  type Seal,
} from './rollup-format.ts';
import { formatRollupName, ROLLUP_SECONDS, type RollupSeconds } from './rollup-name.ts';

/** About what compression makes of a log. */
const COMPRESSION = 8;

/** A day's rollup with buckets of one length: those that are over, and what there is of the last. */
export interface DayRollup {
  readonly columns: readonly string[];
  readonly records: readonly RollupRecords[];
}

export interface RollupKeeperOptions {
  readonly directory: string;
  /** Whether rollups are written beside the logs: by whoever writes the logs, nobody else. */
  readonly saves: boolean;
  readonly headers: Headers;
  /** Called between two batches of rows; throwing from it ends what is being done. */
  readonly pause: () => Promise<void>;
}

/** A rollup as it is being brought up to date. */
interface Work {
  readonly seconds: RollupSeconds;
  readonly file: string;
  /** What the file has; none when it is missing or stale. */
  readonly kept: DecodedRollup | undefined;
  readonly resume: Resume | undefined;
  readonly added: Buffer[];
  readonly bucketizer: Bucketizer;
}

/**
 * Keeps the rollups of a log folder up to date: reads what was appended since, and all of a day whose rollups are
 * missing, damaged or stale. They follow from the rows alone: made anew, they are the same, byte for byte.
 */
export class RollupKeeper {
  readonly #options: RollupKeeperOptions;

  constructor(options: RollupKeeperOptions) {
    this.#options = options;
  }

  /**
   * Bytes of log that {@link update} would read, about.
   *
   * @throws the system's error when a log file cannot be read
   */
  async pendingBytes(day: LogDay): Promise<number> {
    const columns = await this.#columnsOf(day);
    const kept = ROLLUP_SECONDS.map(seconds => this.#load(day, seconds, columns));
    if (kept.every(one => one?.seal)) return 0;
    const from = earliest(kept.map(resumeOf));
    return day.files.reduce((sum, file) => {
      if (from && file.number < from.part) return sum;
      const size = file.isCompressed ? file.bytes * COMPRESSION : file.bytes;
      return sum + size - (from?.part === file.number ? from.offset : 0);
    }, 0);
  }

  /**
   * A day's rollup with buckets of one length, if it is finished and up to date.
   *
   * @throws the system's error when a log file cannot be read
   */
  async finished(day: LogDay, seconds: RollupSeconds): Promise<DayRollup | undefined> {
    const columns = await this.#columnsOf(day);
    const kept = this.#load(day, seconds, columns);
    return kept?.seal ? { columns, records: [kept.records] } : undefined;
  }

  /**
   * Brings a day's rollups up to date and returns them. A rollup that cannot be saved is returned all the same.
   *
   * @throws the system's error when a log file cannot be read, and what `pause` throws
   */
  async update(day: LogDay): Promise<Record<RollupSeconds, DayRollup>> {
    const columns = await this.#columnsOf(day);
    const kept = {
      60: this.#load(day, 60, columns),
      600: this.#load(day, 600, columns),
    };
    if (kept[60]?.seal && kept[600]?.seal) {
      return {
        60: { columns, records: [kept[60].records] },
        600: { columns, records: [kept[600].records] },
      };
    }
    const work = ROLLUP_SECONDS.map(seconds => this.#workOn(day, seconds, columns, kept[seconds]));
    await this.#read(day, columns, work);
    const over = isOver(day);
    const next = over ? await this.#firstRowOf(day.next) : Number.NaN;
    const results = work.map(one => {
      // Before the day is over, what there is of the last bucket is for this answer only.
      if (!over) this.#save(day, columns, one, undefined);
      one.bucketizer.finish(next, day.end);
      if (over) this.#save(day, columns, one, sealOf(day));
      const bytes = Buffer.concat(one.added);
      const records = [new RollupRecords(columns.length, bytes)];
      if (one.kept) records.unshift(one.kept.records);
      return { columns, records };
    });
    const [minutes, tens] = results;
    if (!minutes || !tens) throw new Error('a rollup is missing');
    return { 60: minutes, 600: tens };
  }

  async #columnsOf(day: LogDay): Promise<string[]> {
    const headers: (readonly string[])[] = [];
    for (const file of day.files) headers.push((await this.#options.headers.of(file)) ?? []);
    return headlineColumns(headers);
  }

  /** The rollup file, if it is of these logs and columns. */
  #load(day: LogDay, seconds: RollupSeconds, columns: readonly string[]): DecodedRollup | undefined {
    const decoded = decodeRollup(this.#readFile(day, seconds));
    if (!decoded) return undefined;
    const { head, records, seal } = decoded;
    if (head.id8 !== day.id8 || head.date !== day.date || head.seconds !== seconds) return undefined;
    if (head.columns.join() !== columns.join()) return undefined;
    if (seal) return isSealOf(seal, day) ? decoded : undefined;
    if (records.count === 0) return decoded;
    return isPlaceOf(records.facts(records.count - 1).resume, day) ? decoded : undefined;
  }

  #readFile(day: LogDay, seconds: RollupSeconds): Buffer {
    try {
      return fs.readFileSync(path.join(this.#options.directory, formatRollupName(day, seconds)));
    } catch {
      // Missing, or it cannot be read: it is made anew either way.
      return Buffer.alloc(0);
    }
  }

  #workOn(
    day: LogDay,
    seconds: RollupSeconds,
    columns: readonly string[],
    loaded: DecodedRollup | undefined,
  ): Work {
    // One that was closed too early, when its sibling was not, is made anew with it.
    const kept = loaded && !loaded.seal && loaded.records.count > 0 ? loaded : undefined;
    const resume = resumeOf(kept);
    const added: Buffer[] = [];
    const emit = (bucket: Bucket, next: Resume): void => {
      added.push(encodeRecord(bucket, next));
    };
    return {
      seconds,
      file: path.join(this.#options.directory, formatRollupName(day, seconds)),
      kept,
      resume,
      added,
      bucketizer: new Bucketizer(columns.length, seconds * 1000, emit, resume),
    };
  }

  /** Gives the rows that are not summed up yet to both bucketizers. */
  async #read(day: LogDay, columns: readonly string[], work: readonly Work[]): Promise<void> {
    const from = earliest(work.map(({ resume }) => resume));
    const damage = new DamageReport(0);
    for (const file of day.files) {
      if (from && file.number < from.part) continue;
      const header = await this.#options.headers.of(file);
      if (!header) continue;
      const start = from?.part === file.number && !file.isCompressed ? from.offset : 0;
      for await (const batch of readRows(file.path, { columns, damage, header, from: start })) {
        for (let row = 0; row < batch.length; row++) {
          const time = batch.times[row] ?? 0;
          // Not written by us: a file has the rows of its day.
          if (time < day.start || time >= day.end) continue;
          const offset = batch.offsets[row] ?? 0;
          for (const { bucketizer } of work) {
            bucketizer.add(
              time,
              batch.values,
              row * batch.width,
              batch.categories[row] ?? '',
              file.number,
              offset,
            );
          }
        }
        await this.#options.pause();
      }
    }
  }

  async #firstRowOf(file: FoundLogFile | undefined): Promise<number> {
    if (!file) return Number.NaN;
    for await (const batch of readRows(file.path, { columns: [], damage: new DamageReport(0) })) {
      if (batch.length > 0) return batch.times[0] ?? Number.NaN;
    }
    return Number.NaN;
  }

  #save(day: LogDay, columns: readonly string[], work: Work, seal: Seal | undefined): void {
    if (!this.#options.saves || (work.added.length === 0 && !seal)) return;
    const { file, kept, seconds } = work;
    const bytes = Buffer.concat([...work.added, ...(seal ? [encodeSeal(seal)] : [])]);
    try {
      if (kept) {
        append(file, kept.whole, bytes);
        return;
      }
      const beside = `${file}.new`;
      const head = encodeHead({ id8: day.id8, date: day.date, seconds, columns });
      fs.writeFileSync(beside, Buffer.concat([head, bytes]), { mode: 0o600 });
      fs.renameSync(beside, file);
    } catch {
      // A full or read-only disk: the log says so. The next time they are made anew.
    }
  }
}

/** Puts bytes at the place `at` of a file, in one write; what is there, cut off by a crash, goes. */
function append(file: string, at: number, bytes: Buffer): void {
  const fd = fs.openSync(file, 'r+');
  try {
    fs.ftruncateSync(fd, at);
    fs.writeSync(fd, bytes, 0, bytes.length, at);
  } finally {
    fs.closeSync(fd);
  }
}

/** From where the rows after a rollup's last record are read; `undefined` for one without records, or finished. */
function resumeOf(kept: DecodedRollup | undefined): Resume | undefined {
  if (!kept || kept.seal || kept.records.count === 0) return undefined;
  return kept.records.facts(kept.records.count - 1).resume;
}

function earliest(places: readonly (Resume | undefined)[]): Resume | undefined {
  return places.reduce((first, place) =>
    !first || !place
      ? undefined
      : place.part < first.part || (place.part === first.part && place.offset < first.offset)
        ? place
        : first,
  );
}

function sealOf({ files }: LogDay): Seal {
  return { parts: files.map(file => [file.number, plainSize(file)]) };
}

/** Whether the rollup is of the files that are there; of some that have been deleted since, it may be too. */
function isSealOf({ parts }: Seal, { files }: LogDay): boolean {
  const sizes = new Map(parts);
  return files.every(file => {
    const size = sizes.get(file.number);
    return size !== undefined && (file.isCompressed ? size % 2 ** 32 : size) === plainSize(file);
  });
}

/** Whether a row begins where the rollup says that the row in force does. */
function isPlaceOf({ part, offset, countsFrom }: Resume, { files }: LogDay): boolean {
  const file = files.find(({ number }) => number === part);
  // In a compressed file it is not looked for: all of it is read then, and the rollup is finished with it.
  return file !== undefined && !file.isCompressed && rowTimeAt(file.path, offset) <= countsFrom;
}
