import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findPythonWithPsutil } from '../../../../scripts/lib/psutil.mjs';
import type { Limits } from '../../../../src/common/protocol.ts';
import { ROOT, TestHome, until } from '../home.ts';
import { logFiles, type LogRow, readLog } from '../log.ts';
import { startLoad, TestNetwork } from './load.ts';

/** Length of what is compared. */
const WINDOW_SECONDS = 12;
/** Before and after it: the load comes up, and the tools end. */
const LEAD_SECONDS = 3;

/** A line of `psutil_samples.py`. */
export interface PsutilSample {
  readonly time: number;
  /** Seconds working and altogether, of the machine and then of each core. */
  readonly cpu: readonly (readonly [work: number, all: number])[];
  readonly mhz: readonly number[];
  /** Context switches, interrupts, soft interrupts. */
  readonly counters: readonly number[];
  readonly load: readonly number[];
  /** Total, available, used, percent. */
  readonly memory: readonly number[];
  /** Total, used, percent. */
  readonly swap: readonly number[];
  /** Total, used, percent of the root file system. */
  readonly disk: readonly number[];
  /** Reads, writes, bytes read, bytes written of physical disks. */
  readonly io: readonly number[];
  /** Bytes sent and received, packets sent and received, errors in and out, drops in and out; without loopback. */
  readonly net: readonly number[];
  /** Without those in TIME_WAIT; established or about to be closed. */
  readonly sockets: readonly number[];
}

/** A disk in a report of iostat. */
interface IostatDisk {
  readonly 'disk_device': string;
  readonly 'r/s': number;
  readonly 'w/s': number;
  readonly 'rkB/s': number;
  readonly 'wkB/s': number;
}

/** What was said of the same seconds: one element a second, and one more where levels and counters begin. */
export interface Measurement {
  readonly seconds: number;
  readonly ours: readonly LogRow[];
  readonly psutil: readonly PsutilSample[];
  /** By the column's name, one element a second. */
  readonly vmstat: readonly Readonly<Record<string, number>>[];
  /** Sums over physical disks, one element a second; empty where iostat shows none. */
  readonly iostat: readonly Pick<IostatDisk, 'r/s' | 'w/s' | 'rkB/s' | 'wkB/s'>[];
  readonly hasTraffic: boolean;
  /** Of a cgroup: our columns are shares of them, while the tools show the machine. */
  readonly limits: Limits;
  readonly versions: string;
}

/** Whether the tools are here; otherwise why not. */
export function whyNotHere(): string | false {
  if (process.platform !== 'linux') return 'compares with tools of Linux';
  if (!findPythonWithPsutil()) return 'there is no Python with psutil';
  for (const tool of ['vmstat', 'iostat']) {
    try {
      execFileSync(tool, ['-V'], { stdio: 'pipe' });
    } catch {
      return `${tool} cannot be run`;
    }
  }
  return false;
}

/**
 * Runs the sampler, psutil, vmstat and iostat side by side on a machine under a known load.
 *
 * @returns `undefined` when one of them missed a second
 */
export async function measure(): Promise<Measurement | undefined> {
  const home = new TestHome();
  try {
    const network = new TestNetwork(home);
    const python = findPythonWithPsutil();
    if (!python) throw new Error('there is no Python with psutil');
    const config = home.write('config.yaml', 'logging: { enable_delta_filtering: false }\n');
    const cli = path.join(ROOT, 'dist', 'cli.js');
    const sampler = home.startCommand(
      ...network.at('here', process.execPath, [cli, 'run', '--config', config]),
    );
    await until('the sampler logs', () => logFiles(home.logDirectory).length > 0, 60);
    const script = path.resolve(import.meta.dirname, 'psutil_samples.py');
    const psutil = home.startCommand(...network.at('here', python.command, [script]));
    await until('psutil samples', () => psutil.stdout().includes('\n'), 60);

    const diagnosis = await home.run(['doctor', '--json']);
    const { limits } = JSON.parse(diagnosis.stdout) as { limits: Limits };
    await startLoad(home, network, python.command);
    const start = await nextSecond();
    const count = String(LEAD_SECONDS + WINDOW_SECONDS + 1);
    const vmstat = home.startCommand('vmstat', ['-n', '1', count]);
    const iostat = home.startCommand('iostat', ['-o', 'JSON', '-d', '-x', '-k', '-y', '1', count]);
    const [{ stdout: vmstatText }, { stdout: iostatText }] = await Promise.all([
      vmstat.finished,
      iostat.finished,
    ]);
    const psutilText = psutil.stdout();
    sampler.child.kill('SIGINT');
    await sampler.finished;

    const seconds = Array.from({ length: WINDOW_SECONDS + 1 }, (_, i) => start + LEAD_SECONDS + i);
    const log = readLog(home.logDirectory);
    const ours = seconds.map(second =>
      log.find(row => Math.round(Date.parse(row['timestamp'] ?? '') / 1000) === second),
    );
    const samples = samplesOf(psutilText);
    const theirs = seconds.map(second => samples.find(({ time }) => Math.round(time) === second));
    const isWhole = <T>(list: readonly (T | undefined)[]): list is readonly T[] => !list.includes(undefined);
    if (!isWhole(ours) || !isWhole(theirs)) return undefined;
    return {
      seconds: WINDOW_SECONDS,
      ours,
      psutil: theirs,
      // Their n-th report is of the n-th second after their start; vmstat begins with one of all time since boot.
      vmstat: vmstatRows(vmstatText).slice(1 + LEAD_SECONDS, 1 + LEAD_SECONDS + WINDOW_SECONDS),
      iostat: iostatSums(iostatText).slice(LEAD_SECONDS, LEAD_SECONDS + WINDOW_SECONDS),
      hasTraffic: network.isThere,
      limits,
      versions: [python.version, versionOf('vmstat'), versionOf('iostat')].join('; '),
    };
  } finally {
    await home.end();
  }
}

/** Waits for a whole second, and gives it. */
async function nextSecond(): Promise<number> {
  await new Promise(resolve => setTimeout(resolve, 1000 - (Date.now() % 1000)));
  return Math.round(Date.now() / 1000);
}

/** The last line may be half a line. */
function samplesOf(text: string): PsutilSample[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map(line => JSON.parse(line) as PsutilSample);
}

function vmstatRows(text: string): Record<string, number>[] {
  const [, names = '', ...rows] = text.trimEnd().split('\n');
  const columns = names.trim().split(/\s+/);
  return rows.map(row =>
    Object.fromEntries(
      row
        .trim()
        .split(/\s+/)
        .map((field, i) => [columns[i] ?? '', Number(field)]),
    ),
  );
}

function iostatSums(text: string): Measurement['iostat'] {
  const { sysstat } = JSON.parse(text) as {
    sysstat: { hosts: { statistics: { disk: IostatDisk[] }[] }[] };
  };
  const reports = sysstat.hosts[0]?.statistics ?? [];
  const physical = reports.map(({ disk }) =>
    disk.filter(({ disk_device: name }) => fs.existsSync(`/sys/block/${name}/device`)),
  );
  if (physical.every(disks => disks.length === 0)) return [];
  return physical.map(disks => {
    const sum = (field: 'r/s' | 'w/s' | 'rkB/s' | 'wkB/s'): number =>
      disks.reduce((all, disk) => all + disk[field], 0);
    return { 'r/s': sum('r/s'), 'w/s': sum('w/s'), 'rkB/s': sum('rkB/s'), 'wkB/s': sum('wkB/s') };
  });
}

function versionOf(tool: string): string {
  return execFileSync(tool, ['-V'], { encoding: 'utf8' }).split('\n', 1)[0]?.trim() ?? '';
}
