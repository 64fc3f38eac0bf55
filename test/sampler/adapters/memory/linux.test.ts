import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createMemoryAdapter } from '../../../../src/sampler/adapters/memory/linux.ts';
import { FixtureTree, openAdapter, tryOpen } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Makes reading the files whose path contains `part` fail. */
function breakFiles(t: TestContext, call: 'openSync' | 'readSync', part: string, code: string): void {
  const open = fs.openSync;
  const read = fs.readSync;
  const broken = new Set<number>();
  t.mock.method(fs, 'openSync', (path: string, flags: string) => {
    const matches = path.includes(part);
    if (matches && call === 'openSync') throw systemError(code);
    const descriptor = open(path, flags);
    if (matches) broken.add(descriptor);
    return descriptor;
  });
  t.mock.method(fs, 'readSync', (descriptor: number, ...rest: [Buffer, number, number, number]) => {
    if (call === 'readSync' && broken.has(descriptor)) throw systemError(code);
    return read(descriptor, ...rest);
  });
}

describe('memory adapter for Linux', () => {
  test('a workstation with swap and pressure', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.equal(memory.info.found, '15.6 GiB, 2.0 GiB swap, pressure');
    assert.deepEqual(memory.info.limitations, []);
    assert.deepEqual(memory.read(Number.NaN).readings, {
      // 16 384 000 kB / 1024
      ram_total_mb: 16_000,
      // (16 384 000 − 10 240 000) kB
      ram_used_mb: 6000,
      ram_available_mb: 10_000,
      ram_percent: 37.5,
      swap_total_mb: 2048,
      // (2 097 152 − 1 572 864) kB
      swap_used_mb: 512,
      swap_percent: 25,
      cpu_pressure: 1.53,
      memory_pressure: 0,
      io_pressure: 12.34,
    });
  });

  test('an old kernel without swap and pressure', async t => {
    const tree = new FixtureTree(t).apply('container/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.equal(memory.info.found, '2.0 GiB, no swap');
    assert.match(memory.info.limitations?.[0]?.remedy ?? '', /psi=1/);
    assert.deepEqual(memory.read(Number.NaN).readings, {
      ram_total_mb: 2000,
      // 2 048 000 − (512 000 + 102 400 + 409 600) kB
      ram_used_mb: 1000,
      ram_available_mb: 1000,
      ram_percent: 50,
      swap_total_mb: 0,
      swap_used_mb: 0,
      swap_percent: 0,
      cpu_pressure: 'unsupported',
      memory_pressure: 'unsupported',
      io_pressure: 'unsupported',
    });
    assert.deepEqual(memory.log, [], 'what the kernel lacks is not a fault');
  });

  test('pressure that the kernel has switched off is unsupported', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    breakFiles(t, 'readSync', '/proc/pressure/', 'EOPNOTSUPP');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.match(memory.info.limitations?.[0]?.remedy ?? '', /psi=1/);
    memory.read(Number.NaN);
    assert.equal(memory.reading('cpu_pressure'), 'unsupported');
    assert.equal(memory.reading('ram_percent'), 37.5);
  });

  test('pressure that this user may not read is denied, and the remedy is another', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    breakFiles(t, 'openSync', '/proc/pressure/', 'EACCES');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.doesNotMatch(memory.info.limitations?.[0]?.remedy ?? 'psi=1', /psi=1/);
    assert.equal(memory.read(Number.NaN).reading('io_pressure'), 'denied');
  });

  test('pressure, which the kernel reckons anew every 2 s, is read as often and holds in between', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    const shown = [Number.NaN, 1, 1, 1, 1].map((elapsed, tick) => {
      tree.write('/proc/pressure/cpu', `some avg10=${tick}.50 avg60=0 avg300=0 total=0\n`);
      return memory.read(elapsed).reading('cpu_pressure');
    });
    assert.deepEqual(shown, [0.5, 0.5, 2.5, 2.5, 4.5]);
  });

  test('a pressure file that comes later is found within 60 ticks', async t => {
    const tree = new FixtureTree(t).apply('container/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    for (let tick = 0; tick < 100; tick++) memory.read(1);
    tree.write('/proc/pressure/cpu', 'some avg10=4.00 avg60=0 avg300=0 total=0\n');
    let ticks = 0;
    while (memory.read(1).reading('cpu_pressure') !== 4) assert.ok(ticks++ < 60);
  });

  test('/proc/meminfo fails and recovers', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const content = fs.readFileSync(tree.sysroot.path('/proc/meminfo'));
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    tree.vanish('/proc/meminfo');
    memory.read(1);
    for (const [name, reading] of Object.entries(memory.readings)) {
      if (!name.endsWith('_pressure')) assert.equal(reading, 'failed', name);
    }
    tree.write('/proc/meminfo', content);
    assert.equal(memory.read(1).reading('ram_percent'), 37.5);
  });

  test('sizes that contradict each other are no values', async t => {
    const tree = new FixtureTree(t).write(
      '/proc/meminfo',
      'MemTotal: 1000 kB\nMemAvailable: 2000 kB\nSwapTotal: 10 kB\nSwapFree: 20 kB\n',
    );
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    memory.read(1);
    assert.equal(memory.reading('ram_used_mb'), 'failed');
    assert.equal(memory.reading('ram_percent'), 'failed');
    assert.equal(memory.reading('swap_used_mb'), 'failed');
    assert.equal(memory.reading('swap_percent'), 'failed');
  });

  test('without /proc/meminfo there is no memory to read', async t => {
    const info = await tryOpen(t, createMemoryAdapter(), new FixtureTree(t).sysroot);
    assert.ok(!info.available);
    assert.equal(info.reason, 'unsupported');
  });

  test('whatever its files hold, it never throws and writes no impossible value', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const files = ['/proc/meminfo', '/proc/pressure/cpu', '/proc/pressure/io'] as const;
    const samples = files.map(file => fs.readFileSync(tree.sysroot.path(file), 'utf8'));
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    fc.assert(
      fc.property(fc.tuple(...samples.map(hostileText)), contents => {
        contents.forEach((content, i) => void tree.write(files[i] ?? '', content));
        memory.read(1);
      }),
      { numRuns: 200 },
    );
  });
});
