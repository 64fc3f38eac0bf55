/**
 * The real thing on Windows, as far as Wine is that: the built command and sampler run in a Node for Windows, call Wine's
 * libraries, and must say what Linux says of the same machine. What Wine cannot tell must be absent, never 0.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { whyNoWine } from '../../scripts/lib/windows-host.mjs';
import type { Diagnosis } from '../../src/cli/doctor.ts';
import type { Sample } from '../../src/cli/sample.ts';
import { MIB } from '../../src/common/units.ts';
import { until } from './harness/home.ts';
import { type LogRow, readLog } from './harness/log.ts';
import { type RunningOnWindows, WindowsHome } from './harness/windows.ts';

/** Windows counts time from 1601 on. */
const MS_FROM_1601_TO_1970 = 11_644_473_600_000;

/** What Windows does not tell. */
const UNKNOWN = [
  ...['temperature', 'power_watts', 'load_avg_1m', 'load_avg_5m', 'load_avg_15m'],
  ...['cpu_pressure', 'memory_pressure', 'io_pressure'],
];
/** What Windows tells, and Wine 8 does not. */
const UNTOLD = [
  ...['context_switches', 'interrupts', 'soft_interrupts'],
  ...['swap_total_mb', 'swap_used_mb', 'swap_percent'],
  ...['disk_read_rate_mbps', 'disk_write_rate_mbps', 'disk_read_count', 'disk_write_count'],
  ...['disk_read_bytes', 'disk_write_bytes'],
];

/** Sum of a column of `/proc/net/dev` over Ethernet interfaces, which are what Wine says has hardware. */
function linuxNetwork(column: number): number {
  let sum = 0;
  for (const line of fs.readFileSync('/proc/net/dev', 'latin1').split('\n').slice(2)) {
    const [name, counters] = line.trim().split(/:\s*/);
    if (name === undefined || counters === undefined) continue;
    const ethernet = fs.readFileSync(`/sys/class/net/${name}/type`, 'latin1').trim() === '1';
    if (ethernet) sum += Number(counters.split(/\s+/)[column]);
  }
  return sum;
}

/** Busy and whole time of all cores, in ticks, as Wine reckons them: waiting for a disk and time taken away count as busy. */
function linuxTimes(): { readonly utcMs: number; readonly busy: number; readonly time: number } {
  const line = /^cpu +(.*)$/m.exec(fs.readFileSync('/proc/stat', 'latin1'))?.[1] ?? '';
  const ticks = line.split(' ', 8).map(Number);
  const time = ticks.reduce((sum, value) => sum + value, 0);
  return { utcMs: Date.now(), busy: time - (ticks[3] ?? Number.NaN), time };
}

/** Keeps one core busy until the end of the test. */
function keepBusy(t: TestContext): void {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  t.after(async () => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  });
}

/** Opens so many TCP connections between two ends that are both here. */
async function openConnections(t: TestContext, count: number): Promise<void> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const accepted: net.Socket[] = [];
  server.on('connection', socket => accepted.push(socket));
  const clients = Array.from({ length: count }, () => net.connect(port, '127.0.0.1'));
  t.after(() => {
    for (const socket of [...clients, ...accepted]) socket.destroy();
    server.close();
  });
  await until('the connections are open', () => accepted.length === count);
}

function assertWithin(percent: number, actual: number | undefined, expected: number, what: string): void {
  const off = (100 * ((actual ?? Number.NaN) - expected)) / expected;
  assert.ok(Math.abs(off) <= percent, `${what}: ${String(actual)} is ${off.toFixed(2)} % off ${expected}`);
}

function numbersOf(rows: readonly LogRow[], column: string): number[] {
  return rows.map(row => {
    assert.notEqual(row[column], '', column);
    return Number(row[column]);
  });
}

describe('on Windows, as Wine has it', { skip: whyNoWine() }, () => {
  let windows: WindowsHome;
  before(async () => {
    windows = await WindowsHome.make();
  });
  after(() => windows.end());

  test('sample says what Linux says of the same machine, and nothing where Wine cannot tell', async t => {
    await openConnections(t, 50);
    const receivedBefore = linuxNetwork(0);
    const sentBefore = linuxNetwork(8);
    const { code, stdout, stderr } = await windows.run(['sample', '--json']);
    assert.equal(code, 0, stderr);
    const { metrics, unavailable } = JSON.parse(stdout) as Sample;

    const cores = Object.keys(metrics).filter(column => /^core_\d+_utilization$/.test(column));
    assert.equal(cores.length, os.cpus().length);
    assertWithin(1, metrics['ram_total_mb'], os.totalmem() / MIB, 'memory');
    const used = (100 * (metrics['ram_used_mb'] ?? 0)) / (metrics['ram_total_mb'] ?? 0);
    // Rounded to a tenth, and to whole MB.
    assert.ok(Math.abs((metrics['ram_percent'] ?? Number.NaN) - used) <= 0.06, `${String(used)} %`);
    // C: is a folder of ours, Z: is the root; Wine says that of both what is free is what a user may have.
    [windows.root, '/'].forEach((folder, n) => {
      const { blocks, bavail, bsize } = fs.statfsSync(folder);
      const total = metrics[`disk_${n}_total_gb`] ?? Number.NaN;
      assertWithin(1, total, (blocks * bsize) / 2 ** 30, `size of disk ${n}`);
      const free = total - (metrics[`disk_${n}_used_gb`] ?? Number.NaN);
      const off = Math.abs(free - (bavail * bsize) / 2 ** 30);
      assert.ok(off < 0.02 * total, `free on disk ${n}: off by ${off} GB`);
    });
    for (const [column, index, least] of [
      ['net_bytes_recv', 0, receivedBefore],
      ['net_bytes_sent', 8, sentBefore],
    ] as const) {
      const value = metrics[column] ?? Number.NaN;
      assert.ok(value >= least && value <= linuxNetwork(index), `${column}: ${value}`);
    }
    // Two ends each and the listener; Wine counts what is established for IPv4 and again for IPv6.
    assert.ok((metrics['net_connections_total'] ?? 0) >= 101, String(metrics['net_connections_total']));
    assert.ok((metrics['net_connections_established'] ?? 0) >= 100);
    for (const column of ['avg_freq_mhz', 'total_utilization', 'net_recv_rate_mbps'])
      assert.ok(column in metrics, column);
    const absent = windows.wineVersion.startsWith('wine-8.') ? [...UNKNOWN, ...UNTOLD] : UNKNOWN;
    assert.deepEqual(
      absent.map(column => [column, metrics[column] ?? unavailable[column]]),
      absent.map(column => [column, 'unsupported']),
    );
  });

  test('doctor says what was found, and what cannot be read and why', async () => {
    const { code, stdout, stderr } = await windows.run(['doctor', '--json']);
    assert.equal(code, 0, stderr);
    const {
      platform,
      container,
      adapters,
      log_directory: log,
      hardware_id: id,
    } = JSON.parse(stdout) as Diagnosis;
    assert.equal(platform, 'win32-x64');
    assert.equal(container, false);
    assert.equal(log.state, 'ok');
    assert.match(id, /^[0-9a-f]{32}$/);
    const states = adapters.map(({ name, state, detail }) => `${name} ${state}: ${detail}`);
    assert.deepEqual(states.slice(0, 2), [
      `cpu ok: ${os.cpus().length} ${os.cpus().length === 1 ? 'core' : 'cores'}, frequency from power management`,
      `memory ok: ${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    ]);
    assert.equal(states[2], 'disk ok: 2 local volumes, 0 physical disks');
    assert.match(states[3] ?? '', /^network ok: \d+ interfaces? with hardware$/);
    const unread = adapters
      .slice(0, 4)
      .flatMap(({ limitations = [] }) => limitations.map(({ what }) => what));
    for (const what of [
      'CPU temperature and power',
      'load averages',
      'pressure (PSI)',
      'swap',
      'disk transfers',
    ])
      assert.ok(unread.includes(what), what);
    assert.doesNotMatch(stdout, /drive_c|prefix-|C:\\\\users/i, 'no path is told');
  });

  test('run logs a row a second, and its load is that of /proc/stat', async t => {
    keepBusy(t);
    const seen = [linuxTimes()];
    const timer = setInterval(() => seen.push(linuxTimes()), 50);
    t.after(() => {
      clearInterval(timer);
    });
    const { code, stdout, stderr } = await windows.run([
      'run',
      '--duration',
      '6',
      '--log-dir',
      'C:\\test\\logs',
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    assert.match(stdout, /^\d samples, log metrics_[0-9a-f]{8}_\d{4}-\d\d-\d\d\.csv in C:\\test\\logs/m);
    const rows = readLog(path.join(windows.root, 'logs'));
    assert.ok(rows.length >= 3, `${rows.length} rows`);
    const at = (row: LogRow | undefined): (typeof seen)[number] => {
      const moment = Date.parse(row?.['timestamp'] ?? '');
      return seen.reduce((a, b) => (Math.abs(b.utcMs - moment) < Math.abs(a.utcMs - moment) ? b : a));
    };
    const [first, last] = [at(rows[0]), at(rows.at(-1))];
    const load = (100 * (last.busy - first.busy)) / (last.time - first.time);
    const told = numbersOf(rows.slice(1), 'total_utilization');
    const mean = told.reduce((sum, value) => sum + value, 0) / told.length;
    assert.ok(Math.abs(mean - load) < 10, `${mean} %, and ${load} % by /proc/stat`);
    assert.ok(mean >= 90 / os.cpus().length, `one core is busy: ${mean} %`);
    for (const column of ['net_bytes_recv', 'net_bytes_sent']) {
      const counts = numbersOf(rows, column);
      assert.ok(
        counts.every((count, i) => count >= (counts[i - 1] ?? 0)),
        `${column}: ${counts.join()}`,
      );
    }
    for (const row of rows) {
      for (const column of UNKNOWN) assert.equal(row[column], '', column);
      for (const column of UNTOLD) assert.notEqual(row[column], '0', column);
    }
    assert.doesNotMatch(JSON.stringify(rows), /\\\\|[A-Z]:|root/, 'no path is logged');
  });

  // They start one after the other: Wine lets two processes listen on one pipe, which Windows does not.
  test('two terminals share a sampler; when it hangs another takes its pipe and its log', async () => {
    const run = (...more: string[]): RunningOnWindows =>
      windows.start(['run', '--verbose', '--log-dir', 'C:\\test\\shared', ...more]);
    const samplersOf = (stderr: string): string[] =>
      [...stderr.matchAll(/connected to the sampler, process (\d+)/g)].map(match => match[1] ?? '');
    const first = run();
    const [pid] = await until('it is connected to a sampler', () => {
      const pids = samplersOf(first.stderr());
      return pids.length > 0 && pids;
    });
    const second = await run('--duration', '2').finished;
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(samplersOf(second.stderr), [pid]);

    const owner = await windows.evaluate(`
      const fs = require('fs'), path = require('path');
      const folder = path.join(process.env.LOCALAPPDATA, 'OptiMetrics');
      const run = fs.readdirSync(folder).find(name => name.startsWith('run-'));
      const owner = JSON.parse(fs.readFileSync(path.join(folder, run, 'sampler.json'), 'utf8'));
      const pipe = fs.readFileSync(path.join(folder, run, 'pipe'), 'utf8');
      JSON.stringify({ ...owner, pipe, priority: require('os').getPriority(owner.pid) })`);
    const { started, pipe, ...rest } = JSON.parse(owner) as {
      pid: number;
      started: string;
      pipe: string;
      priority: number;
    };
    assert.match(pipe, /^[0-9a-f]{32}$/, 'the part of its name that nobody can guess');
    assert.deepEqual(rest, { pid: Number(pid), priority: os.constants.priority.PRIORITY_BELOW_NORMAL });
    const startedMs = Number(BigInt(started) / 10_000n) - MS_FROM_1601_TO_1970;
    assert.ok(Math.abs(startedMs - Date.now()) < 600_000, 'in units of 100 ns since 1601');

    const hung = await until('one sampler runs', () => windows.samplerPid);
    process.kill(hung, 'SIGSTOP');
    const successor = await until('another has taken its place', () => samplersOf(first.stderr())[1]);
    assert.match(first.stderr(), new RegExp(`the sampler hangs \\(.*\\); ending process ${pid}`));
    await until('the hung one has ended', () => !fs.existsSync(`/proc/${hung}/exe`));
    assert.notEqual(successor, pid);
    const rows = (): LogRow[] => readLog(path.join(windows.root, 'shared'));
    const before = rows().length;
    await until('the log goes on', () => rows().length >= before + 2);
  });
});
