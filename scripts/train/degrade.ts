import { readTrace, type Trace } from '../../src/classify/trace.ts';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import { Frame } from '../../src/common/frame.ts';
import { layoutFromNames } from '../../src/common/layout.ts';
import { Continuity } from '../../src/log/continuity.ts';
import { DeltaFilter } from '../../src/log/delta-filter.ts';
import { formatHeader, formatRow } from '../../src/log/row.ts';

/** A trace with a row every `seconds` only. */
export function thinned(trace: Trace, seconds: number): Trace {
  let next = Number.NEGATIVE_INFINITY;
  return kept(trace, at => {
    const time = trace.times[at] ?? 0;
    if (time < next) return false;
    next = time + seconds * 1000 - 1;
    return true;
  });
}

/** A trace without some columns. */
export function without(trace: Trace, isGone: (column: string) => boolean): Trace {
  const slots = trace.layout.columns.flatMap(({ name }, slot) => (isGone(name) ? [] : [slot]));
  const { layout } = layoutFromNames(slots.map(slot => trace.layout.columns[slot]?.name ?? ''));
  return {
    layout,
    times: trace.times,
    rows: trace.rows.map(row => Float64Array.from(slots, slot => row[slot] ?? Number.NaN)),
  };
}

/** Stands in the rows of a log, where readers of traces pass over it. */
const NO_HARDWARE = '0'.repeat(32);

/**
 * A trace as it comes out of the project's own log, and as `optimetrics classify` reads that: the samples go through the
 * delta filter with its default threshold, what it admits is formatted as rows, and the text is read back. As in
 * `LogWriter`, the last sample before a gap and the last one of all are rows in any case.
 */
export function filtered(trace: Trace): Trace {
  const { layout, times, rows } = trace;
  const filter = new DeltaFilter(DEFAULT_CONFIG.logging.deltaThresholdPercent);
  const continuity = new Continuity();
  const frame = new Frame(layout);
  const lines = [formatHeader(layout)];
  let leftOut = '';
  rows.forEach((row, at) => {
    frame.clear();
    row.forEach((value, slot) => {
      if (!Number.isNaN(value)) frame.set(slot, value);
    });
    frame.utcMs = times[at] ?? 0;
    frame.monotonicMs = frame.utcMs;
    if (continuity.isBrokenBy(frame)) {
      lines.push(leftOut);
      filter.reset();
    }
    const line = formatRow(frame, NO_HARDWARE);
    const isRow = filter.admits(frame);
    if (isRow) lines.push(line);
    leftOut = isRow ? '' : line;
  });
  return readTrace(lines.join('') + leftOut);
}

/** The part of a trace from one second to another. */
export function cut(trace: Trace, fromSeconds: number, toSeconds: number): Trace {
  const start = trace.times[0] ?? 0;
  return kept(trace, at => {
    const seconds = ((trace.times[at] ?? 0) - start) / 1000;
    return seconds >= fromSeconds && seconds < toSeconds;
  });
}

function kept(trace: Trace, isKept: (at: number) => boolean): Trace {
  const places = Array.from(trace.rows.keys()).filter(isKept);
  return {
    layout: trace.layout,
    times: Float64Array.from(places, at => trace.times[at] ?? 0),
    rows: places.map(at => trace.rows[at] ?? new Float64Array(0)),
  };
}
