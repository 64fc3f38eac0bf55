import os from 'node:os';
import type { SamplerClient } from '../client/sampler-client.ts';
import { describeAdapters } from '../client/diagnosis.ts';
import { VERSION } from '../common/version.ts';

/** Facts about the window for a bug report. */
export interface DiagnosticsContext {
  readonly vscodeVersion: string;
  readonly machine: string;
  readonly isTrusted: boolean;
  /** Settings that differ from the defaults, by name only: a value may be a path. */
  readonly changedSettings: readonly string[];
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
    `Sampler: ${state}${detail === '' ? '' : ` (${detail})`}`,
  ];
  if (sampler) {
    const minutes = Math.round((Date.now() - sampler.startedAt) / 60_000);
    lines.push(
      `Sampler version ${sampler.version}, running for ${String(minutes)} min, ${String(status?.clients ?? 0)} clients`,
    );
  }
  if (status) {
    const { log } = status;
    lines.push(
      `Log: ${log.state}${log.why === undefined ? '' : ` (${log.why})`}, ${String(log.rowsWritten)} rows`,
      ...describeAdapters(status),
    );
  }
  return lines.join('\n') + '\n';
}
