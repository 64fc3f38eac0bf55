import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { Emitter } from 'vscode-jsonrpc';
import { takeReadings, toSample } from '../../src/cli/sample.ts';
import type { SamplerClient } from '../../src/client/sampler-client.ts';
import type { FrameMessage } from '../../src/common/protocol.ts';
import { readingsOf } from '../common/readings-of.ts';

test('toSample splits a reading into values and reasons', () => {
  assert.deepEqual(
    toSample(readingsOf({ total_utilization: 3.1, temperature: 'unsupported', swap_percent: 0 }), 'id'),
    {
      timestamp: '2024-02-29T23:59:59.999Z',
      hardware_id: 'id',
      metrics: { total_utilization: 3.1, swap_percent: 0 },
      unavailable: { temperature: 'unsupported' },
    },
  );
});

/** What takeReadings looks at of a client. */
class FakeClient {
  readonly frames = new Emitter<FrameMessage>();
  readonly states = new Emitter<void>();
  readonly onFrame = this.frames.event;
  readonly onState = this.states.event;
  readonly #readings = readingsOf({ total_utilization: 1 });
  layout: SamplerClient['layout'] = this.#readings.layout;
  status = { hardwareId: '476a' };
  state = 'running';
  detail = '';

  get asClient(): SamplerClient {
    return this as unknown as SamplerClient;
  }

  tick(seq: number): void {
    this.frames.fire({ ...this.#readings.frame, seq });
  }
}

/** What became of a promise by now. */
async function outcome(of: Promise<unknown>): Promise<unknown> {
  let seen: unknown = 'pending';
  of.then(
    value => (seen = value),
    (error: unknown) => (seen = error),
  );
  await new Promise(setImmediate);
  return seen;
}

describe('takeReadings', () => {
  const started = (t: TestContext): { client: FakeClient; readings: Promise<unknown> } => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const client = new FakeClient();
    const readings = takeReadings(client.asClient);
    readings.catch(() => undefined);
    return { client, readings };
  };

  test('waits for a tick over a whole second', async t => {
    const { client, readings } = started(t);
    client.tick(1);
    assert.equal(await outcome(readings), 'pending');
    client.tick(2);
    assert.equal((await readings) instanceof Error, false);
    t.mock.timers.tick(60_000);
  });

  test('waits for the hardware id and for the columns', async t => {
    const { client, readings } = started(t);
    const { layout } = client;
    client.status = { hardwareId: '' };
    client.tick(2);
    assert.equal(await outcome(readings), 'pending');
    client.status = { hardwareId: '476a' };
    client.layout = undefined;
    client.tick(3);
    assert.equal(await outcome(readings), 'pending');
    client.layout = layout;
    client.tick(4);
    assert.notEqual(await outcome(readings), 'pending');
  });

  test('says why there is none', async t => {
    const failed = started(t);
    failed.client.states.fire();
    assert.equal(await outcome(failed.readings), 'pending');
    Object.assign(failed.client, { state: 'failed', detail: 'it does not start' });
    failed.client.states.fire();
    assert.match(String(await outcome(failed.readings)), /it does not start/);
    t.mock.timers.reset();

    const silent = started(t);
    t.mock.timers.tick(20_000);
    assert.match(String(await outcome(silent.readings)), /optimetrics doctor/);
  });
});
