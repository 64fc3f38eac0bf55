import type { Frame } from '../common/frame.ts';
import type { Layout } from '../common/layout.ts';
import { LEADING_COLUMNS } from './format.ts';

/** The header line of a log file for `layout`, with its line end. */
export function formatHeader(layout: Layout): string {
  return [...LEADING_COLUMNS, ...layout.columns.map(column => column.name)].join(',') + '\n';
}

/**
 * One log line with its line end: the moment of sampling in UTC with milliseconds (ISO 8601), the hardware id, the
 * workload class, then a field a column, empty where there was no value. Nothing ever needs quoting: all fields are
 * numbers, hex digits or class names.
 */
export function formatRow(frame: Frame, hardwareId: string): string {
  let row = `${new Date(frame.utcMs).toISOString()},${hardwareId},${frame.category}`;
  const { values, states } = frame;
  for (let slot = 0; slot < values.length; slot++) {
    row += states[slot] === 0 ? `,${String(values[slot])}` : ',';
  }
  return row + '\n';
}
