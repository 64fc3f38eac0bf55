import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigOverlay, DEFAULT_CONFIG, withOverlay } from '../../src/common/config/schema.ts';
import { buildLayout } from '../../src/common/layout.ts';
import { collectionChoice } from '../../src/sampler/collection.ts';

/** Columns of a machine with so many cores, one GPU and one disk. */
function columns(general: NonNullable<ConfigOverlay['general']>, core = 2): string[] {
  const choice = collectionChoice(withOverlay(DEFAULT_CONFIG, { general }));
  return buildLayout({ core, gpu: 1, disk: 1 }, choice).columns.map(({ name }) => name);
}

const perCore = (names: readonly string[]): number => names.filter(name => name.startsWith('core_')).length;

test('cores have columns of their own up to 64, always or never', () => {
  // Utilization and clock of each.
  assert.equal(perCore(columns({}, 1)), 2);
  assert.equal(perCore(columns({}, 64)), 128);
  assert.equal(perCore(columns({}, 65)), 0);
  assert.equal(perCore(columns({ perCoreColumns: 'auto' }, 512)), 0);
  assert.equal(perCore(columns({ perCoreColumns: 'always' }, 512)), 1024);
  assert.equal(perCore(columns({ perCoreColumns: 'never' }, 1)), 0);
});

test('what is told of all cores together stays', () => {
  const all = columns({}, 4);
  const wide = columns({}, 512);
  assert.deepEqual(
    wide,
    all.filter(name => !name.startsWith('core_')),
  );
  for (const name of ['total_utilization', 'avg_freq_mhz', 'temperature'])
    assert.ok(wide.includes(name), name);
});

test('a group that is not collected has no columns, and neither has power', () => {
  const all = columns({});
  const without = (general: NonNullable<ConfigOverlay['general']>): string[] => {
    const rest = new Set(columns(general));
    return all.filter(name => !rest.has(name));
  };
  assert.deepEqual(without({ collectPower: false }), [
    'power_watts',
    'gpu0_power_watts',
    'gpu0_power_limit_watts',
  ]);
  assert.equal(
    without({ collectGpu: false }).every(name => name.startsWith('gpu0_')),
    true,
  );
  assert.equal(without({ collectDisk: false }).length, 9, 'three of one file system and six of all disks');
  assert.ok(without({ collectRam: false }).includes('io_pressure'));
  assert.ok(without({ collectCpu: false }).includes('load_avg_15m'));
  assert.ok(without({ collectNetwork: false }).includes('net_errors_in'));
});
