import type { Results } from './all.ts';
import type { BundleSize } from './bundles.ts';
import { type ClassifierCost, UPDATE_LIMIT_MS } from './classifier.ts';
import { dashboardText } from './dashboard-tables.ts';
import { encryptionText } from './encryption.ts';
import { historyText } from './history.ts';
import { HOST_TICK_AIM_US, type HostTickCosts, hostTickTable } from './host-tick.ts';
import type { LogCosts } from './log-sizes.ts';
import type { Machine } from './machine.ts';
import { PSUTIL } from './peers.ts';
import { type ScaleCosts, TICK_LIMIT_MS } from './scale.ts';
import type { StartupTimes } from './startup.ts';
import type { ActivationTimes } from './activation.ts';
import { formatTable } from './table.ts';
import {
  activationTable,
  bundlesTable,
  classifierTable,
  linesTable,
  logCostsTable,
  logSizesTable,
  processesTable,
  ratiosTable,
  scaleTable,
  startupTable,
  tickTable,
  weekTable,
  widestTable,
} from './tables.ts';
import type { TickCosts } from './tick-costs.ts';
import type { WeekMemory } from './week.ts';
import { sendingText } from './sending.ts';
import { wireText } from './wire.ts';
import type { WholeProcessUse } from './whole-process.ts';

/** What the project aims at; printed beside what was measured, never enforced. */
const AIM_CPU = `aim: at most 1/10 of ${PSUTIL}’s CPU, with a GPU, and less than any other monitor’s`;
const AIM_PSS = 'aim: less than 40 MiB of PSS';
const AIM_MEMORY = 'aim: less than 10 MiB of private memory';
const AIM_LOG = 'aim: at most 0.15 MB/h idle and 0.8 MB/h at light work, and a sixth of it once compressed';
const AIM_UPDATE = `aim: less than ${UPDATE_LIMIT_MS} ms of CPU time an update`;
const AIM_TICK = `aim: less than ${TICK_LIMIT_MS} ms of CPU time a tick`;

/** The results as text for a terminal. */
export function reportText(results: Results): string {
  const {
    machine,
    tick,
    hostTick,
    processes,
    startup,
    activation,
    bundles,
    scale,
    classifier,
    week,
    log,
    history,
    dashboard,
    encryption,
    wire,
    sending,
    notes,
  } = results;
  const parts = [
    machineText(machine),
    ...(tick ? [tickText(tick)] : []),
    ...(hostTick ? [hostTickText(hostTick)] : []),
    ...(processes ? [processesText(processes)] : []),
    ...(scale ? [scaleText(scale)] : []),
    ...(classifier ? [classifierText(classifier)] : []),
    ...(week ? [weekText(week)] : []),
    ...(log ? [logText(log)] : []),
    ...(history ? [historyText(history)] : []),
    ...(dashboard ? [dashboardText(dashboard)] : []),
    ...(encryption ? [encryptionText(encryption)] : []),
    ...(wire ? [wireText(wire)] : []),
    ...(sending ? [sendingText(sending)] : []),
    ...(startup ? [startupText(startup)] : []),
    ...(activation ? [activationText(activation)] : []),
    ...(bundles ? [bundlesText(bundles)] : []),
    notes.join('\n'),
  ];
  return parts.filter(part => part !== '').join('\n\n');
}

/** What the figures were measured on, in three lines. */
export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGib, system, isVirtual, node, processes, version, date, load } = machine;
  return [
    `OptiMetrics ${version}, ${date} UTC`,
    `${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}${isVirtual ? ', virtual machine' : ''}, Node ${node}`,
    `Load before the start: ${load.toFixed(2)}, ${processes} processes`,
  ].join('\n');
}

function tickText(costs: TickCosts): string {
  const { parts, total, columns, notes } = costs;
  const found = parts.filter(part => part.found !== '').map(part => `${part.name}: ${part.found}`);
  return section('CPU time of a tick', formatTable(tickTable(costs)), [
    `${columns} columns; ${total.backToBack.count} ticks back to back, ${total.onceASecond.count} once a second. ` +
      'Measured on the thread that samples; being interrupted shows in p99.',
    'marks: all marks of a tick. log row: formatted and written. message: to one client, until it is sent.',
    ...notes,
    `Found here: ${found.join('; ')}.`,
  ]);
}

function hostTickText(costs: HostTickCosts): string {
  const aim = `aim: less than ${HOST_TICK_AIM_US} µs`;
  return section('Extension host', [formatTable(hostTickTable(costs)), aim].join('\n\n'), [
    'The built extension in Node processes of its own, with the real sampler and a stand-in for the module “vscode”: all threads, measured from outside. What VS Code does with a text that has changed is not here.',
    ...costs.notes,
  ]);
}

function processesText(use: WholeProcessUse): string {
  const tables = [formatTable(processesTable(use)), '', formatTable(ratiosTable(use))];
  return section('Whole processes', [...tables, '', AIM_CPU, AIM_PSS, AIM_MEMORY].join('\n'), [
    `Side by side on this machine for ${use.seconds} s, after 12 s to settle; all threads and children, measured from outside. CPU in % of one core.`,
    ...use.notes,
  ]);
}

function scaleText(costs: ScaleCosts): string {
  const tables = [scaleTable(costs), linesTable(costs), widestTable(costs.widest)].map(formatTable);
  return section('Scale', [...tables, AIM_TICK].join('\n\n'), [
    'CPU time of a tick, of all threads: adapters, marks, history, log row and message to one client; on made-up trees of files, each in a process of its own, started as on a machine so wide.',
    'What is not varied: 2 cores, 1 disk, 1 interface, no GPU. The last table: 512 cores, 64 disks, 200 interfaces, 8 GPUs of NVIDIA, 4 of AMD and 4 of Intel.',
    'What the kernel and the drivers of such a machine take to make the files up is not here.',
    ...costs.notes,
  ]);
}

function classifierText(costs: readonly ClassifierCost[]): string {
  return section('Workload class', [formatTable(classifierTable(costs)), AIM_UPDATE].join('\n\n'), [
    `${costs[0]?.backToBack.update.count ?? 0} updates back to back, ${costs[0]?.onceASecond.update.count ?? 0} once a second, on made-up machines that are busy, with another load every few minutes. CPU time of all threads.`,
    'Beside the mean of a tick on the same machine: adapters, marks, history and log row, without a client.',
  ]);
}

function weekText(week: WeekMemory): string {
  const { ticks, rows, tickUs } = week;
  return section('Memory over a simulated week', formatTable(weekTable(week)), [
    `${ticks} ticks at full speed on this machine’s hardware, with log and one client and a clock that jumps; ${rows} rows in the log; ${tickUs.toFixed(0)} µs of CPU time a tick.`,
    'After a collection of garbage each. Growth: the slope of a line through all looks but the first.',
  ]);
}

function logText(costs: LogCosts): string {
  const tables = [formatTable(logSizesTable(costs)), AIM_LOG, formatTable(logCostsTable(costs))];
  return section('Log', tables.join('\n\n'), [
    'The recordings of test/fixtures/logs, written by the real writer. MB are 10^6 bytes; a short recording compresses less than a day.',
    '“The original” is its format and its filter, rewritten after its source, with the columns that the recordings have. With all of its columns it was measured to write 2.23 MB/h on a 2-core machine.',
  ]);
}

function startupText(times: StartupTimes): string {
  return section('Start', formatTable(startupTable(times)), [
    `${times.listening.count} starts of the built sampler, each in a fresh process, on a machine that it knows from an earlier run.`,
    'The first sample is taken on a whole second, so the last line holds a wait of 0.2 to 1.2 s.',
  ]);
}

function activationText(times: ActivationTimes): string {
  return section('Extension', formatTable(activationTable(times)), [
    `${times.total.count} fresh Node processes with a stand-in for the module “vscode” that does nothing: the extension’s own code, not what VS Code does for it.`,
  ]);
}

function bundlesText(bundles: readonly BundleSize[]): string {
  return section('Sizes', formatTable(bundlesTable(bundles)), []);
}

function section(title: string, body: string, notes: readonly string[]): string {
  const lines = [`== ${title} ==`, '', body];
  if (notes.length > 0) lines.push('', ...notes.map(note => `· ${note}`));
  return lines.join('\n');
}
