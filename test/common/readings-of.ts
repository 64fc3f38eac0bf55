import type { Absence } from '../../src/common/frame.ts';
import type { LayoutMessage } from '../../src/common/protocol.ts';
import { Readings } from '../../src/common/readings.ts';

/** Readings with these columns, in this order, as a client gets them from a sampler. */
export function readingsOf(
  columns: Readonly<Record<string, number | Absence>>,
  { gpus = [], category = '' }: { gpus?: LayoutMessage['gpus']; category?: string } = {},
): Readings {
  const entries = Object.values(columns);
  const letters = { unsupported: 'u', asleep: 's', denied: 'd', failed: 'f' } as const;
  return new Readings(
    { columns: Object.keys(columns), gpus },
    {
      seq: 3,
      utcMs: Date.UTC(2024, 1, 29, 23, 59, 59, 999),
      category,
      values: entries.map(value => (typeof value === 'number' ? value : null)),
      absent: entries.map(value => (typeof value === 'number' ? '' : letters[value])).join(''),
    },
  );
}

/** GPUs with these names. */
export function gpusNamed(...names: readonly string[]): LayoutMessage['gpus'] {
  return names.map(name => ({ name, vendor: 'nvidia' }));
}
