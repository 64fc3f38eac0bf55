import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DrawMeter } from '../../../webview/cost/draw-meter.ts';
import { samplerText, viewText } from '../../../webview/cost/footer.ts';

describe('DrawMeter', () => {
  test('is the share of the time that drawing takes, over ten seconds at a time', () => {
    let now = 0;
    const meter = new DrawMeter(() => now);
    const work = (ms: number): void => {
      meter.measure(() => {
        now += ms;
      });
    };
    assert.ok(Number.isNaN(meter.latest.drawPercent));
    work(100);
    now = 10_000;
    assert.equal(meter.latest.drawPercent, 1);
    work(50);
    meter.addLongTask();
    assert.equal(meter.latest.longTasks, 0, 'of the last whole period');
    now = 20_000;
    assert.deepEqual(meter.latest, { drawPercent: 0.5, longTasks: 1 });
  });

  test('counts what fails, too', () => {
    let now = 0;
    const meter = new DrawMeter(() => now);
    assert.throws(() =>
      meter.measure(() => {
        now += 500;
        throw new Error('x');
      }),
    );
    now = 10_000;
    assert.equal(meter.latest.drawPercent, 5);
  });
});

test('what it costs, in words; what is not known is not said', () => {
  assert.equal(
    samplerText({ cpuPercent: 0.083, rssMb: 47.6, seconds: 10 }),
    'Sampler: 0.08 % of a core, 48 MiB',
  );
  assert.equal(samplerText(undefined), 'Sampler: being measured');
  assert.equal(
    viewText({ drawPercent: 0.456, longTasks: 2, heapMb: 12.3 }),
    'This view: drawing 0.46 % of a core, 2 long tasks, 12 MiB of script memory',
  );
  assert.equal(
    viewText({ drawPercent: 0, longTasks: undefined, heapMb: undefined }),
    'This view: drawing 0.00 % of a core',
  );
});
