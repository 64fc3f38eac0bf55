import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import type { Frame } from '../../src/common/frame.ts';
import { DeltaFilter } from '../../src/log/delta-filter.ts';
import { LogWriter } from '../../src/log/log-writer.ts';
import { everySample, type RowFilter } from '../../src/log/row-filter.ts';
import { formatRow } from '../../src/log/row.ts';
import { logRules } from '../../src/log/rules.ts';
import { OriginalLog } from './original-log.ts';
import { type Summary, summarize } from './statistics.ts';
import { loadTrace, type Trace, TRACES } from './traces.ts';

const HARDWARE_ID = '476aa2f138590064966c48cda3e6a773';
/** Times that a recording is written for the time a row takes. */
const REPEATS = 20;

/** What one way of writing makes of a recording. */
export interface LogSize {
  readonly way: string;
  /** Part of the samples that became rows. */
  readonly rowShare: number;
  readonly mbPerHour: number;
  /** The same once the file is closed and compressed; the original compresses each of its files. */
  readonly gzMbPerHour: number;
}

/** The log of one recording. */
export interface LogTrace {
  readonly trace: Trace;
  readonly samples: number;
  /** Mean of the CPU's utilization in it, %. */
  readonly meanCpu: number;
  readonly sizes: readonly LogSize[];
}

/** Sizes of logs, and what writing them costs. */
export interface LogCosts {
  readonly traces: readonly LogTrace[];
  /** µs on the thread that samples. */
  readonly costs: readonly { readonly what: string; readonly time: Summary }[];
}

/** Writes the recordings through the real writer, into `folder`. MB are 10^6 bytes. */
export function measureLog(folder: string): LogCosts {
  return { traces: TRACES.map(trace => sizesOf(folder, trace)), costs: costsIn(folder) };
}

function sizesOf(folder: string, trace: Trace): LogTrace {
  const frames = loadTrace(trace);
  const size = (way: string, files: readonly (string | Buffer)[], rows: number): LogSize => ({
    way,
    rowShare: rows / frames.length,
    mbPerHour: perHour(sum(files.map(file => file.length)), frames.length),
    gzMbPerHour: perHour(sum(files.map(file => gzipSync(file).length)), frames.length),
  });
  const ours = (way: string, filter: RowFilter): LogSize => {
    const { file, rows } = write(path.join(folder, `${trace}-${way.replaceAll(' ', '-')}`), frames, filter);
    return size(way, [fs.readFileSync(file)], rows);
  };
  const original = (way: string, isFiltering: boolean): LogSize => {
    const log = new OriginalLog(HARDWARE_ID, isFiltering);
    for (const frame of frames) log.append(frame);
    return size(way, log.files, log.records);
  };
  const slot = frames[0]?.layout.slots.get('total_utilization') ?? -1;
  return {
    trace,
    samples: frames.length,
    meanCpu: sum(frames.map(frame => frame.values[slot] ?? 0)) / frames.length,
    sizes: [
      ours('ours', new DeltaFilter(DEFAULT_CONFIG.logging.deltaThresholdPercent)),
      ours('ours, every sample', everySample),
      original('the original', true),
      original('the original, every sample', false),
    ],
  };
}

function write(
  directory: string,
  frames: readonly Frame[],
  filter: RowFilter,
): { file: string; rows: number } {
  const writer = open(directory, filter);
  for (const frame of frames) writer.append(frame);
  const { file = '' } = writer.status;
  writer.close();
  return { file: path.join(directory, file), rows: writer.status.rowsWritten };
}

function open(directory: string, filter: RowFilter): LogWriter {
  return new LogWriter({ directory, hardwareId: HARDWARE_ID, rules: logRules(DEFAULT_CONFIG), filter });
}

/** Times of single calls, over all recordings again and again. */
function costsIn(folder: string): LogCosts['costs'] {
  const frames = TRACES.flatMap(loadTrace);
  const time = (what: string, call: (frame: Frame) => void) => {
    const times: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      frames.forEach((frame, index) => {
        // One recording after the other, without an end.
        frame.utcMs = Date.UTC(2024, 1, 29) + 1000 * index;
        frame.monotonicMs = 1000 * (repeat * frames.length + index);
        const start = process.hrtime.bigint();
        call(frame);
        if (repeat > 0) times.push(Number(process.hrtime.bigint() - start) / 1000);
      });
    }
    return { what, time: summarize(times) };
  };
  const filter = new DeltaFilter(DEFAULT_CONFIG.logging.deltaThresholdPercent);
  const every = open(path.join(folder, 'every'), everySample);
  const filtered = open(path.join(folder, 'filtered'), new DeltaFilter(2));
  const bare = fs.openSync(path.join(folder, 'bare'), 'a');
  const row = Buffer.from(formatRow(frames[0] ?? fail(), HARDWARE_ID));
  const costs = [
    time('a bare write of one row', () => fs.writeSync(bare, row)),
    time('the filter’s decision', frame => void filter.admits(frame)),
    time('a row: formatted and written', frame => {
      every.append(frame);
    }),
    time('a sample, with the filter on', frame => {
      filtered.append(frame);
    }),
  ];
  fs.closeSync(bare);
  every.close();
  filtered.close();
  return costs;
}

function fail(): never {
  throw new Error('a recording is empty');
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const perHour = (bytes: number, seconds: number): number => (bytes / seconds) * 0.0036;
