import { dpapiVault } from './dpapi-vault.ts';
import { fileVault } from './file-vault.ts';
import { keychainVault } from './keychain-vault.ts';
import { secretServiceVault } from './secret-service-vault.ts';
import type { Vault, VaultName } from './vault.ts';

const ALL: Readonly<Record<VaultName, Vault>> = {
  'file': fileVault,
  'secret-service': secretServiceVault,
  'keychain': keychainVault,
  'dpapi': dpapiVault,
};

export function vaultNamed(name: VaultName): Vault {
  return ALL[name];
}

/** The keyring of this system. */
export function systemVault(platform: NodeJS.Platform = process.platform): Vault {
  if (platform === 'win32') return dpapiVault;
  return platform === 'darwin' ? keychainVault : secretServiceVault;
}
