import { Frame } from '../../src/common/frame.ts';
import { buildLayout, type Layout } from '../../src/common/layout.ts';

export const HARDWARE_ID = '476aa2f138590064966c48cda3e6a773';

/** A layout of few columns, another object each time. */
export function smallLayout(cores = 0): Layout {
  return buildLayout({ core: cores, gpu: 0, disk: 0 }, group => group === 'cpu');
}

/** A tick at a moment, milliseconds since 1970 UTC and, unless told otherwise, the same on the monotonic clock. */
export function frameAt(layout: Layout, utcMs: number, monotonicMs = utcMs): Frame {
  const frame = new Frame(layout);
  frame.utcMs = utcMs;
  frame.monotonicMs = monotonicMs;
  frame.set(layout.slots.get('total_utilization') ?? -1, 12.34);
  return frame;
}
