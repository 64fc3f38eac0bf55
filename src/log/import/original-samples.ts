import { csvLines } from './csv-lines.ts';
import { type ColumnMeaning, type DiskNumbers, hasSingleGpu, meaningOf } from './original-columns.ts';
import type { OriginalLog } from './original-files.ts';
import { OriginalClock } from './original-time.ts';
import type { ImportCounts } from './import-report.ts';

const HARDWARE_ID = /^[0-9a-f]{32}$/;
/** Rates that the original measures from its second sample on, too late for the header that the first has made. */
const LATE_COLUMNS = ['disk_read_rate_mbps', 'disk_write_rate_mbps'] as const;

/** One sample of the original, in our columns and units. */
export interface OriginalSample {
  /** As the original has it, milliseconds since 1970 UTC: the moment of sampling, or that of writing. */
  readonly time: number;
  readonly hardwareId: string;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Reads the samples of a log, in the order of its files.
 *
 * @param counts what could not be used is counted there
 * @throws the system's error when a file cannot be read
 */
export async function* originalSamples(
  log: OriginalLog,
  disks: DiskNumbers,
  counts: ImportCounts,
): AsyncGenerator<OriginalSample> {
  const clock = new OriginalClock();
  const withGpu = await isWithSingleGpu(log);
  const sources = log.files.map(
    ({ path, part }) => new OriginalRows(path, name => meaningOf(name, part, disks, withGpu), counts),
  );
  if (withGpu) counts.withGpu = true;
  for (const source of sources) await source.next();
  for (;;) {
    // Rows of one sample have the same timestamp in all files of a device.
    const text = sources.reduce<string | undefined>((least, { row }) => {
      return row && (least === undefined || row.timestamp < least) ? row.timestamp : least;
    }, undefined);
    if (text === undefined) break;
    const values = new Map<string, number>();
    let hardwareId = '';
    for (const source of sources) {
      const { row } = source;
      if (row?.timestamp !== text) continue;
      for (const [column, value] of row.values) values.set(column, value);
      hardwareId = row.hardwareId;
      await source.next();
    }
    repairMemory(values);
    const time = clock.read(text);
    if (Number.isNaN(time)) counts.withoutTime++;
    else if (!HARDWARE_ID.test(hardwareId)) counts.withoutId++;
    else yield { time, hardwareId, values };
  }
  counts.secondHours += clock.secondHours;
}

/** The original counts memory as used in another way; ours is what is not available. */
function repairMemory(values: Map<string, number>): void {
  const total = values.get('ram_total_mb');
  const available = values.get('ram_available_mb');
  if (total === undefined || available === undefined) values.delete('ram_used_mb');
  else values.set('ram_used_mb', total - available);
}

async function isWithSingleGpu({ files }: OriginalLog): Promise<boolean> {
  for (const { path, part } of files) {
    if (part !== 'all' && part !== 'gpu') continue;
    for await (const names of csvLines(path)) {
      if (hasSingleGpu(names)) return true;
      break;
    }
  }
  return false;
}

interface OriginalRow {
  readonly timestamp: string;
  readonly hardwareId: string;
  readonly values: readonly (readonly [column: string, value: number])[];
}

/** The rows of one file, one after the other. */
class OriginalRows {
  row: OriginalRow | undefined;
  readonly #lines: AsyncGenerator<string[]>;
  readonly #meaning: (name: string) => ColumnMeaning | undefined;
  readonly #counts: ImportCounts;
  #names: readonly string[] = [];
  #meanings: readonly (ColumnMeaning | undefined)[] = [];

  constructor(file: string, meaning: (name: string) => ColumnMeaning | undefined, counts: ImportCounts) {
    this.#lines = csvLines(file);
    this.#meaning = meaning;
    this.#counts = counts;
  }

  /** Goes to the next row; {@link row} is `undefined` after the last. */
  async next(): Promise<void> {
    for (;;) {
      const next = await this.#lines.next();
      if (next.done === true) {
        this.row = undefined;
        return;
      }
      const fields = next.value;
      if (fields[0]?.replace(/^\uFEFF/, '') === 'timestamp') this.#begin(fields);
      else {
        const row = this.#read(fields);
        if (!row) continue;
        this.row = row;
        return;
      }
    }
  }

  #begin(names: readonly string[]): void {
    if (this.#names.length > 0) this.#counts.repeatedHeaders++;
    this.#names = names;
    this.#meanings = names.map((name, at) => (at < 2 ? undefined : this.#meaning(name)));
    this.#counts.unusedColumns += this.#meanings.filter((meaning, at) => at >= 2 && !meaning).length;
  }

  #read(fields: readonly string[]): OriginalRow | undefined {
    if (fields.length < this.#names.length) {
      this.#counts.shortRows++;
      return undefined;
    }
    const values = this.#meanings.flatMap((meaning, at) => {
      const text = fields[at] ?? '';
      if (!meaning || text === '') return [];
      const value = Number(text);
      if (Number.isFinite(value)) return [[meaning.column, value * meaning.factor] as const];
      this.#counts.badValues++;
      return [];
    });
    return {
      timestamp: fields[0] ?? '',
      hardwareId: fields[1] ?? '',
      values: [...values, ...this.#late(fields)],
    };
  }

  /** Values beyond the header, where it is known what they are. */
  #late(fields: readonly string[]): (readonly [string, number])[] {
    const late = fields.slice(this.#names.length);
    if (late.length === 0) return [];
    const isRates =
      late.length === LATE_COLUMNS.length && !LATE_COLUMNS.some(column => this.#names.includes(column));
    if (!isRates) {
      this.#counts.longRows++;
      return [];
    }
    this.#counts.lateRates++;
    return LATE_COLUMNS.flatMap((column, at) => {
      const text = late[at] ?? '';
      const factor = this.#meaning(column)?.factor ?? 1;
      return text !== '' && Number.isFinite(Number(text)) ? [[column, Number(text) * factor] as const] : [];
    });
  }
}
