import fs from 'node:fs';
import path from 'node:path';
import { connect } from '../client/connection.ts';
import { describeAdapters } from '../client/diagnosis.ts';
import { describeFault } from '../common/faults.ts';
import type { Absence } from '../common/frame.ts';
import { cpuLimitText, type LimitText, memoryLimitText } from '../common/limits.ts';
import { type Limits, type SamplerStatus, Subscribe } from '../common/protocol.ts';
import type { Readings } from '../common/readings.ts';
import { VERSION } from '../common/version.ts';
import { runtimePaths } from '../runtime/runtime-paths.ts';

/** What `optimetrics doctor --json` prints. */
export interface Diagnosis {
  readonly version: string;
  readonly platform: string;
  readonly hardware_id: string;
  readonly container: boolean;
  /** What may be used of the machine, where that is less than all: CPU utilization and memory are shares of it. */
  readonly limits: Limits;
  readonly adapters: SamplerStatus['adapters'];
  /** Columns without a value, and why. */
  readonly unavailable: Readonly<Record<string, Absence>>;
  readonly log_directory: {
    readonly state: 'ok' | 'failed';
    readonly detail: string;
    readonly remedy?: string;
  };
  /** The shared sampler; `null` when none runs. */
  readonly running_sampler: {
    readonly pid: number;
    readonly version: string;
    readonly status: SamplerStatus;
  } | null;
}

/** Puts together what a private sampler found and how the shared one and the log folder are doing. */
export async function diagnose(
  readings: Readings,
  status: SamplerStatus,
  places: { readonly logDirectory: string; readonly runtimeDirectory: string },
): Promise<Diagnosis> {
  const unavailable: Record<string, Absence> = {};
  for (const [column, value] of readings.entries())
    if (typeof value === 'string') unavailable[column] = value;
  return {
    version: VERSION,
    platform: `${process.platform}-${process.arch}`,
    hardware_id: status.hardwareId,
    container: status.container,
    limits: status.limits ?? {},
    adapters: status.adapters,
    unavailable,
    log_directory: checkLogDirectory(places.logDirectory),
    running_sampler: await askRunningSampler(places.runtimeDirectory),
  };
}

/** The diagnosis as lines for people. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { adapters, unavailable, log_directory: log, running_sampler: running } = diagnosis;
  const lines = [
    `optimetrics ${diagnosis.version} on ${diagnosis.platform}${diagnosis.container ? ', in a container' : ''}`,
    `hardware id ${diagnosis.hardware_id}`,
    ...limitLines(diagnosis.limits),
    '',
    ...describeAdapters({ adapters } as SamplerStatus),
    '',
    `log folder  ${log.state}: ${log.detail}`,
    ...(log.remedy === undefined ? [] : [`            → ${log.remedy}`]),
    running === null
      ? 'sampler     none runs now'
      : `sampler     process ${String(running.pid)}, version ${running.version}, log ${running.status.log.state}`,
    ...(running === null ? [] : troubles(running.status)),
  ];
  const columns = Object.entries(unavailable);
  if (columns.length > 0) {
    lines.push('', 'without a value here:');
    for (const reason of new Set(Object.values(unavailable))) {
      lines.push(
        `  ${reason}: ${columns
          .filter(([, why]) => why === reason)
          .map(([name]) => name)
          .join(', ')}`,
      );
    }
  }
  return lines.join('\n') + '\n';
}

function limitLines({ cpu, memory }: Limits): string[] {
  const parts: string[] = [];
  const add = (what: string, { limit, machine }: LimitText): void => {
    parts.push(`${what} ${limit} (machine: ${machine})`);
  };
  if (cpu) add('CPU', cpuLimitText(cpu));
  if (memory) add('memory', memoryLimitText(memory));
  return parts.length === 0 ? [] : [`limits      ${parts.join(', ')}`];
}

function troubles(status: SamplerStatus): string[] {
  const adapters = status.adapters.filter(
    ({ state }) => state === 'quarantined' || state === 'left-out' || state === 'failed',
  );
  return adapters.length === 0
    ? []
    : describeAdapters({ ...status, adapters }).map(line => `            ${line}`);
}

function checkLogDirectory(directory: string): Diagnosis['log_directory'] {
  // The folder itself may not be there yet; then the nearest one above it must let us make it.
  let nearest = directory;
  while (!fs.existsSync(nearest) && path.dirname(nearest) !== nearest) nearest = path.dirname(nearest);
  try {
    fs.accessSync(nearest, fs.constants.W_OK | fs.constants.X_OK);
    const { bavail, bsize } = fs.statfsSync(nearest);
    return { state: 'ok', detail: `can be written, ${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free` };
  } catch (error) {
    return {
      state: 'failed',
      detail: describeFault(error),
      remedy:
        'give this user the right to write there, or name another folder with logging.log_directory or --log-dir',
    };
  }
}

async function askRunningSampler(runtimeDirectory: string): Promise<Diagnosis['running_sampler']> {
  try {
    const connection = await connect(runtimePaths(runtimeDirectory), 'terminal', 2_000);
    try {
      const { status } = await connection.rpc.sendRequest(Subscribe);
      return { pid: connection.hello.pid, version: connection.hello.version, status };
    } finally {
      connection.close();
    }
  } catch {
    // None runs, or it does not answer; a window or “optimetrics run” deals with that.
    return null;
  }
}
