import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Frame } from '../../src/common/frame.ts';
import { layoutFromNames } from '../../src/common/layout.ts';
import { LEADING_COLUMNS } from '../../src/log/format.ts';
import { ROOT } from '../lib/paths.mjs';

/** Recordings of one machine at one sample a second: logs of `optimetrics run` with the delta filter off, gzipped. */
export const TRACES = ['idle', 'light', 'full'] as const;
export type Trace = (typeof TRACES)[number];

/** The frames of a recording. Why a value was missing is not in a log; all say `unsupported`. */
export function loadTrace(name: Trace): Frame[] {
  const file = path.join(ROOT, 'test', 'fixtures', 'logs', `${name}.csv.gz`);
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('latin1').trimEnd().split('\n');
  const names = header.split(',').slice(LEADING_COLUMNS.length);
  const { layout, slots } = layoutFromNames(names);
  return lines.map(line => {
    const [timestamp = '', , category = '', ...fields] = line.split(',');
    const frame = new Frame(layout);
    frame.utcMs = Date.parse(timestamp);
    frame.monotonicMs = frame.utcMs;
    frame.category = category;
    slots.forEach((field, slot) => {
      const text = fields[field] ?? '';
      if (text === '') frame.absent(slot, 'unsupported');
      else frame.set(slot, Number(text));
    });
    return frame;
  });
}
