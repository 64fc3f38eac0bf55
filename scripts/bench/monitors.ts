import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { end, start } from '../lib/children.mjs';
import { collectErrors, plainEnvironment } from './child.ts';
import type { Peer, Peers } from './peers.ts';
import { findProgram } from '../lib/system-packages.mjs';

/** How long a monitor may take until it runs. */
const START_MS = 10_000;
const SECOND_MS = 1000;

/** A monitor as Debian packages it. */
interface Monitor {
  readonly name: string;
  readonly debian: string;
  readonly program: string;
  /** How it is run, for the reader of the figures. */
  readonly how: string;
  start(program: string, folder: string): Promise<Peer>;
}

/** The collectors of node_exporter for what we collect. */
const LEAN_COLLECTORS = [
  'cpu',
  'cpufreq',
  'diskstats',
  'filesystem',
  'hwmon',
  'loadavg',
  'meminfo',
  'netdev',
  'netstat',
  'pressure',
  'sockstat',
  'stat',
];
const LEAN_FLAGS = [
  '--collector.disable-defaults',
  '--web.disable-exporter-metrics',
  ...LEAN_COLLECTORS.map(name => `--collector.${name}`),
];

/**
 * Programs that watch a machine once a second, each with the settings nearest to what we collect. Node's own timers drive
 * the scraping of node_exporter; what that costs is not in its figure.
 */
const MONITORS: readonly Monitor[] = [
  {
    name: 'btop',
    debian: 'btop',
    program: 'btop',
    how: 'on a terminal of 160×48 characters, updated every second, its list of processes included',
    start: startBtop,
  },
  {
    name: 'node_exporter',
    debian: 'prometheus-node-exporter',
    program: 'prometheus-node-exporter',
    how: 'as Debian sets it up, asked for all its metrics every second',
    start: program => startNodeExporter('node_exporter', program, []),
  },
  {
    name: 'node_exporter, lean',
    debian: 'prometheus-node-exporter',
    program: 'prometheus-node-exporter',
    how: `with its collectors for what we collect alone: ${LEAN_COLLECTORS.join(', ')}`,
    start: program => startNodeExporter('node_exporter, lean', program, LEAN_FLAGS),
  },
  {
    name: 'collectd',
    debian: 'collectd-core',
    program: 'collectd',
    how: 'cpu, cpufreq, contextswitch, irq, load, memory, swap, df, disk, interface and tcpconns every second, to CSV',
    start: startCollectd,
  },
  {
    name: 'glances',
    debian: 'glances',
    program: 'glances',
    how: 'without its screen, to CSV, every second',
    start: startGlances,
  },
];

/** Names in the order in which they are shown. */
export const MONITOR_NAMES = MONITORS.map(({ name }) => name);

/** Starts the monitors that are installed. */
export async function startMonitors(folder: string): Promise<Peers> {
  const running: Peer[] = [];
  const notes: string[] = [];
  const missing = new Set<string>();
  for (const monitor of MONITORS) {
    const program = findProgram(monitor.program);
    if (program === undefined) {
      missing.add(monitor.debian);
      continue;
    }
    const own = path.join(folder, monitor.name.replaceAll(/\W+/g, '-'));
    mkdirSync(own);
    try {
      running.push(await monitor.start(program, own));
      notes.push(`${monitor.name}: ${monitor.how}.`);
    } catch (error) {
      notes.push(`Without ${monitor.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (missing.size > 0)
    notes.push(`Not installed here; to compare with them: apt-get install ${[...missing].join(' ')}`);
  return { running, notes };
}

async function startBtop(program: string, folder: string): Promise<Peer> {
  const config = path.join(folder, 'btop');
  mkdirSync(config);
  writeFileSync(path.join(config, 'btop.conf'), 'update_ms = 1000\n');
  // It draws only on a terminal, and `script` makes one.
  const command = `stty cols 160 rows 48; exec ${program} --utf-force`;
  const child = start('script', ['-qefc', command, '/dev/null'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...plainEnvironment(), XDG_CONFIG_HOME: folder, TERM: 'xterm-256color', SHELL: '/bin/sh' },
  });
  const errors = collectErrors(child);
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    await delay(100);
    const pid = childrenOf(child.pid ?? 0).find(one => nameOf(one) === 'btop');
    if (pid !== undefined) return { name: 'btop', pid, end: () => end(child) };
  }
  await end(child);
  throw new Error(`it does not start: ${errors()}`);
}

async function startNodeExporter(name: string, program: string, flags: readonly string[]): Promise<Peer> {
  const port = await freePort();
  const child = start(program, [`--web.listen-address=127.0.0.1:${port}`, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: plainEnvironment(),
  });
  const errors = collectErrors(child);
  const scrape = async (): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    await response.arrayBuffer();
  };
  const deadline = performance.now() + START_MS;
  for (;;) {
    try {
      await scrape();
      break;
    } catch {
      if (performance.now() > deadline || child.exitCode !== null) {
        await end(child);
        throw new Error(`it does not answer: ${errors()}`);
      }
      await delay(100);
    }
  }
  const timer = setInterval(() => {
    scrape().catch(() => undefined); // that it has ended shows in the figures
  }, SECOND_MS);
  return {
    name,
    pid: child.pid ?? 0,
    end: async () => {
      clearInterval(timer);
      await end(child);
    },
  };
}

async function startCollectd(program: string, folder: string): Promise<Peer> {
  const plugins = [
    'cpu',
    'cpufreq',
    'contextswitch',
    'irq',
    'load',
    'memory',
    'swap',
    'df',
    'disk',
    'interface',
    'tcpconns',
  ];
  const file = path.join(folder, 'collectd.conf');
  writeFileSync(
    file,
    [
      'Hostname "bench"',
      'Interval 1',
      `BaseDir "${folder}"`,
      `PIDFile "${path.join(folder, 'pid')}"`,
      ...[...plugins, 'csv'].map(plugin => `LoadPlugin ${plugin}`),
      `<Plugin csv>\n  DataDir "${path.join(folder, 'csv')}"\n</Plugin>`,
      '',
    ].join('\n'),
  );
  return startPlain('collectd', program, ['-f', '-C', file]);
}

function startGlances(program: string, folder: string): Promise<Peer> {
  const file = path.join(folder, 'glances.csv');
  const args = [
    '--quiet',
    '--time',
    '1',
    '--export',
    'csv',
    '--export-csv-file',
    file,
    '--disable-check-update',
  ];
  return startPlain('glances', program, args);
}

/** Starts a program that has to be running still after a second. */
async function startPlain(name: string, program: string, args: readonly string[]): Promise<Peer> {
  const child = start(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: plainEnvironment() });
  const errors = collectErrors(child);
  await delay(SECOND_MS);
  if (child.exitCode !== null) throw new Error(`it ended at once: ${errors()}`);
  return { name, pid: child.pid ?? 0, end: () => end(child) };
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').map(Number);
  } catch {
    return []; // not started yet
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  } catch {
    return '';
  }
}
