import * as vscode from 'vscode';
import type { SamplerStatus } from '../common/protocol.ts';
import { type HostFacts, machineKind, machineWord } from './machine-kind.ts';

/** Which machine this window's extensions run on and watch, in words. */
export function watchedMachine(status: SamplerStatus | undefined): string {
  return machineKind(hostFacts(status));
}

/** The same in one word. */
export function watchedMachineWord(status: SamplerStatus | undefined): string {
  return machineWord(hostFacts(status));
}

function hostFacts(status: SamplerStatus | undefined): HostFacts {
  return {
    remoteName: vscode.env.remoteName,
    isWeb: vscode.env.uiKind === vscode.UIKind.Web,
    isContainer: status?.container === true,
  };
}
