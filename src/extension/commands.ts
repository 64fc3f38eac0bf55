import * as vscode from 'vscode';
import { describeFault } from '../common/faults.ts';
import { Disposable } from './disposable.ts';

/** Names of the commands of uploads. */
export const UPLOAD_COMMANDS = [
  'setUpUpload',
  'syncNow',
  'pauseUpload',
  'resumeUpload',
  'showUploadStatus',
  'revokeUpload',
  'exportRecoveryFile',
  'importRecoveryFile',
] as const;

export type UploadCommand = (typeof UPLOAD_COMMANDS)[number];

/** What each command does. The names are those of the manifest, without `optimetrics.`. */
export interface CommandActions extends Record<UploadCommand, () => Promise<void>> {
  start(): Promise<void>;
  stop(): Promise<void>;
  openDashboard(): void;
  newDashboard(): void;
  exportDashboardPng(): Promise<void>;
  exportDashboardCsv(): Promise<void>;
  copyDashboardSummary(): Promise<void>;
  showLog(): void;
  openLogFolder(): Promise<void>;
  copyDiagnostics(): Promise<void>;
  correctWorkload(): Promise<void>;
  forgetWorkloadCorrections(): Promise<void>;
  openWalkthrough(): Promise<void>;
}

/** Registers the commands. A command that fails says so. */
export class Commands extends Disposable {
  constructor(actions: CommandActions) {
    super();
    for (const name of Object.keys(actions) as (keyof CommandActions)[]) {
      this._register(vscode.commands.registerCommand(`optimetrics.${name}`, () => run(actions, name)));
    }
  }
}

async function run(actions: CommandActions, name: keyof CommandActions): Promise<void> {
  try {
    await actions[name]();
  } catch (error) {
    void vscode.window.showErrorMessage(`OptiMetrics: ${describeFault(error)}`);
  }
}
