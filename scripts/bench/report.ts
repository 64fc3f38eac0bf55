import type { Results } from './all.ts';
import type { BundleSize } from './bundles.ts';
import type { LogCosts } from './log-sizes.ts';
import type { Machine } from './machine.ts';
import { MONITOR_NAMES } from './monitors.ts';
import { PSUTIL, PSUTIL_LEAN, SYSTEMINFORMATION } from './peers.ts';
import type { StartupTimes } from './startup.ts';
import type { ActivationTimes } from './activation.ts';
import type { Summary } from './statistics.ts';
import { formatTable } from './table.ts';
import type { TickCosts, TickPart } from './tick-costs.ts';
import type { Ratio, WholeProcessUse } from './whole-process.ts';

/** What the project aims at; printed beside what was measured, never enforced. */
const AIM_CPU = `aim: at most 1/10 of ${PSUTIL}’s CPU, with a GPU, and less than any other monitor’s`;
const AIM_PSS = 'aim: less than 40 MiB of PSS';
const AIM_MEMORY = 'aim: less than 10 MiB of private memory';

const AIM_LOG = 'aim: at most 0.15 MB/h idle and 0.8 MB/h at light work, and a sixth of it once compressed';

/** The results as text for a terminal. */
export function reportText(results: Results): string {
  const { machine, tick, processes, startup, activation, bundles, log, notes } = results;
  const parts = [
    machineText(machine),
    ...(tick ? [tickText(tick)] : []),
    ...(processes ? [processesText(processes)] : []),
    ...(startup ? [startupText(startup)] : []),
    ...(activation ? [activationText(activation)] : []),
    ...(bundles ? [bundlesText(bundles)] : []),
    logText(log),
    notes.join('\n'),
  ];
  return parts.filter(part => part !== '').join('\n\n');
}

function machineText(machine: Machine): string {
  const { cpu, cores, memoryGib, system, isVirtual, node, processes, version, date, load } = machine;
  return [
    `OptiMetrics ${version}, ${date} UTC`,
    `${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}${isVirtual ? ', virtual machine' : ''}, Node ${node}`,
    `Load before the start: ${load.toFixed(2)}, ${processes} processes`,
  ].join('\n');
}

function tickText({ parts, total, columns, notes }: TickCosts): string {
  const row = (name: string, { backToBack, onceASecond }: Pick<TickPart, 'backToBack' | 'onceASecond'>) => [
    name,
    ...[backToBack.median, backToBack.p99, onceASecond.median, onceASecond.p99].map(us => us.toFixed(1)),
  ];
  const table = formatTable({
    head: ['part of a tick, µs', 'back to back: median', 'p99', 'once a second: median', 'p99'],
    rows: [...parts.map(part => row(part.name, part)), row('all parts', total)],
    align: ['left'],
  });
  const found = parts.filter(part => part.found !== '').map(part => `${part.name}: ${part.found}`);
  return section('CPU time of a tick', table, [
    `${columns} columns; ${total.backToBack.count} ticks back to back, ${total.onceASecond.count} once a second. ` +
      'Measured on the thread that samples; being interrupted shows in p99.',
    'marks: all marks of a tick. log row: formatted and written. message: to one client, until it is sent.',
    ...notes,
    `Found here: ${found.join('; ')}.`,
  ]);
}

function processesText({ seconds, processes, ratios, notes }: WholeProcessUse): string {
  const table = formatTable({
    head: [
      'process, one sample a second',
      'CPU %',
      'µs in the median second',
      'RSS MiB',
      'PSS MiB',
      'private MiB',
    ],
    rows: processes.map(one => [
      one.name,
      one.cpuPercent.toFixed(3),
      one.medianSecondUs.toFixed(0),
      one.rssMib.toFixed(1),
      one.pssMib.toFixed(1),
      one.privateMib.toFixed(1),
    ]),
  });
  return section(
    'Whole processes',
    [table, '', ratiosTable(ratios), '', AIM_CPU, AIM_PSS, AIM_MEMORY].join('\n'),
    [
      `Side by side on this machine for ${seconds} s, after 12 s to settle; all threads and children, measured from outside. CPU in % of one core.`,
      ...notes,
    ],
  );
}

function ratiosTable(ratios: readonly Ratio[]): string {
  return formatTable({
    head: ['ours / theirs', '', 'CPU', 'private'],
    align: ['left', 'left'],
    rows: [PSUTIL, PSUTIL_LEAN, SYSTEMINFORMATION, ...MONITOR_NAMES].flatMap(name =>
      ratios
        .filter(({ theirs }) => theirs === name)
        .map(({ ours, theirs, cpu, privateMemory }) => [
          ours,
          theirs,
          cpu.toFixed(3),
          privateMemory.toFixed(2),
        ]),
    ),
  });
}

function startupText({ listening, firstReading, firstSample }: StartupTimes): string {
  const table = timesTable('start of the sampler, ms', [
    ['until it listens', listening],
    ['until it has read all hardware once', firstReading],
    ['until a client has the first sample', firstSample],
  ]);
  return section('Start', table, [
    `${listening.count} starts of the built sampler, each in a fresh process, on a machine that it knows from an earlier run.`,
    'The first sample is taken on a whole second, so the last line holds a wait of 0.2 to 1.2 s.',
  ]);
}

function activationText({ load, activate, total }: ActivationTimes): string {
  const table = timesTable('activation of the extension, ms', [
    ['loading dist/extension.js', load],
    ['activate()', activate],
    ['both', total],
  ]);
  return section('Extension', table, [
    `${total.count} fresh Node processes with a stand-in for the module “vscode” that does nothing: the extension’s own code, not what VS Code does for it.`,
  ]);
}

function timesTable(title: string, rows: readonly (readonly [string, Summary])[]): string {
  return formatTable({
    head: [title, 'median', 'least', 'most'],
    rows: rows.map(([name, { median, least, most }]) => [
      name,
      ...[median, least, most].map(ms => ms.toFixed(1)),
    ]),
  });
}

function bundlesText(bundles: readonly BundleSize[]): string {
  const kib = (bytes: number): string => (bytes / 1024).toFixed(1);
  const table = formatTable({
    head: ['file in dist/', 'KiB', 'gzip KiB', 'of which'],
    align: ['left', 'right', 'right', 'left'],
    rows: bundles.map(({ file, raw, gzip, origins }) => [
      file,
      kib(raw),
      kib(gzip),
      origins
        .slice(0, 4)
        .map(({ name, bytes }) => `${name} ${kib(bytes)}`)
        .join(', '),
    ]),
  });
  return section('Sizes', table, []);
}

function logText({ traces, costs }: LogCosts): string {
  const sizes = formatTable({
    head: [
      'recording, one sample a second',
      'mean CPU %',
      'log',
      'rows of samples',
      'MB/h',
      'MB/h, gzip',
      'gzip',
    ],
    align: ['left', 'right', 'left'],
    rows: traces.flatMap(({ trace, samples, meanCpu, sizes: ways }) =>
      ways.map(({ way, rowShare, mbPerHour, gzMbPerHour }) => [
        `${trace}, ${samples} s`,
        meanCpu.toFixed(0),
        way,
        rowShare.toFixed(3),
        mbPerHour.toFixed(3),
        gzMbPerHour.toFixed(3),
        `1/${(mbPerHour / gzMbPerHour).toFixed(1)}`,
      ]),
    ),
  });
  const times = formatTable({
    head: ['µs on the thread that samples', 'median', 'p99'],
    rows: costs.map(({ what, time }) => [what, time.median.toFixed(1), time.p99.toFixed(1)]),
  });
  return section('Log', [sizes, '', AIM_LOG, '', times].join('\n'), [
    'The recordings of test/fixtures/traces, written by the real writer. MB are 10^6 bytes; a short recording compresses less than a day.',
    '“The original” is its format and its filter, rewritten after its source, with the columns that the recordings have. With all of its columns it was measured to write 2.23 MB/h on a 2-core machine.',
  ]);
}

function section(title: string, body: string, notes: readonly string[]): string {
  const lines = [`== ${title} ==`, '', body];
  if (notes.length > 0) lines.push('', ...notes.map(note => `· ${note}`));
  return lines.join('\n');
}
