import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseColumnName } from '../../src/common/layout.ts';
import { ROOT } from '../lib/paths.mjs';

const DAY_MS = 86_400_000;

/** Logs that were generated. */
export interface GeneratedLogs {
  readonly rows: number;
  /** Uncompressed. */
  readonly bytes: number;
  readonly bytesOnDisk: number;
}

/**
 * Fills a log folder with days of one row a second, today's included: a recording of a machine with light work, over and
 * over, each day from another second on, with counters that go on counting. Nothing is left out as the delta filter
 * would, so that it is the most there can be at this interval. Days that are over are compressed.
 *
 * @param now end of today's log, milliseconds since 1970 UTC
 */
export function generateLogs(directory: string, days: number, now: number): GeneratedLogs {
  const recording = new Recording(path.join(ROOT, 'test', 'fixtures', 'logs', 'light.csv.gz'));
  mkdirSync(directory, { recursive: true });
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  let rows = 0;
  let bytes = 0;
  let bytesOnDisk = 0;
  for (let day = 0; day < days; day++) {
    const start = today - (days - 1 - day) * DAY_MS;
    const seconds = Math.min(86_400, Math.floor((now - start) / 1000));
    const text = recording.day(start, seconds, day * 86_400);
    const isOver = start < today;
    const content = isOver ? gzipSync(text, { level: 1 }) : text;
    const name = `metrics_${recording.id8}_${new Date(start).toISOString().slice(0, 10)}.csv`;
    writeFileSync(path.join(directory, isOver ? `${name}.gz` : name), content);
    rows += seconds;
    bytes += text.length;
    bytesOnDisk += content.length;
  }
  return { rows, bytes, bytesOnDisk };
}

/** A recorded log, to be played from any second on. */
class Recording {
  /** First eight hex digits of the hardware id of its rows. */
  readonly id8: string;
  readonly #header: string;
  readonly #rows: readonly string[][];
  /** Places of the counters, and how much each counts in one pass. */
  readonly #counters: readonly { readonly at: number; readonly pass: number }[];

  constructor(file: string) {
    const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('latin1').trimEnd().split('\n');
    this.#header = header;
    this.#rows = lines.map(line => line.split(','));
    const first = this.#rows[0] ?? [];
    const last = this.#rows.at(-1) ?? [];
    this.id8 = first[1]?.slice(0, 8) ?? '';
    this.#counters = header.split(',').flatMap((name, at) => {
      if (parseColumnName(name)?.metric.kind !== 'counter') return [];
      return [{ at, pass: Number(last[at]) - Number(first[at]) }];
    });
  }

  /** The log of a day, from its beginning at `start` on. `passed` seconds of the recording were played before. */
  day(start: number, seconds: number, passed: number): Buffer {
    const lines = [this.#header];
    for (let second = 0; second < seconds; second++) {
      const played = passed + second;
      const row = [...(this.#rows[played % this.#rows.length] ?? [])];
      row[0] = new Date(start + second * 1000).toISOString();
      const passes = Math.floor(played / this.#rows.length);
      for (const { at, pass } of this.#counters) row[at] = String(Number(row[at]) + passes * pass);
      lines.push(row.join(','));
    }
    lines.push('');
    return Buffer.from(lines.join('\n'), 'latin1');
  }
}
