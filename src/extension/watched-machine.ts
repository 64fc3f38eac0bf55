import * as vscode from 'vscode';
import type { SamplerStatus } from '../common/protocol.ts';
import type { Translate } from '../common/translate.ts';
import { t } from './l10n.ts';
import { type HostFacts, machineKind, machineWord } from './machine-kind.ts';

/**
 * Which machine this window's extensions run on and watch, in words.
 *
 * @param translate into another language than the window's
 */
export function watchedMachine(status: SamplerStatus | undefined, translate: Translate = t): string {
  return machineKind(hostFacts(status), translate);
}

/** The same in one word. */
export function watchedMachineWord(status: SamplerStatus | undefined): string {
  return machineWord(hostFacts(status), t);
}

function hostFacts(status: SamplerStatus | undefined): HostFacts {
  return {
    remoteName: vscode.env.remoteName,
    isWeb: vscode.env.uiKind === vscode.UIKind.Web,
    isContainer: status?.container === true,
  };
}
