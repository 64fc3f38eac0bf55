import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { FORGIVEN_MS, LEFT_OUT_MS, Quarantine } from '../../src/sampler/quarantine.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const T = Date.UTC(2024, 1, 29);

function newFile(t: TestContext): string {
  return path.join(temporaryDirectory(t), 'quarantine.json');
}

describe('Quarantine', () => {
  test('leaves a part out for a minute after a death, and until a manual start after the second', t => {
    const file = newFile(t);
    assert.equal(new Quarantine(file).verdict('nvidia', T), 'free');
    new Quarantine(file).recordDeath('nvidia', T);
    for (const [afterMs, verdict] of [
      [0, 'left-out'],
      [LEFT_OUT_MS - 1, 'left-out'],
      [LEFT_OUT_MS, 'free'],
      [LEFT_OUT_MS * 10, 'free'],
    ] as const) {
      assert.equal(new Quarantine(file).verdict('nvidia', T + afterMs), verdict, String(afterMs));
    }
    assert.equal(new Quarantine(file).verdict('cpu', T), 'free', 'the others are free');
    new Quarantine(file).recordDeath('nvidia', T + 2 * LEFT_OUT_MS);
    for (const afterMs of [2 * LEFT_OUT_MS, 10 * FORGIVEN_MS, -FORGIVEN_MS]) {
      assert.equal(new Quarantine(file).verdict('nvidia', T + afterMs), 'quarantined', String(afterMs));
    }
    new Quarantine(file).clear();
    assert.equal(new Quarantine(file).verdict('nvidia', T + 3 * LEFT_OUT_MS), 'free');
  });

  test('forgives a single death after an hour of good behaviour, and no sooner', t => {
    const file = newFile(t);
    new Quarantine(file).recordDeath('log', T);
    new Quarantine(file).recordDeath('log', T + FORGIVEN_MS);
    assert.equal(new Quarantine(file).verdict('log', T + FORGIVEN_MS), 'left-out', 'the first again');
    new Quarantine(file).recordDeath('log', T + 2 * FORGIVEN_MS - 1);
    assert.equal(new Quarantine(file).verdict('log', T + 2 * FORGIVEN_MS), 'quarantined');
    new Quarantine(file).recordDeath('log', T + 9 * FORGIVEN_MS);
    assert.equal(new Quarantine(file).verdict('log', T + 9 * FORGIVEN_MS), 'quarantined', 'not a second');
  });

  test('does not leave a part out for longer when the clock is set back', t => {
    const quarantine = new Quarantine(newFile(t));
    quarantine.recordDeath('nvidia', T);
    assert.equal(quarantine.verdict('nvidia', T - 1), 'free');
    assert.equal(quarantine.verdict('nvidia', T - 10 * FORGIVEN_MS), 'free');
    quarantine.recordDeath('nvidia', T - 10 * FORGIVEN_MS);
    assert.equal(quarantine.verdict('nvidia', T - 10 * FORGIVEN_MS), 'quarantined', 'but counts its deaths');
  });

  test('takes a damaged file for none, and what is whole in it for what it says', t => {
    const file = newFile(t);
    for (const content of [
      '',
      '{"nvidia":{"deaths":2,',
      'null',
      '[]',
      '"nvidia"',
      '{"nvidia":null}',
      '{"nvidia":2}',
      '{"nvidia":{"deaths":"2","last":0}}',
      '{"nvidia":{"deaths":2}}',
      '{"nvidia":{"deaths":-3,"last":0}}',
      '{"nvidia":{"deaths":0,"last":0}}',
      '{"nvidia":{"deaths":1.5,"last":0}}',
      '{"nvidia":{"deaths":1e999,"last":0}}',
      '{"__proto__":{"deaths":2,"last":0}}',
    ]) {
      fs.writeFileSync(file, content);
      const quarantine = new Quarantine(file);
      assert.equal(quarantine.verdict('nvidia', T), 'free', content);
      quarantine.recordDeath('nvidia', T);
      assert.equal(quarantine.verdict('nvidia', T), 'left-out', content);
      assert.equal(new Quarantine(file).verdict('nvidia', T), 'left-out', content);
    }
    fs.writeFileSync(file, '{"nvidia":{"deaths":2,"last":5},"cpu":7}');
    assert.equal(new Quarantine(file).verdict('nvidia', T), 'quarantined');
  });

  test('writes for this user alone, whole, and not at all when there is nothing to clear', t => {
    const file = newFile(t);
    new Quarantine(file).clear();
    assert.ok(!fs.existsSync(file));
    new Quarantine(file).recordDeath('cpu', T);
    if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ['quarantine.json']);
  });

  test('remembers over restarts what it says without one', t => {
    const file = newFile(t);
    const event = fc.record({
      name: fc.constantFrom('cpu', 'nvidia', 'log'),
      afterMs: fc.constantFrom(0, 1_000, LEFT_OUT_MS, FORGIVEN_MS, 2 * FORGIVEN_MS),
      isClear: fc.integer({ min: 0, max: 5 }).map(n => n === 0),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), events => {
        fs.rmSync(file, { force: true });
        const kept = new Quarantine(file);
        let now = T;
        for (const { name, afterMs, isClear } of events) {
          now += afterMs;
          if (isClear) kept.clear();
          else kept.recordDeath(name, now);
          for (const part of ['cpu', 'nvidia', 'log']) {
            assert.equal(new Quarantine(file).verdict(part, now), kept.verdict(part, now));
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
