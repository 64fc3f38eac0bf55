import { parseColumnName } from '../../common/layout.ts';
import { CATEGORIES, UNKNOWN } from '../../common/workload.ts';
import { deviceId } from './segment-path.ts';
import type { Table, TableColumn } from './table.ts';

const HARDWARE_ID = 'hardware_id';
const CATEGORY = 'session_category';
const KNOWN = new Set<string>([...CATEGORIES, UNKNOWN]);

/**
 * What of rows a study gets: the columns that the metric table says are contributed, and nothing that this version does not
 * know; in place of the hardware id, that of the machine in this study and month. A class that the user's own profiles have
 * named is left empty: its name is the user's.
 */
export function contributionOf(
  { times, columns }: Table,
  { study, deviceKey }: { readonly study: string; readonly deviceKey: Buffer },
): Table {
  const ids = new Map<string, string>();
  const values = Array.from(times, utcMs => {
    const month = new Date(utcMs).toISOString().slice(0, 'YYYY-MM'.length);
    const id = ids.get(month) ?? deviceId(deviceKey, { mode: 'contribute', study, month });
    ids.set(month, id);
    return id;
  });
  const others = columns
    .filter(({ name }) => name !== HARDWARE_ID && isContributed(name))
    .map(withoutOwnNames);
  return { times, columns: [{ name: HARDWARE_ID, type: 'word', values }, ...others] };
}

/** Whether a column of the log may be contributed. `hardware_id` is not one: it is replaced. */
export function isContributed(column: string): boolean {
  return parseColumnName(column)?.metric.contributed === true;
}

function withoutOwnNames(column: TableColumn): TableColumn {
  if (column.type !== 'word' || column.name !== CATEGORY) return column;
  return { ...column, values: column.values.map(word => (KNOWN.has(word) ? word : '')) };
}
