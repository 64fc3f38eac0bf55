import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ABSENCES, type Absence } from '../../src/common/frame.ts';
import type { AdapterStatus } from '../../src/common/protocol.ts';
import { AdapterHost, type CollectionChoice, type KnownDevices } from '../../src/sampler/adapter-host.ts';
import type { AdapterInfo, Unavailable } from '../../src/sampler/adapters/base.ts';
import { InFlightMarks, readInFlight } from '../../src/sampler/in-flight.ts';
import { Quarantine } from '../../src/sampler/quarantine.ts';
import { Sysroot } from '../../src/sampler/sysroot.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { FakeAdapter, foundGpus } from './fake-adapter.ts';

const ALL = (): boolean => true;
const unavailable = (reason: Absence, why = 'a reason'): Unavailable => ({ available: false, reason, why });

/** An adapter host with a clock of its own, and what it told. */
class Bench {
  readonly host: AdapterHost;
  readonly quarantine: Quarantine;
  readonly inFlightFile: string;
  readonly log: string[] = [];
  layouts = 0;
  statusChanges = 0;
  readonly #t: TestContext;
  #nowMs = 1e6;

  constructor(t: TestContext, adapters: readonly FakeAdapter[], known: Partial<KnownDevices> = {}) {
    this.#t = t;
    const directory = temporaryDirectory(t);
    this.inFlightFile = path.join(directory, 'in-flight');
    this.quarantine = new Quarantine(path.join(directory, 'quarantine.json'));
    t.mock.method(performance, 'now', () => this.#nowMs);
    t.mock.method(Date, 'now', () => 1_700_000_000_000 + this.#nowMs);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    this.host = new AdapterHost({
      adapters,
      context: { sysroot: new Sysroot(), log: line => this.log.push(line) },
      marks: new InFlightMarks(this.inFlightFile),
      quarantine: this.quarantine,
      known: { instances: {}, gpus: {}, ...known },
      onLayout: () => this.layouts++,
      onStatus: () => this.statusChanges++,
    });
  }

  /** Opens, with the second of grace over at once. */
  async open(isCollected: CollectionChoice = ALL): Promise<void> {
    const opening = this.host.open(isCollected);
    for (let waits = 0; waits < 10; waits++) await settled();
    this.#t.mock.timers.tick(1_000);
    await opening;
  }

  /** Lets time pass and reads. */
  async read(afterMs = 1_000): Promise<Record<string, number | Absence>> {
    this.#nowMs += afterMs;
    const frame = this.host.read(afterMs / 1000);
    const readings = Object.fromEntries(
      frame.layout.columns.map(({ name }, slot) => {
        const state = frame.states[slot] ?? 0;
        return [name, state === 0 ? (frame.values[slot] ?? Number.NaN) : (ABSENCES[state] ?? 'failed')];
      }),
    );
    await settled();
    return readings;
  }

  /** The readings of the columns that match. */
  async readOnly(pattern: RegExp, afterMs?: number): Promise<Record<string, number | Absence>> {
    return Object.fromEntries(
      Object.entries(await this.read(afterMs)).filter(([name]) => pattern.test(name)),
    );
  }

  status(name: string): AdapterStatus {
    const status = this.host.statuses.find(one => one.name === name);
    assert.ok(status);
    return status;
  }
}

/** Waits until all that was about to happen has happened. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** An opening that is answered when the test says so. */
function later(): {
  promise: Promise<AdapterInfo | Unavailable>;
  answer: (outcome: AdapterInfo | Unavailable) => void;
} {
  let answer: (outcome: AdapterInfo | Unavailable) => void = () => undefined;
  const promise = new Promise<AdapterInfo | Unavailable>(resolve => (answer = resolve));
  return {
    promise,
    answer: outcome => {
      answer(outcome);
    },
  };
}

const cores = (core: number): AdapterInfo => ({ available: true, found: 'cores', instances: { core } });

describe('AdapterHost, with adapters that work', () => {
  test('reads them all into one frame; what nobody looks up is unsupported, what nobody sets failed', async t => {
    const cpu = new FakeAdapter('cpu', 'cpu', {
      total_utilization: 12.3,
      core_1_utilization: 4,
      load_avg_1m: Number.NaN,
    });
    cpu.outcome = cores(2);
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 56.7 });
    const bench = new Bench(t, [cpu, memory]);
    await bench.open();
    const readings = await bench.read();
    assert.equal(readings['total_utilization'], 12.3);
    assert.equal(readings['core_1_utilization'], 4);
    assert.equal(readings['ram_percent'], 56.7);
    assert.equal(readings['load_avg_1m'], 'failed');
    for (const column of [
      'core_0_utilization',
      'temperature',
      'swap_percent',
      'net_errors_in',
      'session_confidence',
    ]) {
      assert.equal(readings[column], 'unsupported', column);
    }
    assert.deepEqual(cpu.reads, [1]);
    assert.deepEqual(
      bench.host.statuses.map(({ name, state, detail }) => [name, state, detail]),
      [
        ['cpu', 'ok', 'cores'],
        ['memory', 'ok', 'something'],
      ],
    );
    assert.equal(bench.layouts, 1);
  });

  test('forgets a reading that does not come again', async t => {
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 50 });
    const bench = new Bench(t, [memory]);
    await bench.open();
    assert.equal((await bench.read())['ram_percent'], 50);
    memory.readings = { ram_percent: Number.NaN };
    await bench.open();
    assert.equal((await bench.read())['ram_percent'], 'failed');
  });

  test('tells when the frame was read', async t => {
    const bench = new Bench(t, []);
    await bench.open();
    const { utcMs, monotonicMs } = bench.host.read(Number.NaN);
    assert.equal(monotonicMs, 1e6);
    assert.equal(utcMs, 1_700_000_000_000 + 1e6);
  });

  test('marks what it opens and reads, so that a death can be held against it', async t => {
    const seen: unknown[] = [];
    const memory = new FakeAdapter('memory', 'memory');
    const bench = new Bench(t, [new FakeAdapter('cpu', 'cpu'), memory]);
    memory.outcome = async () => {
      seen.push(readInFlight(bench.inFlightFile));
      await settled();
      return { available: true, found: '' };
    };
    memory.onRead = () => seen.push(readInFlight(bench.inFlightFile));
    await bench.open();
    await bench.read();
    seen.push(readInFlight(bench.inFlightFile));
    assert.deepEqual(seen, [
      { call: undefined, opening: ['memory'] },
      { call: 'memory', opening: [] },
      { call: undefined, opening: [] },
    ]);
    memory.hasPendingCall = true;
    await bench.read();
    assert.deepEqual(readInFlight(bench.inFlightFile).opening, ['memory'], 'a call on another thread');
    memory.hasPendingCall = false;
    await bench.read();
    assert.deepEqual(readInFlight(bench.inFlightFile).opening, []);
  });

  test('keeps its layout when it is opened again and nothing has changed', async t => {
    const bench = new Bench(t, [new FakeAdapter('cpu', 'cpu')]);
    await bench.open();
    const { layout } = bench.host;
    await bench.open();
    assert.equal(bench.host.layout, layout);
    assert.equal(bench.layouts, 1);
  });
});

describe('AdapterHost, with adapters that fail', () => {
  test('goes on without one that cannot be opened, and tries it again after a minute', async t => {
    const cpu = new FakeAdapter('cpu', 'cpu', { total_utilization: 5 });
    cpu.outcome = () => {
      throw new Error('cannot load /usr/lib/x.so: bad');
    };
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 50 });
    const bench = new Bench(t, [cpu, memory]);
    await bench.open();
    const readings = await bench.read();
    assert.equal(readings['total_utilization'], 'failed');
    assert.equal(readings['load_avg_1m'], 'failed');
    assert.equal(readings['ram_percent'], 50);
    const { state, detail } = bench.status('cpu');
    assert.deepEqual({ state, detail }, { state: 'failed', detail: 'Error: cannot load …: bad' });

    cpu.outcome = cores(1);
    await bench.read(58_000);
    assert.equal(cpu.opened, 1);
    await bench.read(1_000);
    assert.equal(cpu.opened, 2);
    assert.equal(bench.status('cpu').state, 'ok');
    assert.equal((await bench.read())['total_utilization'], 5);
    assert.ok(bench.host.layout.slots.has('core_0_utilization'));
    assert.equal(bench.layouts, 2);
  });

  test('has no value of one that throws in a read, not even those written before', async t => {
    const cpu = new FakeAdapter('cpu', 'cpu', { total_utilization: 5, load_avg_1m: 0.5 });
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 50 });
    const bench = new Bench(t, [cpu, memory]);
    await bench.open();
    const changes = bench.statusChanges;
    cpu.onRead = () => {
      throw Object.assign(new Error("EIO: i/o error, read '/proc/stat'"), { code: 'EIO' });
    };
    for (let i = 0; i < 3; i++) {
      const readings = await bench.read();
      assert.equal(readings['total_utilization'], 'failed');
      assert.equal(readings['load_avg_1m'], 'failed');
      assert.equal(readings['temperature'], 'unsupported');
      assert.equal(readings['ram_percent'], 50);
    }
    assert.equal(bench.status('cpu').state, 'failed');
    assert.equal(bench.status('cpu').detail, 'input/output error (EIO)');
    assert.equal(bench.statusChanges, changes + 1, 'told once');
    assert.deepEqual(bench.log, ['reading cpu: input/output error (EIO)']);
    cpu.onRead = () => undefined;
    assert.equal((await bench.read())['total_utilization'], 5);
    assert.equal(bench.status('cpu').state, 'ok');
    assert.equal(bench.statusChanges, changes + 2);
  });

  test('goes on without one that throws when it is given its columns', async t => {
    const cpu = new FakeAdapter('cpu', 'cpu', { total_utilization: 5 });
    cpu.onBind = () => {
      throw new TypeError('a bug');
    };
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 50 });
    const bench = new Bench(t, [cpu, memory]);
    await bench.open();
    const readings = await bench.read();
    assert.equal(readings['total_utilization'], 'failed');
    assert.equal(readings['ram_percent'], 50);
    assert.deepEqual(cpu.reads, []);
    assert.equal(bench.status('cpu').state, 'failed');
    cpu.onBind = () => undefined;
    await bench.open();
    assert.equal((await bench.read())['total_utilization'], 5);
    assert.equal(bench.status('cpu').state, 'ok');
  });

  test('says of each why it has nothing, and asks again when there may be something', async t => {
    for (const [reason, retryMs] of [
      ['asleep', 5_000],
      ['denied', 60_000],
      ['failed', 60_000],
      ['unsupported', undefined],
    ] as const) {
      const disk = new FakeAdapter('disk', 'disk', { disk_read_rate_mbps: 1 });
      disk.outcome = { ...unavailable(reason), remedy: 'do this' };
      const bench = new Bench(t, [disk]);
      await bench.open();
      assert.equal((await bench.read(0))['disk_read_rate_mbps'], reason);
      const { state, detail, remedy } = bench.status('disk');
      assert.deepEqual({ state, detail, remedy }, { state: reason, detail: 'a reason', remedy: 'do this' });
      const changes = bench.statusChanges;
      for (let i = 0; i < 3; i++) {
        await bench.read((retryMs ?? 86_400_000) - 1);
        assert.equal(disk.opened, 1 + i, reason);
        assert.equal((await bench.read(1))['disk_read_rate_mbps'], reason);
        assert.equal(disk.opened, retryMs === undefined ? 1 : 2 + i, reason);
        if (retryMs === undefined) break;
      }
      assert.equal(bench.statusChanges, changes, 'no change, nothing told');
      assert.equal(bench.status('disk').state, reason);
      t.mock.reset();
    }
  });

  test('does not wait for one that does not answer, and takes it in when it does', async t => {
    const slow = later();
    const gpu = new FakeAdapter('nvidia', 'gpu', { utilization: 10 });
    gpu.outcome = () => slow.promise;
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 50 });
    const bench = new Bench(t, [gpu, memory]);
    await bench.open();
    assert.equal(bench.status('nvidia').state, 'opening');
    assert.equal(bench.status('nvidia').detail, 'waiting for the driver');
    assert.deepEqual(readInFlight(bench.inFlightFile).opening, ['nvidia']);
    const before = await bench.read();
    assert.equal(before['gpu0_utilization'], 'failed');
    assert.equal(before['ram_percent'], 50);
    assert.ok(!('gpu1_utilization' in before));
    await bench.read(3_600_000);
    bench.host.retryAll();
    assert.equal(gpu.opened, 1, 'it is asked once');

    const found = foundGpus('nvidia', 'A', 'B');
    gpu.outcome = found;
    slow.answer(found);
    await settled();
    assert.equal(bench.layouts, 2);
    assert.deepEqual(await bench.readOnly(/^gpu\d_utilization/), {
      gpu0_utilization: 10,
      gpu1_utilization: 11,
    });
    assert.deepEqual(
      bench.host.gpus.map(({ name }) => name),
      ['A', 'B'],
    );
    assert.equal(bench.status('nvidia').state, 'ok');
    assert.deepEqual(readInFlight(bench.inFlightFile).opening, []);
  });

  test('closes every one at the end, one that throws and one that opens too late too', async t => {
    const slow = later();
    const [cpu, memory, disk] = [
      new FakeAdapter('cpu', 'cpu'),
      new FakeAdapter('memory', 'memory'),
      new FakeAdapter('disk', 'disk'),
    ];
    cpu.onClose = () => {
      throw new Error('stuck');
    };
    disk.outcome = () => slow.promise;
    const bench = new Bench(t, [cpu, memory, disk]);
    await bench.open();
    bench.host.close();
    assert.deepEqual([cpu.closed, memory.closed, disk.closed], [1, 1, 0]);
    assert.deepEqual(bench.log, ['closing cpu: Error: stuck']);
    slow.answer({ available: true, found: '' });
    await settled();
    assert.deepEqual([cpu.closed, memory.closed, disk.closed], [1, 1, 1]);
  });
});

describe('AdapterHost, with GPUs', () => {
  const nvidia = (): FakeAdapter => new FakeAdapter('nvidia', 'gpu', { utilization: 10 });
  const amd = (): FakeAdapter => new FakeAdapter('amd', 'gpu', { utilization: 50 });

  test('numbers the GPUs of several adapters through', async t => {
    const [first, second] = [nvidia(), amd()];
    first.outcome = foundGpus('nvidia', 'A', 'B');
    second.outcome = foundGpus('amd', 'C');
    const bench = new Bench(t, [first, second]);
    await bench.open();
    assert.deepEqual([first.firstGpu, second.firstGpu], [0, 2]);
    assert.deepEqual(await bench.readOnly(/^gpu\d_utilization/), {
      gpu0_utilization: 10,
      gpu1_utilization: 11,
      gpu2_utilization: 50,
    });
    assert.deepEqual(bench.host.gpus, [
      { name: 'A', vendor: 'nvidia' },
      { name: 'B', vendor: 'nvidia' },
      { name: 'C', vendor: 'amd' },
    ]);
  });

  test('keeps the numbers of GPUs whose adapter fails, as far as they are known', async t => {
    const [first, second] = [nvidia(), amd()];
    first.outcome = unavailable('failed');
    second.outcome = foundGpus('amd', 'C');
    const known = {
      gpus: {
        nvidia: [
          { name: 'A', vendor: 'nvidia' },
          { name: 'B', vendor: 'nvidia' },
        ],
      },
    } as const;
    const bench = new Bench(t, [first, second], known);
    await bench.open();
    assert.deepEqual(await bench.readOnly(/^gpu\d_utilization/), {
      gpu0_utilization: 'failed',
      gpu1_utilization: 'failed',
      gpu2_utilization: 50,
    });
    assert.deepEqual(
      bench.host.gpus.map(({ name }) => name),
      ['A', 'B', 'C'],
    );
  });

  test('gives the numbers away when the adapter says that there are none', async t => {
    const [first, second] = [nvidia(), amd()];
    first.outcome = unavailable('unsupported');
    second.outcome = foundGpus('amd', 'C');
    const bench = new Bench(t, [first, second], { gpus: { nvidia: [{ name: 'A', vendor: 'nvidia' }] } });
    await bench.open();
    assert.deepEqual(await bench.readOnly(/^gpu\d_utilization/), { gpu0_utilization: 50 });
    assert.deepEqual(
      bench.host.gpus.map(({ name }) => name),
      ['C'],
    );
  });

  test('has one set of columns that says why where nobody has a GPU', async t => {
    for (const [reasons, expected] of [
      [['unsupported', 'unsupported'], 'unsupported'],
      [['failed', 'unsupported'], 'failed'],
      [['unsupported', 'asleep'], 'asleep'],
      [['denied', 'unsupported'], 'denied'],
    ] as const) {
      const [first, second] = [nvidia(), amd()];
      first.outcome = unavailable(reasons[0]);
      second.outcome = unavailable(reasons[1]);
      const bench = new Bench(t, [first, second]);
      await bench.open();
      const readings = await bench.readOnly(/^gpu/);
      assert.equal(Object.keys(readings).length, 20);
      assert.deepEqual(new Set(Object.values(readings)), new Set([expected]), reasons.join());
      assert.deepEqual(bench.host.gpus, []);
      t.mock.reset();
    }
  });

  test('tells of another GPU that has the same columns', async t => {
    const gpu = nvidia();
    gpu.outcome = unavailable('failed');
    const bench = new Bench(t, [gpu], { gpus: { nvidia: [{ name: 'old', vendor: 'nvidia' }] } });
    await bench.open();
    const { layout } = bench.host;
    gpu.outcome = foundGpus('nvidia', 'new');
    await bench.read(60_000);
    assert.equal(bench.host.layout, layout);
    assert.equal(bench.layouts, 2);
    assert.deepEqual(
      bench.host.gpus.map(({ name }) => name),
      ['new'],
    );
  });
});

describe('AdapterHost, with devices that come and go', () => {
  const used = /^gpu\d_utilization$|^ram_percent$/;

  async function opened(t: TestContext): Promise<{ bench: Bench; amd: FakeAdapter; nvidia: FakeAdapter }> {
    const amd = new FakeAdapter('amd', 'gpu', { utilization: 10 });
    amd.outcome = foundGpus('amd', 'A');
    const nvidia = new FakeAdapter('nvidia', 'gpu', { utilization: 50 });
    nvidia.outcome = foundGpus('nvidia', 'N');
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 70 });
    const bench = new Bench(t, [memory, amd, nvidia]);
    await bench.open();
    assert.deepEqual(await bench.readOnly(used), {
      gpu0_utilization: 10,
      gpu1_utilization: 50,
      ram_percent: 70,
    });
    return { bench, amd, nvidia };
  }

  test('opens the adapter again and lays the columns out anew', async t => {
    const { bench, amd, nvidia } = await opened(t);
    amd.outcome = foundGpus('amd', 'A', 'B');
    amd.hasOtherDevices = true;
    const layouts = bench.layouts;
    assert.deepEqual(await bench.readOnly(used), {
      gpu0_utilization: 10,
      gpu1_utilization: 50,
      ram_percent: 70,
    });
    assert.deepEqual([amd.opened, amd.closed, nvidia.opened, bench.layouts], [2, 1, 1, layouts + 1]);
    assert.deepEqual(readInFlight(bench.inFlightFile), { call: undefined, opening: [] });
    assert.deepEqual(await bench.readOnly(used), {
      gpu0_utilization: 10,
      gpu1_utilization: 11,
      gpu2_utilization: 50,
      ram_percent: 70,
    });
    assert.equal(nvidia.firstGpu, 2);
  });

  test('opens one after the other, so that only the one that is in its call can be blamed', async t => {
    const { bench, amd, nvidia } = await opened(t);
    let opening: readonly string[] = [];
    nvidia.outcome = () => {
      opening = readInFlight(bench.inFlightFile).opening;
      return Promise.resolve(foundGpus('nvidia', 'N'));
    };
    for (const gpus of [amd, nvidia]) gpus.hasOtherDevices = true;
    await bench.read();
    assert.deepEqual([amd.opened, nvidia.opened], [2, 2]);
    assert.deepEqual(opening, ['nvidia']);
  });

  test('keeps the columns of one that fails to open again', async t => {
    const { bench, amd } = await opened(t);
    amd.outcome = unavailable('failed');
    amd.hasOtherDevices = true;
    await bench.read();
    const failed = { gpu0_utilization: 'failed', gpu1_utilization: 50, ram_percent: 70 };
    assert.deepEqual(await bench.readOnly(used), failed);
    assert.equal(bench.status('amd').state, 'failed');
    amd.outcome = foundGpus('amd', 'A');
    await bench.read(60_000);
    assert.deepEqual(await bench.readOnly(used), { ...failed, gpu0_utilization: 10 });
  });

  test('keeps the columns while one is slow to open again', async t => {
    const { bench, amd } = await opened(t);
    const slow = later();
    amd.outcome = () => slow.promise;
    amd.hasOtherDevices = true;
    await bench.read();
    const waiting = { gpu0_utilization: 'failed', gpu1_utilization: 50, ram_percent: 70 };
    assert.deepEqual(await bench.readOnly(used), waiting);
    assert.equal(amd.closed, 1);
    amd.outcome = foundGpus('amd', 'A');
    slow.answer(amd.outcome);
    await settled();
    assert.deepEqual(await bench.readOnly(used), { ...waiting, gpu0_utilization: 10 });
  });

  test('looks every minute whether those that have all gone come back', async t => {
    const { bench, amd } = await opened(t);
    amd.outcome = unavailable('unsupported');
    amd.hasOtherDevices = true;
    await bench.read();
    assert.deepEqual(await bench.readOnly(used), { gpu0_utilization: 50, ram_percent: 70 });
    await bench.read(60_000);
    assert.equal(amd.opened, 3);
    amd.outcome = foundGpus('amd', 'A');
    await bench.read(60_000);
    assert.deepEqual(await bench.readOnly(used), {
      gpu0_utilization: 10,
      gpu1_utilization: 50,
      ram_percent: 70,
    });
  });

  test('another adapter that opens meanwhile does not bring it back before it has answered', async t => {
    const amd = new FakeAdapter('amd', 'gpu', { utilization: 10 });
    amd.outcome = foundGpus('amd', 'A');
    const intel = new FakeAdapter('intel', 'gpu', { utilization: 50 });
    intel.outcome = unavailable('failed');
    const bench = new Bench(t, [amd, intel]);
    await bench.open();
    const slow = later();
    amd.outcome = () => slow.promise;
    amd.hasOtherDevices = true;
    await bench.read();
    intel.outcome = foundGpus('intel', 'X');
    await bench.read(60_000);
    const reads = amd.reads.length;
    assert.deepEqual(await bench.readOnly(/^gpu\d_utilization/), {
      gpu0_utilization: 'failed',
      gpu1_utilization: 50,
    });
    assert.equal(amd.reads.length, reads);
    slow.answer(unavailable('unsupported'));
    await settled();
    assert.deepEqual(await bench.readOnly(/^gpu\d_utilization/), { gpu0_utilization: 50 });
    assert.equal(amd.closed, 1);
  });

  test('switched off while it is opened anew, it is closed when it answers', async t => {
    const amd = new FakeAdapter('amd', 'gpu', { utilization: 10 });
    amd.outcome = foundGpus('amd', 'A');
    const bench = new Bench(t, [amd]);
    await bench.open();
    const slow = later();
    amd.outcome = () => slow.promise;
    amd.hasOtherDevices = true;
    await bench.read();
    await bench.open(group => group !== 'gpu');
    assert.equal(bench.status('amd').state, 'off');
    slow.answer(foundGpus('amd', 'A'));
    await settled();
    assert.equal(amd.closed, 2);
    assert.deepEqual(await bench.readOnly(/^gpu/), {});
    amd.outcome = foundGpus('amd', 'A');
    await bench.open();
    assert.deepEqual(await bench.readOnly(/^gpu0_utilization/), { gpu0_utilization: 10 });
  });

  test('an adapter for GPUs that found none looks again every minute: one may be plugged in', async t => {
    const amd = new FakeAdapter('amd', 'gpu', { utilization: 10 });
    amd.outcome = unavailable('unsupported');
    const bench = new Bench(t, [amd]);
    await bench.open();
    const changes = bench.statusChanges;
    await bench.read(59_999);
    assert.equal(amd.opened, 1);
    await bench.read(1);
    assert.equal(amd.opened, 2);
    assert.equal(bench.statusChanges, changes, 'nothing has changed, nothing is told');
    amd.outcome = foundGpus('amd', 'A');
    await bench.read(60_000);
    assert.deepEqual(await bench.readOnly(/^gpu0_utilization/), { gpu0_utilization: 10 });
  });
});

describe('AdapterHost, with groups switched off', () => {
  test('closes the adapters of the group and takes its columns away, and back', async t => {
    const cpu = new FakeAdapter('cpu', 'cpu', { total_utilization: 5 });
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 50 });
    const bench = new Bench(t, [cpu, memory]);
    await bench.open();
    cpu.onRead = () => {
      throw new Error('broken');
    };
    await bench.read();
    await bench.open(group => group !== 'cpu');
    assert.deepEqual([cpu.closed, memory.closed], [1, 0]);
    const readings = await bench.read();
    assert.ok(!('total_utilization' in readings));
    assert.equal(readings['ram_percent'], 50);
    const { state, detail } = bench.status('cpu');
    assert.deepEqual({ state, detail }, { state: 'off', detail: 'switched off in the settings' });
    assert.equal(cpu.reads.length, 1);
    await bench.read(86_400_000);
    bench.host.retryAll();
    assert.equal(cpu.opened, 1, 'nobody wants it');

    cpu.onRead = () => undefined;
    await bench.open();
    assert.equal(cpu.opened, 2);
    assert.equal((await bench.read())['total_utilization'], 5);
    assert.deepEqual([cpu.closed, memory.opened], [1, 1]);
  });

  test('does not open what is switched off from the start', async t => {
    const gpu = new FakeAdapter('nvidia', 'gpu');
    const bench = new Bench(t, [gpu]);
    await bench.open(group => group !== 'gpu');
    assert.equal(gpu.opened, 0);
    assert.deepEqual(await bench.readOnly(/^gpu/), {});
  });

  test('leaves single metrics out', async t => {
    const cpu = new FakeAdapter('cpu', 'cpu', { total_utilization: 5, power_watts: 60 });
    const bench = new Bench(t, [cpu]);
    await bench.open((_, metric) => metric?.unit !== 'W');
    const readings = await bench.readOnly(/^total_|watts/);
    assert.deepEqual(readings, { total_utilization: 5 });
  });

  test('closes one that answers after it was switched off, and shows one that was switched on again', async t => {
    const slow = later();
    const gpu = new FakeAdapter('nvidia', 'gpu', { utilization: 10 });
    gpu.outcome = () => slow.promise;
    const bench = new Bench(t, [gpu]);
    await bench.open();
    await bench.open(group => group !== 'gpu');
    assert.equal(bench.status('nvidia').state, 'off');
    await bench.open();
    assert.equal(bench.status('nvidia').state, 'opening');
    await bench.open(group => group !== 'gpu');
    assert.equal(gpu.opened, 1);
    slow.answer(foundGpus('nvidia', 'A'));
    await settled();
    assert.equal(gpu.closed, 1);
    assert.equal(bench.status('nvidia').state, 'off');
    assert.deepEqual(await bench.readOnly(/^gpu/), {});
    gpu.outcome = foundGpus('nvidia', 'A');
    await bench.open();
    assert.deepEqual(await bench.readOnly(/utilization/), {
      total_utilization: 'unsupported',
      gpu0_utilization: 10,
      ...absentGpu,
    });
  });
});

const absentGpu = {
  gpu0_memory_utilization: 'unsupported',
  gpu0_encoder_utilization: 'unsupported',
  gpu0_decoder_utilization: 'unsupported',
};

describe('AdapterHost, with adapters in quarantine', () => {
  const KNOWN: KnownDevices = {
    instances: { cpu: { core: 2 } },
    gpus: { nvidia: [{ name: 'A', vendor: 'nvidia' }] },
  };

  test('leaves one out for a minute with the columns it is known to have', async t => {
    const cpu = new FakeAdapter('cpu', 'cpu', { total_utilization: 5 });
    cpu.outcome = cores(2);
    const memory = new FakeAdapter('memory', 'memory', { ram_percent: 50 });
    const bench = new Bench(t, [cpu, memory], KNOWN);
    bench.quarantine.recordDeath('cpu', Date.now());
    await bench.open();
    assert.equal(cpu.opened, 0);
    assert.equal(bench.status('cpu').state, 'left-out');
    const readings = await bench.read();
    for (const column of ['total_utilization', 'core_0_utilization', 'core_1_freq_mhz'])
      assert.equal(readings[column], 'failed', column);
    assert.equal(readings['ram_percent'], 50);
    for (let second = 1; second < 59; second++) await bench.read();
    assert.equal(cpu.opened, 0);
    for (let second = 59; second <= 66; second++) await bench.read();
    assert.equal(cpu.opened, 1);
    assert.equal(bench.status('cpu').state, 'ok');
    assert.equal((await bench.read())['total_utilization'], 5);
    assert.equal(bench.layouts, 1, 'the columns were there all the time');
  });

  test('leaves one in quarantine out until it is cleared by hand', async t => {
    const gpu = new FakeAdapter('nvidia', 'gpu', { utilization: 10 });
    gpu.outcome = foundGpus('nvidia', 'A');
    const bench = new Bench(t, [gpu], KNOWN);
    bench.quarantine.recordDeath('nvidia', Date.now());
    bench.quarantine.recordDeath('nvidia', Date.now());
    await bench.open();
    assert.equal(bench.status('nvidia').state, 'quarantined');
    assert.match(bench.status('nvidia').remedy ?? '', /OptiMetrics: Start/);
    assert.deepEqual(bench.host.gpus, KNOWN.gpus['nvidia']);
    for (let day = 0; day < 3; day++)
      assert.equal((await bench.read(86_400_000))['gpu0_utilization'], 'failed');
    bench.host.retryAll();
    await settled();
    assert.equal(gpu.opened, 0);
    bench.quarantine.clear();
    bench.host.retryAll();
    await settled();
    assert.equal(gpu.opened, 1);
    assert.equal(bench.status('nvidia').remedy, undefined);
    assert.equal((await bench.read())['gpu0_utilization'], 10);
  });

  test('a manual start asks again all that have nothing, and none of the others', async t => {
    const [cpu, disk, gpu] = [
      new FakeAdapter('cpu', 'cpu'),
      new FakeAdapter('disk', 'disk'),
      new FakeAdapter('nvidia', 'gpu'),
    ];
    disk.outcome = unavailable('denied');
    gpu.outcome = unavailable('unsupported');
    const bench = new Bench(t, [cpu, disk, gpu]);
    await bench.open();
    bench.host.retryAll();
    await settled();
    assert.deepEqual([cpu.opened, disk.opened, gpu.opened], [1, 2, 2]);
  });
});

test('AdapterHost knows the devices of what is open, and of the rest as before', async t => {
  const [cpu, disk, first, second] = [
    new FakeAdapter('cpu', 'cpu'),
    new FakeAdapter('disk', 'disk'),
    new FakeAdapter('nvidia', 'gpu'),
    new FakeAdapter('amd', 'gpu'),
  ];
  cpu.outcome = cores(8);
  disk.outcome = unavailable('failed');
  first.outcome = foundGpus('nvidia', 'new');
  second.outcome = unavailable('asleep');
  const known: KnownDevices = {
    instances: { cpu: { core: 4 }, disk: { disk: 3 }, retired: { disk: 1 } },
    gpus: { nvidia: [{ name: 'old', vendor: 'nvidia' }], amd: [{ name: 'C', vendor: 'amd' }] },
  };
  const bench = new Bench(t, [cpu, disk, first, second], known);
  await bench.open();
  assert.deepEqual(bench.host.knownDevices, {
    instances: { ...known.instances, cpu: { core: 8 }, nvidia: {} },
    gpus: { nvidia: [{ name: 'new', vendor: 'nvidia' }], amd: [{ name: 'C', vendor: 'amd' }] },
  });
});

test('AdapterHost puts the limits of all adapters together, and tells when one changes', async t => {
  const [cpu, memory] = [new FakeAdapter('cpu', 'cpu'), new FakeAdapter('memory', 'memory')];
  const bench = new Bench(t, [cpu, memory]);
  await bench.open();
  await bench.read();
  assert.equal(bench.host.limits, undefined);
  const told = bench.statusChanges;

  cpu.limits = { cpu: { cores: 2, hostCores: 64 } };
  memory.limits = { memory: { mb: 4096, hostMb: 515_072 } };
  await bench.read();
  assert.deepEqual(bench.host.limits, { ...cpu.limits, ...memory.limits });
  assert.ok(bench.statusChanges > told);
  const changes = bench.statusChanges;
  await bench.read();
  assert.equal(bench.statusChanges, changes);

  cpu.limits = undefined;
  await bench.read();
  assert.deepEqual(bench.host.limits, memory.limits);
  assert.equal(bench.statusChanges, changes + 1);
  await bench.open(group => group !== 'memory');
  assert.equal(bench.host.limits, undefined, 'what is not read has no limit to show');
});
