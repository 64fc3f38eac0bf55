import { layoutFromNames } from '../../src/common/layout.ts';
import type { Trace } from '../../src/classify/trace.ts';

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

/** Share of a value within which it counts as unchanged, and the seconds after which a row is written anyway. */
const BAND = 0.02;
const LONGEST_SECONDS = 60;

/** A trace without the rows in which every value is within its band around the last row that was kept. */
export function filtered(trace: Trace): Trace {
  let written: Float64Array | undefined;
  let writtenAt = 0;
  const { columns } = trace.layout;
  return kept(trace, at => {
    const row = trace.rows[at] ?? new Float64Array(0);
    const time = trace.times[at] ?? 0;
    const isNews =
      written === undefined ||
      time - writtenAt >= LONGEST_SECONDS * 1000 ||
      row.some((value, slot) => {
        const before = written?.[slot] ?? Number.NaN;
        if (Number.isNaN(value) !== Number.isNaN(before)) return true;
        const { metric } = columns[slot] ?? {};
        return Math.abs(value - before) > Math.max(BAND * Math.abs(before), metric?.floor ?? 0);
      });
    if (isNews) {
      written = row;
      writtenAt = time;
    }
    return isNews;
  });
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
