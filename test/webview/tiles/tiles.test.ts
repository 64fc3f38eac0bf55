import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildLayout } from '../../../src/common/layout.ts';
import { METRICS, type Metric } from '../../../src/common/metrics.ts';
import type { DashboardStatus } from '../../../src/common/dashboard.ts';
import type { Reading } from '../../../webview/data/model.ts';
import { tilesFor, type TileDefinition } from '../../../webview/tiles/definition.ts';
import { notReadOf } from '../../../webview/tiles/not-read.ts';
import { SPARK_MS, sparkPoints } from '../../../webview/tiles/sparkline.ts';
import { whyAbsent } from '../../../webview/tiles/why.ts';
import { normalize } from '../support/text.ts';

const metric = (name: string): Metric => METRICS.find(one => one.name === name) ?? assert.fail(name);
const gpu = { name: 'GPU', vendor: 'nvidia' };

function tiles(gpus: number, disks = 1): readonly TileDefinition[] {
  const list = Array.from({ length: gpus }, () => gpu);
  return tilesFor(buildLayout({ core: 8, gpu: gpus, disk: disks }), list);
}

describe('tiles', () => {
  test('a few GPUs have tiles of their own for power and heat, many have one each', () => {
    const of = (gpus: number): number => tiles(gpus).filter(({ column }) => column.startsWith('gpu')).length;
    assert.deepEqual([0, 1, 2, 8].map(of), [0, 4, 8, 8]);
    assert.equal(
      tiles(0, 9).filter(({ column }) => column.startsWith('disk_') && column.endsWith('percent')).length,
      2,
    );
  });

  test('say what their value is a share of, or may reach', () => {
    const values: Readonly<Record<string, Reading>> = {
      ram_used_mb: 2_048,
      ram_total_mb: 4_096,
      gpu0_power_limit_watts: 450,
      gpu0_vram_used_mb: 'asleep',
    };
    const limitOf = (column: string, limits = {}): string => {
      const tile = tiles(1).find(one => one.column === column) ?? assert.fail(column);
      return normalize(tile.limit(name => values[name], limits));
    };
    assert.equal(limitOf('ram_percent'), '2.0 of 4.0 GiB');
    assert.equal(
      limitOf('ram_percent', { memory: { mb: 4_096, hostMb: 65_536 } }),
      'of 4.0 GiB (machine: 64.0 GiB)',
    );
    assert.equal(limitOf('total_utilization'), '8 cores');
    assert.equal(
      limitOf('total_utilization', { cpu: { cores: 0.5, hostCores: 8 } }),
      'of 0.5 cores (machine: 8)',
    );
    assert.equal(limitOf('gpu0_power_watts'), 'limit 450 W');
    assert.equal(limitOf('gpu0_vram_percent'), '');
  });
});

const STATUS: DashboardStatus = {
  intervalSeconds: 1,
  adapters: [
    {
      name: 'cpu',
      group: 'cpu',
      state: 'ok',
      detail: 'proc',
      limitations: [
        { what: 'the CPU’s energy counter', why: 'not about this' },
        { what: 'power', why: 'only root may read it', remedy: 'chgrp' },
      ],
    },
    { name: 'nvidia', group: 'gpu', state: 'left-out', detail: 'the sampler died in its driver' },
    { name: 'amd', group: 'gpu', state: 'unsupported', detail: 'no AMD GPU' },
    { name: 'disk', group: 'disk', state: 'off', detail: '' },
  ],
};

describe('why a value is not there', () => {
  test('is what an adapter says of it, with the remedy', () => {
    assert.deepEqual(whyAbsent('denied', metric('power_watts'), STATUS), {
      sentence: 'only root may read it',
      remedy: 'chgrp',
    });
    assert.equal(
      whyAbsent('failed', metric('gpu{n}_utilization'), STATUS).sentence,
      'the sampler died in its driver',
    );
  });

  test('is what the reason alone means where nobody says more', () => {
    for (const status of [undefined, STATUS]) {
      const { sentence, remedy } = whyAbsent('asleep', metric('gpu{n}_temperature'), status);
      assert.match(sentence, /sleeps/);
      assert.match(remedy, /wakes/);
    }
    assert.equal(whyAbsent('unsupported', metric('swap_percent'), STATUS).remedy, '');
  });

  test('the list of what is not read leaves out what is well or switched off', () => {
    assert.deepEqual(
      notReadOf(STATUS).map(({ what, remedy }) => [what, remedy]),
      [
        ['the CPU’s energy counter', ''],
        ['power', 'chgrp'],
        ['nvidia', ''],
        ['amd', ''],
      ],
    );
  });
});

describe('sparkPoints', () => {
  const NOW = 1_700_000_000_000;
  const points = (seconds: readonly number[], cells = 150): (readonly [number, number])[] =>
    sparkPoints(
      Float64Array.from(seconds, second => NOW + second * 1000),
      Float64Array.from(seconds, second => -second),
      NOW,
      cells,
    ).map(({ x, y }) => [x, y]);

  test('the greatest value of each stretch, within the last minutes', () => {
    const every = Array.from({ length: 400 }, (_, at) => at - 399);
    const drawn = points(every, 10);
    assert.equal(drawn.length, 11);
    assert.equal(drawn[1]?.[1], SPARK_MS / 1000 - 30);
    for (const [x] of drawn) assert.ok(x >= 0 && x <= 1);
  });

  test('a gap breaks the line; a long interval does not', () => {
    const seconds = [-120, -118, -116, -114, -50, -48, -46];
    assert.equal(points(seconds).filter(([, y]) => Number.isNaN(y)).length, 1);
    assert.ok(!points([-240, -180, -120, -60, 0]).some(([, y]) => Number.isNaN(y)));
    assert.deepEqual(points([]), []);
  });
});
