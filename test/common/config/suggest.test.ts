import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../../src/common/config/suggest.ts';

test('the nearest name is the one that was meant', () => {
  const known = ['collect_cpu', 'collect_gpu', 'collect_ram', 'cloud', 'debug'];
  assert.equal(nearest('colect_gpu', known), 'collect_gpu');
  assert.equal(nearest('collectCpu', known), 'collect_cpu');
  assert.equal(nearest('Collect CPU', known), 'collect_cpu');
  assert.equal(nearest('collect-cpu', known), 'collect_cpu');
  assert.equal(nearest('COLLECT_CPU', known), 'collect_cpu');
  assert.equal(nearest('clud', known), 'cloud');
  assert.equal(nearest('dbg', known), undefined);
  assert.equal(nearest('collect_npu', known), 'collect_cpu');
  assert.equal(nearest('something', known), undefined);
  assert.equal(nearest('', known), undefined);
  assert.equal(nearest('c'.repeat(100_000), known), undefined);
});
