import type { Translate } from '../common/translate.ts';

/** What the window says of the machine that the extension runs on. */
export interface HostFacts {
  /** `vscode.env.remoteName`. */
  readonly remoteName: string | undefined;
  /** Whether the user interface runs in a browser. */
  readonly isWeb: boolean;
  /** Whether the sampler found itself in a container. */
  readonly isContainer: boolean;
}

/**
 * Says which machine is watched, in a few words: over SSH, WSL or a container it is the remote one. A remote name that
 * is an address is not shown.
 */
export function machineKind({ remoteName, isWeb, isContainer }: HostFacts, t: Translate): string {
  const perhapsInside = (machine: string): string =>
    isContainer ? t('{0}, in a container', machine) : machine;
  switch (remoteName?.split('+')[0]) {
    case undefined:
      return perhapsInside(t('this machine'));
    case 'ssh-remote':
      return perhapsInside(t('remote machine over SSH'));
    case 'wsl':
      return perhapsInside('Windows Subsystem for Linux');
    case 'dev-container':
    case 'attached-container':
    case 'k8s-container':
      return t('container');
    case 'codespaces':
      return t('codespace');
    case 'tunnel':
      return perhapsInside(t('remote machine over a tunnel'));
    default:
      return perhapsInside(isWeb ? t('server behind this browser') : t('remote machine'));
  }
}

/** The same in one word, as far as there is one: `local`, `SSH`, `WSL`, `container`. */
export function machineWord({ remoteName, isContainer }: HostFacts, t: Translate): string {
  switch (remoteName?.split('+')[0]) {
    case undefined:
      return isContainer ? t('container') : t('local');
    case 'ssh-remote':
      return 'SSH';
    case 'wsl':
      return 'WSL';
    case 'dev-container':
    case 'attached-container':
    case 'k8s-container':
      return t('container');
    case 'codespaces':
      return t('codespace');
    case 'tunnel':
      return t('tunnel');
    default:
      return t('remote');
  }
}
