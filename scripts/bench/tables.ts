import type { ActivationTimes } from './activation.ts';
import type { BundleSize } from './bundles.ts';
import type { ClassifierCost, UpdateTimes } from './classifier.ts';
import type { LogCosts } from './log-sizes.ts';
import { MONITOR_NAMES } from './monitors.ts';
import { PSUTIL, PSUTIL_LEAN, SYSTEMINFORMATION } from './peers.ts';
import type { ScaleCosts, WidestMachine } from './scale.ts';
import type { StartupTimes } from './startup.ts';
import type { Summary } from './statistics.ts';
import type { Table } from './table.ts';
import type { TickCosts, TickPart } from './tick-costs.ts';
import type { MemorySample, WeekMemory } from './week.ts';
import type { WholeProcessUse } from './whole-process.ts';

/** CPU time of the parts of a tick. */
export function tickTable({ parts, total }: TickCosts): Table {
  const row = (name: string, { backToBack, onceASecond }: Pick<TickPart, 'backToBack' | 'onceASecond'>) => [
    name,
    ...[backToBack.median, backToBack.p99, onceASecond.median, onceASecond.p99].map(us => us.toFixed(1)),
  ];
  return {
    head: ['part of a tick, µs', 'back to back: median', 'p99', 'once a second: median', 'p99'],
    rows: [...parts.map(part => row(part.name, part)), row('all parts', total)],
  };
}

/** What whole processes use. */
export function processesTable({ processes }: WholeProcessUse): Table {
  return {
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
  };
}

/** Ours divided by theirs. */
export function ratiosTable({ ratios }: WholeProcessUse): Table {
  return {
    head: ['ours / theirs', '', 'CPU', 'private memory'],
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
  };
}

/** How long the sampler takes to come up. */
export function startupTable({ listening, firstReading, firstSample }: StartupTimes): Table {
  return timesTable('start of the sampler, ms', [
    ['until it listens', listening],
    ['until it has read all hardware once', firstReading],
    ['until a client has the first sample', firstSample],
  ]);
}

/** How long the extension takes to come up. */
export function activationTable({ load, activate, total }: ActivationTimes): Table {
  return timesTable('activation of the extension, ms', [
    ['loading dist/extension.js', load],
    ['activate()', activate],
    ['both', total],
  ]);
}

function timesTable(title: string, rows: readonly (readonly [string, Summary])[]): Table {
  return {
    head: [title, 'median', 'least', 'most'],
    rows: rows.map(([name, { median, least, most }]) => [
      name,
      ...[median, least, most].map(ms => ms.toFixed(1)),
    ]),
  };
}

/** Sizes of the built files. */
export function bundlesTable(bundles: readonly BundleSize[]): Table {
  const kib = (bytes: number): string => (bytes / 1024).toFixed(1);
  return {
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
  };
}

/** CPU time of a tick by the width of the machine. */
export function scaleTable({ series }: ScaleCosts): Table {
  return {
    head: ['number of', '', 'columns', 'median µs', 'p99 µs', 'µs each'],
    align: ['left'],
    rows: series.flatMap(({ name, points }) =>
      points.map(({ count, columns, tick }) => [
        name,
        String(count),
        String(columns),
        tick.median.toFixed(0),
        tick.p99.toFixed(0),
        count > 0 ? (tick.median / count).toFixed(1) : '',
      ]),
    ),
  };
}

/** The lines fitted to the medians. */
export function linesTable({ series }: ScaleCosts): Table {
  return {
    head: ['number of', 'µs for each more', 'µs for none', 'R²'],
    rows: series.map(({ name, line: { slope, intercept, rSquared } }) => [
      name,
      slope.toFixed(2),
      intercept.toFixed(0),
      rSquared.toFixed(3),
    ]),
  };
}

/** Ticks of the machine with the most of everything. */
export function widestTable(widest: readonly WidestMachine[]): Table {
  return {
    head: [
      'columns for each core',
      'columns',
      'back to back, ms: median',
      'p99',
      'once a second, ms: median',
      'p99',
    ],
    rows: widest.map(({ perCoreColumns, columns, backToBack, onceASecond }) => [
      perCoreColumns ? 'yes' : 'no',
      String(columns),
      ...[backToBack.median, backToBack.p99, onceASecond.median, onceASecond.p99].map(us =>
        (us / 1000).toFixed(2),
      ),
    ]),
  };
}

/** What an update of the workload class costs, and as a part of a tick. */
export function classifierTable(costs: readonly ClassifierCost[]): Table {
  const cells = ({ updateMean, update, tickMean }: UpdateTimes): string[] => [
    updateMean.toFixed(1),
    update.p99.toFixed(0),
    (updateMean / tickMean).toFixed(2),
  ];
  return {
    head: [
      'an update of the class, µs',
      'columns',
      'back to back: mean',
      'p99',
      'mean / tick',
      'once a second: mean',
      'p99',
      'mean / tick',
    ],
    rows: costs.map(({ layout, columns, backToBack, onceASecond }) => [
      layout,
      String(columns),
      ...cells(backToBack),
      ...cells(onceASecond),
    ]),
  };
}

/** Memory over a simulated week. */
export function weekTable({ samples, growth }: WeekMemory): Table {
  const row = ({ tick, rssMib, heapUsedMib, externalMib, descriptors }: MemorySample): string[] => [
    String(tick),
    rssMib.toFixed(2),
    heapUsedMib.toFixed(3),
    externalMib.toFixed(3),
    String(descriptors),
  ];
  const { rss, heapUsed, external } = growth;
  return {
    head: ['ticks', 'RSS MiB', 'heap used MiB', 'external MiB', 'open files'],
    align: ['right'],
    rows: [...samples.map(row), ['KiB a day', ...[rss, heapUsed, external].map(kib => kib.toFixed(1)), '']],
  };
}

/** What the recordings take as logs, written in several ways. */
export function logSizesTable({ traces }: LogCosts): Table {
  return {
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
    rows: traces.flatMap(({ trace, samples, meanCpu, sizes }) =>
      sizes.map(({ way, rowShare, mbPerHour, gzMbPerHour }) => [
        `${trace}, ${samples} s`,
        meanCpu.toFixed(0),
        way,
        rowShare.toFixed(3),
        mbPerHour.toFixed(3),
        gzMbPerHour.toFixed(3),
        `1/${(mbPerHour / gzMbPerHour).toFixed(1)}`,
      ]),
    ),
  };
}

/** What writing a row costs. */
export function logCostsTable({ costs }: LogCosts): Table {
  return {
    head: ['µs on the thread that samples', 'median', 'p99'],
    rows: costs.map(({ what, time }) => [what, time.median.toFixed(1), time.p99.toFixed(1)]),
  };
}
