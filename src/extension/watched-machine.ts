import * as vscode from 'vscode';
import type { SamplerStatus } from '../common/protocol.ts';
import { machineKind } from './machine-kind.ts';

/** Which machine this window's extensions run on and watch, in words. */
export function watchedMachine(status: SamplerStatus | undefined): string {
  return machineKind({
    remoteName: vscode.env.remoteName,
    isWeb: vscode.env.uiKind === vscode.UIKind.Web,
    isContainer: status?.container === true,
  });
}
