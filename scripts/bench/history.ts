import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requestRange } from '../../src/client/range.ts';
import { FrameNotification, Subscribe } from '../../src/common/protocol.ts';
import { step } from '../lib/terminal.mjs';
import { type GeneratedLogs, generateLogs } from './history-logs.ts';
import { CpuMeter, readMemory } from './process-usage.ts';
import { SamplerProcess } from './sampler-process.ts';
import { formatTable, type Table } from './table.ts';

const DAYS = 30;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What a dashboard draws over days. */
const COLUMNS = [
  'total_utilization',
  'temperature',
  'gpu0_utilization',
  'gpu0_vram_percent',
  'ram_percent',
  'io_pressure',
  'disk_read_rate_mbps',
  'disk_write_rate_mbps',
  'net_send_rate_mbps',
  'net_recv_rate_mbps',
];
/** How long a sampler settles before its memory is taken as what it needs without history. */
const SETTLE_MS = 2_500;
const POLL_MS = 20;

/** What opening one range costs: the first thing that a sampler is asked for after its start. */
export interface RangeCost {
  readonly name: string;
  readonly spanMs: number;
  readonly source: string;
  readonly points: number;
  /** Until the first piece, and until the answer, which comes after the last. */
  readonly firstMs: number;
  readonly ms: number;
  /** CPU time meanwhile, of ticks and of the process that makes rollups too. */
  readonly cpuMs: number;
  /** Highest memory of the sampler while it answers, above what it had before. */
  readonly extraMib: number;
  /** Highest memory of the process that makes rollups; 0 when none was started. */
  readonly helperMib: number;
  /** How much later than usual the latest tick meanwhile came. */
  readonly latestTickMs: number;
}

/** Cost of history. */
export interface HistoryCosts {
  readonly logs: GeneratedLogs;
  readonly days: number;
  readonly rollupBytes: number;
  /** With no rollups there: they are all made first. */
  readonly anew: RangeCost;
  readonly ranges: readonly RangeCost[];
  readonly byDays: readonly RangeCost[];
}

/** Measures what it costs to open history, in a folder of its own. Takes about two minutes. */
export async function measureHistory(folder: string): Promise<HistoryCosts> {
  const bench = new HistoryBench(folder);
  const logs = await step(`Generating ${DAYS} days of logs`, () =>
    Promise.resolve(generateLogs(bench.logDirectory, DAYS, Date.now())),
  );
  return step('Opening history', async () => {
    const anew = await bench.open('30 days, no rollups there', DAYS * DAY_MS);
    const ranges = [
      await bench.open('10 minutes', HOUR_MS / 6),
      await bench.open('24 hours', DAY_MS),
      await bench.open('30 days', DAYS * DAY_MS),
    ];
    const byDays: RangeCost[] = [];
    for (const days of [1, 2, 4, 8, 16, DAYS]) {
      byDays.push(await bench.open(`${days} ${days === 1 ? 'day' : 'days'}`, days * DAY_MS));
    }
    return { logs, days: DAYS, rollupBytes: bench.rollupBytes, anew, ranges, byDays };
  });
}

class HistoryBench {
  readonly logDirectory: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.logDirectory = path.join(folder, 'data', 'logs');
  }

  get rollupBytes(): number {
    return readdirSync(this.logDirectory)
      .filter(name => name.startsWith('rollup_'))
      .reduce((sum, name) => sum + statSync(path.join(this.logDirectory, name)).size, 0);
  }

  /** Starts a sampler and asks it for the last `spanMs`. */
  async open(name: string, spanMs: number): Promise<RangeCost> {
    rmSync(path.join(this.#folder, 'run'), { recursive: true, force: true });
    const sampler = await SamplerProcess.start(this.#folder);
    const connection = await sampler.connect();
    const ticks: number[] = [];
    connection.rpc.onNotification(FrameNotification, ({ utcMs }) => {
      ticks.push(utcMs);
    });
    await connection.rpc.sendRequest(Subscribe);
    await delay(SETTLE_MS);
    const usual = Math.max(0, ...ticks.map(lateness));
    const before = ticks.length;
    const memory = new PeakMemory(sampler.pid);
    const meter = new CpuMeter(sampler.pid);
    const cpuBefore = meter.read();
    const to = Date.now();
    const start = performance.now();
    let firstMs = Number.NaN;
    let points = 0;
    const { source } = await requestRange(
      connection.rpc,
      { from: to - spanMs, to, columns: COLUMNS },
      ({ times }) => {
        if (points === 0) firstMs = performance.now() - start;
        points += times.length;
      },
    );
    const ms = performance.now() - start;
    const cpuMs = (meter.read() - cpuBefore) / 1e6;
    const { extraMib, helperMib } = memory.end();
    // The tick that was due while it answered.
    await delay(1_200);
    const latest = Math.max(0, ...ticks.slice(before).map(lateness));
    connection.close();
    await sampler.end();
    return {
      name,
      spanMs,
      source,
      points,
      firstMs,
      ms,
      cpuMs,
      extraMib,
      helperMib,
      latestTickMs: Math.max(0, latest - usual),
    };
  }
}

/** How long after its whole second a tick came, in ms. */
function lateness(utcMs: number): number {
  return ((utcMs + 500) % 1000) - 500;
}

/**
 * Highest memory of a process and of its children from now on: what is resident of the process, by the kernel's own mark,
 * see proc_pid_status(5), and the PSS of a child, which shares Node's code with it.
 */
class PeakMemory {
  readonly #pid: number;
  readonly #before: number;
  readonly #timer: NodeJS.Timeout;
  #children = 0;

  constructor(pid: number) {
    this.#pid = pid;
    // Resets the mark to what is in use now, see proc_pid_clear_refs(5).
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    this.#before = residentKib(pid, 'VmRSS');
    this.#timer = setInterval(() => {
      for (const child of childrenOf(pid)) this.#children = Math.max(this.#children, proportionalKib(child));
    }, POLL_MS);
  }

  end(): { extraMib: number; helperMib: number } {
    clearInterval(this.#timer);
    const peak = residentKib(this.#pid, 'VmHWM');
    return { extraMib: (peak - this.#before) / 1024, helperMib: this.#children / 1024 };
  }
}

function residentKib(pid: number, mark: 'VmRSS' | 'VmHWM'): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`^${mark}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}

function proportionalKib(pid: number): number {
  try {
    return readMemory(pid).pssKib;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap(thread => {
    try {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim();
      return text === '' ? [] : text.split(' ').map(Number);
    } catch {
      return [];
    }
  });
}

/** What ranges cost. */
export function rangesTable(title: string, costs: readonly RangeCost[]): Table {
  return {
    head: [
      title,
      'from',
      'points',
      'first ms',
      'all ms',
      'CPU ms',
      'extra MiB',
      'helper MiB',
      'tick late by ms',
    ],
    align: ['left', 'left'],
    rows: costs.map(cost => [
      cost.name,
      cost.source,
      String(cost.points),
      cost.firstMs.toFixed(0),
      cost.ms.toFixed(0),
      cost.cpuMs.toFixed(0),
      cost.extraMib.toFixed(1),
      cost.helperMib.toFixed(1),
      cost.latestTickMs.toFixed(0),
    ]),
  };
}

/** The tables of history: ranges with rollups and without, and the same against the number of days. */
export function historyTables({ ranges, anew, byDays }: HistoryCosts): Table[] {
  return [rangesTable('opening the last', [...ranges, anew]), rangesTable('against days', byDays)];
}

/** The part of the report on history. */
export function historyText(costs: HistoryCosts): string {
  const { logs, days, rollupBytes } = costs;
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return [
    '== History ==',
    '',
    ...historyTables(costs).flatMap(table => [formatTable(table), '']),
    'aim: 10 minutes within 100 ms, 24 hours within 300 ms, 30 days within 1 s, and less than 60 MiB of extra memory',
    '',
    `· ${days} days of a row a second, none left out: ${logs.rows} rows, ${mb(logs.bytes)} MB, on the disk ${mb(logs.bytesOnDisk)} MB and ${mb(rollupBytes)} MB of rollups.`,
    `· ${COLUMNS.length} columns, each asked of a sampler that has just started and has read nothing of the log. The files are in the page cache.`,
    '· CPU time has that of the ticks meanwhile in it, and that of the helper.',
    '· Extra memory is the highest that was resident above what was before; the helper, in PSS, is the process that makes rollups.',
  ].join('\n');
}
