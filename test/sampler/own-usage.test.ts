import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnUsage } from '../../src/sampler/own-usage.ts';

test('own usage is CPU time over the time that went by, every ten seconds', () => {
  const cpu = { user: 1_000_000, system: 0 };
  const usage = new OwnUsage(500, {
    cpuUsage: () => ({ ...cpu }),
    memoryUsage: { rss: () => 50 * 2 ** 20 },
  });
  assert.equal(usage.latest, undefined);
  cpu.user += 8_000;
  cpu.system += 2_000;
  assert.equal(usage.take(10_499), undefined, 'not yet');
  assert.deepEqual(usage.take(10_500), { cpuPercent: 0.1, rssMb: 50, seconds: 10 });
  assert.equal(usage.take(11_500), undefined);
  cpu.user += 20_000_000;
  assert.deepEqual(usage.take(30_500), { cpuPercent: 100, rssMb: 50, seconds: 20 });
  assert.equal(usage.take(31_000), undefined);
});

test('this process has a usage of its own', () => {
  const usage = new OwnUsage(0).take(10_000);
  assert.ok(usage && usage.cpuPercent >= 0 && usage.rssMb > 10);
});
