import type { AdapterStatus, SamplerStatus } from '../common/protocol.ts';

/** Words for an adapter's state. */
const STATE: Readonly<Record<AdapterStatus['state'], string>> = {
  'ok': 'ok',
  'opening': 'opening',
  'left-out': 'left out',
  'quarantined': 'in quarantine',
  'off': 'off',
  'unsupported': 'unsupported',
  'asleep': 'asleep',
  'denied': 'denied',
  'failed': 'failed',
};

/** What each adapter found, what it cannot read and why, and what the user can do: plain lines for a terminal. */
export function describeAdapters(status: SamplerStatus): string[] {
  const width = Math.max(0, ...status.adapters.map(adapter => adapter.name.length));
  const indent = ' '.repeat(width + 2);
  return status.adapters.flatMap(({ name, state, detail, remedy, limitations = [] }) => [
    `${name.padEnd(width)}  ${STATE[state]}: ${detail}`,
    ...(remedy === undefined ? [] : [`${indent}→ ${remedy}`]),
    ...limitations.flatMap(limitation => [
      `${indent}not read: ${limitation.what} (${limitation.why})`,
      ...(limitation.remedy === undefined ? [] : [`${indent}→ ${limitation.remedy}`]),
    ]),
  ]);
}
