import { t } from './l10n.ts';

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
export function machineKind({ remoteName, isWeb, isContainer }: HostFacts): string {
  const inContainer = isContainer ? ', in a container' : '';
  switch (remoteName?.split('+')[0]) {
    case undefined:
      return isContainer ? 'this machine, in a container' : 'this machine';
    case 'ssh-remote':
      return `remote machine over SSH${inContainer}`;
    case 'wsl':
      return `Windows Subsystem for Linux${inContainer}`;
    case 'dev-container':
    case 'attached-container':
    case 'k8s-container':
      return 'container';
    case 'codespaces':
      return 'codespace';
    case 'tunnel':
      return `remote machine over a tunnel${inContainer}`;
    default:
      return `${isWeb ? 'server behind this browser' : 'remote machine'}${inContainer}`;
  }
}

/** The same in one word, as far as there is one: `local`, `SSH`, `WSL`, `container`. */
export function machineWord({ remoteName, isContainer }: HostFacts): string {
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
