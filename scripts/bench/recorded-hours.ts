import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Frame } from '../../src/common/frame.ts';
import { type Layout, layoutFromNames } from '../../src/common/layout.ts';
import { ROOT } from '../lib/paths.mjs';

const TRACES = path.join(ROOT, 'test', 'fixtures', 'traces');
/** Recordings of machines with two cores; all have the same columns. */
const RECORDING = /__2c_\d+\.csv\.gz$/;
const SECONDS = 3600;
/** The beginning of an hour, UTC. */
const START = Date.UTC(2026, 0, 15, 9);

/** An hour of one kind of work, a frame a second. */
export interface RecordedHour {
  readonly name: string;
  /** Seconds of it that were recorded; the rest is the same once more. */
  readonly distinct: number;
  readonly frames: readonly Frame[];
}

interface Recording {
  readonly category: string;
  readonly names: readonly string[];
  /** Values a second, NaN where there is none. */
  readonly rows: readonly (readonly number[])[];
}

/** An hour of all kinds of work in turn, and one of each. */
export function recordedHours(): RecordedHour[] {
  const categories = readdirSync(TRACES, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name);
  const byCategory = categories.map(category => [category, recordingsOf(category)] as const);
  const all = hourOf(
    'all in turn',
    byCategory.flatMap(([, recordings]) => recordings),
  );
  return [all, ...byCategory.map(([category, recordings]) => hourOf(category, recordings))];
}

function recordingsOf(category: string): Recording[] {
  const folder = path.join(TRACES, category);
  return readdirSync(folder)
    .filter(name => RECORDING.test(name))
    .map(name => {
      const text = gunzipSync(readFileSync(path.join(folder, name))).toString('latin1');
      const [header = '', ...lines] = text.trimEnd().split('\n');
      const [, ...names] = header.split(',');
      const rows = lines.map(line =>
        line
          .split(',')
          .slice(1)
          .map(field => (field === '' ? Number.NaN : Number(field))),
      );
      return { category, names, rows };
    });
}

function hourOf(name: string, recordings: readonly Recording[]): RecordedHour {
  const { layout } = layoutFromNames(recordings[0]?.names ?? []);
  const seconds = recordings.flatMap(recording => recording.rows.map((row, at) => ({ recording, row, at })));
  const counts = new Counts(layout);
  const frames = Array.from({ length: SECONDS }, (_, second) => {
    const { recording, row, at } = seconds[second % seconds.length] ?? fail();
    const frame = new Frame(layout);
    frame.utcMs = START + 1000 * second + 3;
    frame.monotonicMs = frame.utcMs;
    frame.category = recording.category;
    counts.take(row, at === 0);
    layout.columns.forEach((_column, slot) => {
      const value = counts.values[slot] ?? Number.NaN;
      if (Number.isNaN(value)) frame.absent(slot, 'unsupported');
      else frame.set(slot, value);
    });
    return frame;
  });
  return { name, distinct: Math.min(seconds.length, SECONDS), frames };
}

/** Counters that go on where one recording follows another, as on one machine; other values as they are. */
class Counts {
  values: number[] = [];
  readonly #isCounter: readonly boolean[];
  #offsets: number[] = [];

  constructor({ columns }: Layout) {
    this.#isCounter = columns.map(({ metric }) => metric.kind === 'counter');
  }

  take(row: readonly number[], isFirst: boolean): void {
    if (isFirst) this.#offsets = row.map((value, slot) => (this.values[slot] ?? value) - value);
    this.values = row.map((value, slot) =>
      this.#isCounter[slot] === true ? value + (this.#offsets[slot] ?? 0) : value,
    );
  }
}

function fail(): never {
  throw new Error('there is no recording');
}
