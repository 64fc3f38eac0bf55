import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostMessage } from '../../../src/common/dashboard.ts';
import type { RangeChunk, RangeResult } from '../../../src/common/protocol.ts';
import { ShownUnits } from '../../../webview/data/shown-units.ts';

const COLUMNS = ['total_utilization', 'temperature', 'gpu0_temperature', 'gpu0_fan_speed'];
const LAYOUT = { columns: COLUMNS, gpus: [] };
const frame = (values: readonly (number | null)[]) => ({
  seq: 1,
  utcMs: 1_700_000_000_000,
  category: '',
  values,
  absent: '',
});
const chunk = (request: number, part: Partial<RangeChunk>): HostMessage => ({
  type: 'rangeChunk',
  request,
  chunk: { times: [0], categories: [''], mean: [], ...part },
});
const HEAD: RangeResult = { columns: ['gpu0_temperature', 'ram_percent'], stepMs: 1_000, source: 'rows' };

function chunkOf(message: HostMessage): RangeChunk {
  return message.type === 'rangeChunk' ? message.chunk : assert.fail(message.type);
}

describe('temperatures in °F', () => {
  test('are those of frames, whatever the layout has become, and nothing else is touched', () => {
    const units = new ShownUnits('fahrenheit');
    units.shown({ type: 'layout', layout: LAYOUT });
    assert.deepEqual(units.shown({ type: 'frame', frame: frame([50, 50, null, 50]) }), {
      type: 'frame',
      frame: frame([50, 122, null, 50]),
    });
    units.shown({ type: 'layout', layout: { columns: ['temperature'], gpus: [] } });
    assert.deepEqual(units.shown({ type: 'frame', frame: frame([100]) }), {
      type: 'frame',
      frame: frame([212]),
    });
  });

  test('are those of the frame that comes with the layout', () => {
    const sync = {
      type: 'sync',
      layout: LAYOUT,
      frame: frame([1, 0, -40, 2]),
      state: 'running',
      detail: '',
      machine: 'this machine',
      status: null,
      usage: null,
      workload: null,
    } as const;
    assert.deepEqual(new ShownUnits('fahrenheit').shown(sync), { ...sync, frame: frame([1, 32, -40, 2]) });
  });

  test('are those of every piece of a range, with the least and the greatest', () => {
    const units = new ShownUnits('fahrenheit');
    const first = chunk(1, { head: HEAD, mean: [[10], [10]], min: [[0], [0]], max: [[null], [100]] });
    assert.deepEqual(chunkOf(units.shown(first)), {
      ...chunkOf(first),
      mean: [[50], [10]],
      min: [[32], [0]],
      max: [[null], [100]],
    });
    // Another range comes in between, with the columns the other way round.
    units.shown(
      chunk(2, { head: { ...HEAD, columns: ['ram_percent', 'gpu0_temperature'] }, mean: [[], []] }),
    );
    assert.deepEqual(chunkOf(units.shown(chunk(1, { mean: [[20], [20]] }))).mean, [[68], [20]]);
    assert.deepEqual(chunkOf(units.shown(chunk(2, { mean: [[20], [20]] }))).mean, [[20], [68]]);
    units.shown({ type: 'rangeDone', request: 1, result: HEAD });
    assert.deepEqual(chunkOf(units.shown(chunk(1, { mean: [[20], [20]] }))).mean, [[20], [20]]);
  });

  test('of ranges that nobody waits for any more are forgotten', () => {
    const units = new ShownUnits('fahrenheit');
    for (let request = 1; request <= 20; request++)
      units.shown(chunk(request, { head: HEAD, mean: [[0], [0]] }));
    assert.deepEqual(chunkOf(units.shown(chunk(1, { mean: [[20], [20]] }))).mean, [[20], [20]]);
    assert.deepEqual(chunkOf(units.shown(chunk(20, { mean: [[20], [20]] }))).mean, [[68], [20]]);
  });
});

test('in °C every message stays the same one', () => {
  const units = new ShownUnits('celsius');
  for (const message of [
    { type: 'layout', layout: LAYOUT },
    { type: 'frame', frame: frame([50, 50, 50, 50]) },
    chunk(1, { head: HEAD, mean: [[10], [10]] }),
  ] as const)
    assert.equal(units.shown(message), message);
});
