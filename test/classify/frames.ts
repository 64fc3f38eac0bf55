import { Frame } from '../../src/common/frame.ts';
import { buildLayout, type Layout, layoutFromNames } from '../../src/common/layout.ts';

/** A layout with these columns. */
export function layoutOf(...names: string[]): Layout {
  return layoutFromNames(names).layout;
}

/** A layout with all columns of a machine. */
export const FULL = buildLayout({ core: 4, gpu: 2, disk: 1 });

/** A frame `seconds` after the start, with these values; other columns have none. */
export function frameOf(layout: Layout, seconds: number, values: Readonly<Record<string, number>>): Frame {
  const frame = new Frame(layout);
  frame.monotonicMs = 5_000 + seconds * 1000;
  frame.utcMs = Date.UTC(2026, 0, 1) + seconds * 1000;
  for (const [name, value] of Object.entries(values)) frame.set(layout.slots.get(name) ?? -1, value);
  return frame;
}
