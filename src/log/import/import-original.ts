import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../common/faults.ts';
import { Frame } from '../../common/frame.ts';
import { buildLayout, type Layout, layoutFromNames, parseColumnName } from '../../common/layout.ts';
import { utcDate } from '../file-name.ts';
import { DamageReport } from '../reader/damage.ts';
import { listLogFolder } from '../reader/log-folder.ts';
import { readRows } from '../reader/read-rows.ts';
import { formatHeader, formatRow } from '../row.ts';
import { spreadFlushes, type TimedSample } from './flush-times.ts';
import { type ImportCounts, noCounts } from './import-report.ts';
import type { DiskNumbers } from './original-columns.ts';
import { findOriginalLogs, type OriginalLog } from './original-files.ts';
import { originalSamples } from './original-samples.ts';

const SHARED_WITH_CPU = ['gpu0_temperature', 'gpu0_power_watts'] as const;

/** How to import. */
export interface ImportOptions {
  /** Folder with the logs of the original. */
  readonly source: string;
  /** Our log folder; made when it is missing. */
  readonly target: string;
  /** The logging interval of the original. */
  readonly intervalMs: number;
}

/**
 * Reads the logs of the original OptiMetrics into ours: a file for each hardware id and UTC day, beside what is there.
 * Rows whose moment is there already are left out, so that importing twice is importing once.
 *
 * @throws the system's error when something cannot be read or written
 */
export async function importOriginal({ source, target, intervalMs }: ImportOptions): Promise<ImportCounts> {
  const counts = noCounts();
  const { logs, ignored } = await findOriginalLogs(source);
  counts.ignored = ignored;
  fs.mkdirSync(target, { recursive: true, mode: 0o700 });
  const disks: DiskNumbers = new Map();
  for (const log of logs) {
    const columns = await columnsOf(log, disks);
    const day = new ImportedDay(target, layoutOf(columns), counts);
    for await (const sample of spreadFlushes(originalSamples(log, disks, counts), intervalMs)) {
      await day.add(sample);
    }
    day.flush();
  }
  counts.disks = disks.size;
  return counts;
}

/** Our columns that a log has values of. Reads it once. */
async function columnsOf(log: OriginalLog, disks: DiskNumbers): Promise<Set<string>> {
  const columns = new Set<string>();
  for await (const { values } of originalSamples(log, disks, noCounts())) {
    for (const column of values.keys()) columns.add(column);
  }
  return columns;
}

/** A layout of these columns in the order of the metric table. */
function layoutOf(columns: ReadonlySet<string>): Layout {
  const counts = { core: 0, gpu: 0, disk: 0 };
  for (const name of columns) {
    const column = parseColumnName(name);
    if (column && column.metric.per !== 'machine')
      counts[column.metric.per] = Math.max(counts[column.metric.per], column.instance + 1);
  }
  const names = buildLayout(counts).columns.map(({ name }) => name);
  return layoutFromNames(names.filter(name => columns.has(name) || name === 'session_confidence')).layout;
}

/** Collects the rows of one hardware id and day and writes them as one file. */
class ImportedDay {
  readonly #target: string;
  readonly #frame: Frame;
  readonly #counts: ImportCounts;
  #id = '';
  #date = '';
  #rows: string[] = [];
  /** Moments of the day's rows that are there. */
  #times = new Set<number>();

  constructor(target: string, layout: Layout, counts: ImportCounts) {
    this.#target = target;
    this.#frame = new Frame(layout);
    this.#counts = counts;
  }

  async add({ time, hardwareId, values, isSpread }: TimedSample): Promise<void> {
    const date = utcDate(time);
    if (date !== this.#date || hardwareId !== this.#id) {
      this.flush();
      this.#date = date;
      this.#id = hardwareId;
      this.#times = await timesOf(this.#target, hardwareId.slice(0, 8), date);
    }
    if (this.#times.has(time)) {
      this.#counts.known++;
      return;
    }
    this.#times.add(time);
    const frame = this.#frame;
    frame.clear();
    frame.utcMs = time;
    for (const [column, value] of values) {
      const slot = frame.layout.slots.get(column) ?? -1;
      frame.set(slot, value);
      if (slot >= 0 && frame.states[slot] !== 0) this.#counts.badValues++;
    }
    this.#rows.push(formatRow(frame, hardwareId));
    this.#counts.written++;
    if (isSpread) this.#counts.spread++;
    if (this.#counts.withGpu && SHARED_WITH_CPU.some(column => values.has(column)))
      this.#counts.overwritten++;
  }

  /** Writes what was collected: whole, or not at all. */
  flush(): void {
    if (this.#rows.length === 0) return;
    const rows = this.#rows.splice(0);
    const beside = path.join(this.#target, `metrics_import.${String(process.pid)}.new`);
    const fd = fs.openSync(beside, 'w', 0o600);
    try {
      fs.writeFileSync(fd, formatHeader(this.#frame.layout));
      for (let at = 0; at < rows.length; at += 1000) fs.writeFileSync(fd, rows.slice(at, at + 1000).join(''));
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(beside, this.#takeName());
    this.#counts.files++;
  }

  /** Makes the next file of the day, empty, so that a sampler that runs meanwhile takes another. */
  #takeName(): string {
    const id8 = this.#id.slice(0, 8);
    const numbers = listLogFolder(this.#target)
      .files.filter(file => file.id8 === id8 && file.date === this.#date)
      .map(file => file.number);
    for (let number = Math.max(-1, ...numbers) + 1; ; number++) {
      const name = `metrics_${id8}_${this.#date}${number === 0 ? '' : `_${String(number)}`}.csv`;
      const file = path.join(this.#target, name);
      try {
        fs.closeSync(fs.openSync(file, 'wx', 0o600));
        return file;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  }
}

async function timesOf(directory: string, id8: string, date: string): Promise<Set<number>> {
  const times = new Set<number>();
  for (const file of listLogFolder(directory).files) {
    if (file.id8 !== id8 || file.date !== date) continue;
    for await (const batch of readRows(file.path, { columns: [], damage: new DamageReport(0) })) {
      for (let row = 0; row < batch.length; row++) times.add(batch.times[row] ?? 0);
    }
  }
  return times;
}
