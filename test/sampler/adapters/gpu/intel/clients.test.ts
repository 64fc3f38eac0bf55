import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { createIntelAdapter } from '../../../../../src/sampler/adapters/gpu/intel/adapter.ts';
import { openAdapter, type OpenedAdapter } from '../../../proc/fixture-tree.ts';
import { i915Client, IntelTree } from './intel-tree.ts';

const UTILIZATION = 'gpu0_utilization';

/** A card whose clients of the fixture have closed it. */
function unused(t: Parameters<typeof openAdapter>[0]): IntelTree {
  const intel = new IntelTree(t);
  intel.plug('intel-i915');
  return intel.closeFile(2041, 12).closeFile(2041, 13).closeFile(2107, 9);
}

/** Ticks of a second until a new walk over the processes is done. */
function pass(gpu: OpenedAdapter, seconds: number): void {
  for (let second = 0; second < seconds; second++) gpu.read(1);
}

describe('programs that use an Intel GPU', () => {
  test('one that begins is found within 15 seconds, and its earlier work does not count', async t => {
    const intel = unused(t);
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, { render: 90_000 }));
    pass(gpu, 14);
    intel.work(4100, 5, i915Client(40, { render: 91_000 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 0);
    intel.work(4100, 5, i915Client(40, { render: 91_250 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 25);
  });

  test('files of one program for the card and for rendering are two clients', async t => {
    const intel = unused(t);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, { render: 0 }));
    intel.openDevice(4100, 6, 'card1', i915Client(41, { render: 0 }));
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.work(4100, 5, i915Client(40, { render: 100 })).work(4100, 6, i915Client(41, { render: 200 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 30);
  });

  test('a client that processes share counts once, and goes on when one of them closes it', async t => {
    const intel = unused(t);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, { render: 0 }));
    intel.openDevice(4101, 5, 'renderD128', i915Client(40, { render: 0 }));
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    const work = (process: number, render: number): void =>
      void intel.work(process, 5, i915Client(40, { render }));
    for (const process of [4100, 4101]) work(process, 400);
    assert.equal(gpu.read(1).reading(UTILIZATION), 40);
    intel.closeFile(4100, 5);
    pass(gpu, 17);
    work(4101, 900);
    assert.equal(gpu.read(1).reading(UTILIZATION), 50);
  });

  test('one that ends no longer counts', async t => {
    const intel = unused(t);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, { render: 0 }));
    intel.openDevice(4200, 5, 'renderD128', i915Client(42, { render: 0 }));
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.closeFile(4100, 5);
    intel.work(4200, 5, i915Client(42, { render: 500 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 50);
  });

  test('another client in the place of one that was closed is not compared with it', async t => {
    const intel = unused(t);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, { render: 100 }));
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.work(4100, 5, i915Client(44, { render: 900 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 0);
    pass(gpu, 17);
    intel.work(4100, 5, i915Client(44, { render: 1_700 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 80);
  });

  test('clients of another GPU do not count, whatever their file is called', async t => {
    const intel = unused(t);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, { render: 0 }, '0000:00:02.0'));
    intel.openDevice(4100, 6, 'renderD129', i915Client(41, { render: 0 }));
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.work(4100, 5, i915Client(40, { render: 500 }, '0000:00:02.0'));
    intel.work(4100, 6, i915Client(41, { render: 500 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 0);
  });

  test('work that goes down for a moment counts only beyond where it was', async t => {
    const intel = unused(t);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, { render: 1_000 }));
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.work(4100, 5, i915Client(40, { render: 600 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 0);
    intel.work(4100, 5, i915Client(40, { render: 1_100 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 10);
  });

  test('work that is not told for once makes the load unknown, not less', async t => {
    const intel = unused(t);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, { render: 0 }));
    intel.openDevice(4200, 5, 'renderD128', i915Client(42, { render: 0 }));
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.work(4100, 5, 'drm-driver:\ti915\ndrm-client-id:\t40\ndrm-pdev:\t0000:03:00.0\n');
    intel.work(4200, 5, i915Client(42, { render: 300 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 'failed');
    intel.work(4100, 5, i915Client(40, { render: 300 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 'failed', 'there is nothing to compare with');
    intel.work(4100, 5, i915Client(40, { render: 500 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 20);
  });

  test('a sum a little above the whole is the whole', async t => {
    const intel = unused(t);
    intel.openDevice(4100, 5, 'renderD128', i915Client(40, {}));
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.work(4100, 5, i915Client(40, { compute: 1_020 }));
    assert.equal(gpu.read(1).reading(UTILIZATION), 100);
  });

  test('with 1,000 processes a tick looks at no more than a hundred files', async t => {
    const intel = unused(t);
    for (let process = 10_000; process < 11_000; process++) {
      for (let file = 0; file < 3; file++) intel.tree.link(`/proc/${process}/fd/${file}`, '/dev/null');
    }
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    intel.openDevice(10_500, 7, 'renderD128', i915Client(40, {}));
    const links = t.mock.method(fs, 'readlinkSync');
    const folders = t.mock.method(fs, 'opendirSync');
    const calls = (): number => links.mock.callCount() + folders.mock.callCount();
    let found = 0;
    for (let tick = 1; tick <= 200 && found === 0; tick++) {
      const before = calls();
      intel.work(10_500, 7, i915Client(40, { render: tick * 500 }));
      gpu.read(1);
      // Beside them, one look at the bus and the driver of the card.
      assert.ok(calls() - before <= 102, `${calls() - before} in tick ${tick}`);
      if (gpu.reading(UTILIZATION) === 50) found = tick;
    }
    assert.ok(found > 10, 'in many ticks');
  });

  test('a process that has as many files as before is not listed again, but in every 20th walk', async t => {
    const intel = unused(t);
    for (let file = 0; file < 3; file++) intel.tree.link(`/proc/4100/fd/${file}`, '/dev/null');
    intel.tree.link('/proc/self/fd/0', '/dev/null');
    const { statSync } = fs;
    // As the kernel tells it: the number of files, where a fixture's file system tells the size of a folder.
    t.mock.method(fs, 'statSync', (...args: Parameters<typeof fs.statSync>) => {
      const [at] = args;
      if (!String(at).endsWith('/fd')) return statSync(...args);
      return fs.existsSync(String(at)) ? { size: fs.readdirSync(String(at)).length } : undefined;
    });
    const gpu = await openAdapter(t, createIntelAdapter(), intel.tree.sysroot);
    gpu.read(Number.NaN);
    const { opendirSync } = fs;
    const listed: string[] = [];
    t.mock.method(fs, 'opendirSync', (...args: Parameters<typeof fs.opendirSync>) => {
      const at = String(args[0]);
      if (at.includes('/proc/4100/')) listed.push(at);
      return opendirSync(...args);
    });
    pass(gpu, 60);
    assert.equal(listed.length, 0);
    fs.rmSync(intel.tree.sysroot.path('/proc/4100/fd/2'));
    pass(gpu, 32);
    assert.equal(listed.length, 1, 'it has fewer');
    pass(gpu, 300);
    assert.equal(listed.length, 2, 'all are looked at for once');
  });
});
