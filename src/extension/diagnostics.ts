import os from 'node:os';
import type { SamplerClient } from '../client/sampler-client.ts';
import { describeAdapters } from '../client/diagnosis.ts';
import type { WorkloadMessage, WorkloadStatus } from '../common/protocol.ts';
import { VERSION } from '../common/version.ts';
import { CATEGORIES, UNKNOWN } from '../common/workload.ts';
import { confidenceText } from '../common/workload-words.ts';

/** Facts about the window for a bug report. */
export interface DiagnosticsContext {
  readonly vscodeVersion: string;
  readonly machine: string;
  readonly isTrusted: boolean;
  /** Settings that differ from the defaults, by name only: a value may be a path. */
  readonly changedSettings: readonly string[];
  /** Number of settings, keys of the configuration file and profiles that are wrong; the log has them. */
  readonly problems: number;
}

/** A text to paste into a bug report. It names no path, host or user. */
export function diagnosticsText(client: SamplerClient, context: DiagnosticsContext): string {
  const { status, sampler, state, detail } = client;
  const lines = [
    `OptiMetrics ${VERSION}`,
    `VS Code ${context.vscodeVersion}, Node ${process.versions.node}`,
    `System: ${os.type()} ${os.release()} ${process.arch}; watching ${context.machine}`,
    `Workspace trusted: ${context.isTrusted ? 'yes' : 'no'}`,
    `Settings changed: ${context.changedSettings.join(', ') || 'none'}`,
    ...(context.problems > 0 ? [`Wrong settings: ${String(context.problems)} (see the log)`] : []),
    `Sampler: ${state}${detail === '' ? '' : ` (${detail})`}`,
  ];
  if (sampler) {
    const minutes = Math.round((Date.now() - sampler.startedAt) / 60_000);
    lines.push(
      `Sampler version ${sampler.version}, running for ${String(minutes)} min, ${String(status?.clients ?? 0)} clients`,
    );
  }
  if (status) {
    const { log, workload } = status;
    lines.push(
      `Log: ${log.state}${log.why === undefined ? '' : ` (${log.why})`}, ${String(log.rowsWritten)} rows`,
      ...(workload ? [workloadLine(workload, client.workload)] : []),
      ...describeAdapters(status),
    );
  }
  return lines.join('\n') + '\n';
}

/** Only the classes that everybody has are named: a profile may be called after a project. */
function workloadLine(
  { state, why, corrections }: WorkloadStatus,
  message: WorkloadMessage | undefined,
): string {
  const current = message?.current;
  const answer =
    !current || state !== 'on'
      ? ''
      : `, ${isOurs(current.category) ? current.category : 'a profile'} ${confidenceText(current.confidence)}`;
  const profiles = message?.categories.filter(category => !isOurs(category)).length ?? 0;
  return [
    `Workload: ${state}${why === undefined ? '' : ` (${why})`}${answer}`,
    ...(profiles > 0 ? [`profiles that add a class: ${String(profiles)}`] : []),
    `corrections: ${String(corrections)}`,
  ].join(', ');
}

function isOurs(category: string): boolean {
  return category === UNKNOWN || (CATEGORIES as readonly string[]).includes(category);
}
