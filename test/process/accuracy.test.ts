/**
 * The Linux adapters against the running system: what they say must be what an independent reckoning of the same
 * second says, and what is known to have been written or sent.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Frame } from '../../src/common/frame.ts';
import { buildLayout } from '../../src/common/layout.ts';
import type { Adapter } from '../../src/sampler/adapters/base.ts';
import { createCpuAdapter } from '../../src/sampler/adapters/cpu/linux.ts';
import { createDiskAdapter } from '../../src/sampler/adapters/disk/linux.ts';
import { createMemoryAdapter } from '../../src/sampler/adapters/memory/linux.ts';
import { Sysroot } from '../../src/sampler/sysroot.ts';
import type { NamespaceReport } from '../sampler/adapters/network/namespace-reader.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

function reasonToSkip(): string | false {
  if (process.platform !== 'linux') return 'reads /proc and /sys of Linux';
  if (process.getuid?.() !== 0) return 'makes network namespaces, which takes root';
  return false;
}

/** An adapter on the running system, read by hand. */
class Reader {
  readonly frame: Frame;
  readonly #adapter: Adapter;
  #before = Number.NaN;

  private constructor(adapter: Adapter, frame: Frame) {
    this.#adapter = adapter;
    this.frame = frame;
  }

  static async open(t: TestContext, adapter: Adapter): Promise<Reader> {
    t.after(() => {
      adapter.close();
    });
    const info = await adapter.open({ sysroot: new Sysroot(), log: () => undefined });
    assert.ok(info.available);
    const frame = new Frame(buildLayout({ core: 0, gpu: 0, disk: 0, ...info.instances }));
    adapter.bind(Object.assign((column: string) => frame.layout.slots.get(column) ?? -1, { firstGpu: 0 }));
    return new Reader(adapter, frame);
  }

  /** Reads once; gives the seconds since the last read. */
  read(): number {
    const now = performance.now();
    const seconds = (now - this.#before) / 1000;
    this.#before = now;
    this.frame.clear();
    this.#adapter.read(this.frame, seconds);
    return seconds;
  }

  value(column: string): number {
    const value = this.frame.value(column);
    assert.ok(value !== undefined, `${column}: ${this.frame.absence(column) ?? ''}`);
    return value;
  }
}

/** Clock ticks of a processor, of 10 ms, that may go by between two looks at once. */
const TICKS_BETWEEN = 1;

function assertWithin(percent: number, actual: number, expected: number, what: string): void {
  const off = (100 * (actual - expected)) / expected;
  assert.ok(Math.abs(off) <= percent, `${what}: ${actual} is ${off.toFixed(2)} % off ${expected}`);
}

/** Ends a child with the test, however it ends. */
function endWith(t: TestContext, child: ChildProcess): ChildProcess {
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  });
  return child;
}

/** Time that each row of `/proc/stat` has spent working, and altogether. */
function cpuTimes(): Map<string, { readonly work: number; readonly all: number }> {
  const rows = fs.readFileSync('/proc/stat', 'utf8').split('\n');
  return new Map(
    rows
      .filter(row => row.startsWith('cpu'))
      .map(row => {
        const [name = '', ...fields] = row.split(/\s+/);
        const times = fields.slice(0, 8).map(Number);
        const all = times.reduce((sum, time) => sum + time);
        return [name, { work: all - (times[3] ?? 0) - (times[4] ?? 0), all }];
      }),
  );
}

/** Bytes written to all physical disks since boot. */
function bytesWritten(): number {
  let sectors = 0;
  for (const line of fs.readFileSync('/proc/diskstats', 'utf8').trim().split('\n')) {
    const fields = line.trim().split(/\s+/);
    const entry = `/sys/block/${fields[2] ?? ''}`;
    // Partitions have none, and what is made of other disks is in no slot of the machine.
    if (fs.existsSync(entry) && !fs.realpathSync(entry).includes('/virtual/')) sectors += Number(fields[9]);
  }
  return 512 * sectors;
}

function kibOf(meminfo: string, name: string): number {
  return Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1]);
}

describe('accuracy on the running system', { skip: reasonToSkip(), concurrency: true }, () => {
  test('CPU: total and each core within 3 points while one core is kept busy', async t => {
    const cpu = await Reader.open(t, createCpuAdapter());
    endWith(t, spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    // Ours is read between two looks; the other programs that run may have come between them.
    const look = (): ReturnType<typeof cpuTimes> | undefined => {
      const [first, , second] = [cpuTimes(), cpu.read(), cpuTimes()];
      const isUndisturbed = [...first].every(
        ([name, { all }]) =>
          (second.get(name)?.all ?? 0) - all <= TICKS_BETWEEN * (name === 'cpu' ? first.size : 1),
      );
      return isUndisturbed ? first : undefined;
    };
    let before = look();
    let busiest = 0;
    let compared = 0;
    for (let second = 0; compared < 4; second++) {
      assert.ok(second < 40, 'a second that nothing disturbs at either end');
      await sleep(1000);
      const now = look();
      const last = before;
      before = now;
      if (!now || !last) continue;
      compared++;
      let core = 0;
      for (const [name, { work, all }] of now) {
        const earlier = last.get(name);
        assert.ok(earlier);
        const expected = (100 * (work - earlier.work)) / (all - earlier.all);
        const column = name === 'cpu' ? 'total_utilization' : `core_${core++}_utilization`;
        const actual = cpu.value(column);
        assert.ok(Math.abs(actual - expected) <= 3, `${column}: ${actual}, reckoned ${expected}`);
        busiest = Math.max(busiest, actual);
      }
      assert.ok(core > 0);
    }
    assert.ok(busiest > 50, `a core was kept busy, yet none was above ${busiest} %`);
  });

  test('memory: within 1 % of /proc/meminfo', async t => {
    const memory = await Reader.open(t, createMemoryAdapter());
    const ballast = Buffer.alloc(64 * 2 ** 20, 1);
    for (let second = 0; second < 3; second++) {
      let meminfo = '';
      let available = Number.NaN;
      // Ours is read between two looks, and other programs may take memory or give it back between them.
      for (let tries = 0; !(Math.abs(available - kibOf(meminfo, 'MemAvailable')) < 2048); tries++) {
        assert.ok(tries < 100, 'two looks that agree');
        meminfo = fs.readFileSync('/proc/meminfo', 'utf8');
        memory.read();
        available = kibOf(fs.readFileSync('/proc/meminfo', 'utf8'), 'MemAvailable');
      }
      const total = kibOf(meminfo, 'MemTotal');
      assertWithin(1, memory.value('ram_total_mb'), total / 1024, 'total');
      assertWithin(1, memory.value('ram_available_mb'), available / 1024, 'available');
      assertWithin(1, memory.value('ram_used_mb'), (total - available) / 1024, 'used');
      assert.ok(Math.abs(memory.value('ram_percent') - (100 * (total - available)) / total) <= 1);
      const swap = kibOf(meminfo, 'SwapTotal') - kibOf(meminfo, 'SwapFree');
      assert.ok(Math.abs(memory.value('swap_used_mb') - swap / 1024) <= 1);
      await sleep(200);
    }
    assert.equal(ballast[0], 1);
  });

  test('disk: bytes written past the page cache, within 5 %', async t => {
    const folder = path.join(PROJECT, 'test-results', `accuracy-${process.pid}`);
    fs.mkdirSync(folder, { recursive: true });
    t.after(() => {
      fs.rmSync(folder, { recursive: true, force: true });
    });
    const file = path.join(folder, 'written');
    const disk = await Reader.open(t, createDiskAdapter());
    disk.read();
    if (disk.frame.absence('disk_write_bytes') !== undefined) {
      t.skip('no physical disk is visible here');
      return;
    }
    const chunk = ['if=/dev/zero', `of=${file}`, 'bs=1M', 'conv=notrunc', 'oflag=direct', 'status=none'];
    try {
      // Once in full, so that later writes change nothing but these bytes: no block is allocated any more.
      execFileSync('dd', [...chunk, 'count=4'], { stdio: 'pipe' });
      // And what other programs have left to be written is written now.
      execFileSync('sync', ['--file-system', file], { stdio: 'pipe' });
    } catch {
      t.skip('the project’s file system cannot be written past the page cache');
      return;
    }
    // 4 MiB about eight times a second.
    const count = 32;
    const written = count * 4 * 2 ** 20;
    const script = `i=0; while [ $i -lt ${count} ]; do dd ${chunk.map(word => `'${word}'`).join(' ')} count=4 || exit 1; i=$((i+1)); sleep 0.1; done`;
    for (let attempt = 0; attempt < 3; attempt++) {
      const least = bytesWritten();
      disk.read();
      const most = bytesWritten();
      const bytesBefore = disk.value('disk_write_bytes');
      let byRate = 0;
      const writer = endWith(t, spawn('sh', ['-c', script], { stdio: 'ignore' }));
      const ended = once(writer, 'exit');
      do {
        await sleep(1000);
        byRate += disk.read() * disk.value('disk_write_rate_mbps') * 1e6;
      } while (writer.exitCode === null && writer.signalCode === null);
      assert.deepEqual(await ended, [0, null], 'all was written');
      const leastNow = bytesWritten();
      byRate += disk.read() * disk.value('disk_write_rate_mbps') * 1e6;
      const mostNow = bytesWritten();
      const bySum = disk.value('disk_write_bytes') - bytesBefore;
      const said = `${byRate} by rate, ${bySum} by sum, of ${written} and what others wrote`;
      assert.ok(bySum >= leastNow - most && bySum <= mostNow - least, said);
      assert.ok(bySum >= 0.95 * written, said);
      assertWithin(1, byRate, bySum, 'rates');
      if (bySum <= 1.05 * written) return;
      t.diagnostic(said);
    }
    // Three times others wrote more than a twentieth of it: theirs and ours together were right.
  });

  test('network: bytes that cross a veth pair between two namespaces, within 5 %', async t => {
    const here = `om-${process.pid}-a`;
    const there = `om-${process.pid}-b`;
    const link = `om${process.pid}`;
    const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: 'pipe' });
    t.after(() => {
      for (const name of [here, there]) {
        try {
          ip('netns', 'delete', name);
        } catch {
          // It was not made.
        }
      }
    });
    try {
      ip('netns', 'add', here);
      ip('netns', 'add', there);
      ip('-n', here, 'link', 'add', `${link}a`, 'type', 'veth', 'peer', 'name', `${link}b`, 'netns', there);
    } catch {
      t.skip('network namespaces and veth pairs cannot be made here');
      return;
    }
    ip('-n', here, 'address', 'add', '10.99.0.1/30', 'dev', `${link}a`);
    ip('-n', there, 'address', 'add', '10.99.0.2/30', 'dev', `${link}b`);
    ip('-n', here, 'link', 'set', `${link}a`, 'up');
    ip('-n', there, 'link', 'set', `${link}b`, 'up');
    const inside = (namespace: string, ...words: string[]): ChildProcess =>
      endWith(
        t,
        spawn('ip', ['netns', 'exec', namespace, process.execPath, ...words], {
          cwd: PROJECT,
          stdio: ['pipe', 'pipe', 'inherit'],
        }),
      );

    const receiver = inside(
      there,
      '-e',
      `const server = require('node:net').createServer(socket => {
        let bytes = 0;
        socket.on('data', data => (bytes += data.length));
        socket.on('end', () => { console.log(bytes); server.close(); });
      }).listen(9000, '10.99.0.2', () => console.log('listening'));`,
    );
    const received = linesOf(receiver);
    assert.equal(await received(), 'listening');

    const script = fileURLToPath(new URL('../sampler/adapters/network/namespace-reader.ts', import.meta.url));
    const reader = inside(here, '--import', 'tsx', script, `${link}a`);
    const report = linesOf(reader);
    assert.equal(await report(), 'counting');

    const payload = 20 * 2 ** 20;
    inside(
      here,
      '-e',
      `const socket = require('node:net').connect(9000, '10.99.0.2', () => {
        let left = 20;
        const timer = setInterval(() => {
          socket.write(Buffer.alloc(2 ** 20));
          if (--left > 0) return;
          clearInterval(timer);
          socket.end();
        }, 150);
      });`,
    );
    assert.equal(Number(await received()), payload, 'all of it arrived');
    reader.stdin?.write('stop\n');
    const counted = JSON.parse(await report()) as NamespaceReport;
    assertWithin(5, counted.sentByRate, payload, 'sent, against the payload');
    assertWithin(5, counted.sentByRate, counted.sentByInterface, 'sent, against the interface');
    assertWithin(5, counted.receivedByRate, counted.receivedByInterface, 'received, against the interface');
    assertWithin(1, counted.sentBySum, counted.sentByInterface, 'sent by sum, against the interface');
  });
});

/** Gives the child's lines of output one by one; fails when it ends before the next. */
function linesOf(child: ChildProcess): () => Promise<string> {
  assert.ok(child.stdout);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const next = await lines.next();
    assert.ok(next.done !== true, 'the child ended early');
    return next.value;
  };
}
