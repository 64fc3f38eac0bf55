import type { Vault, VaultName } from '../sync/keys/vault.ts';
import { systemVault, vaultNamed } from '../sync/keys/vaults.ts';
import { UsageError } from './usage.ts';

/** Where secrets are kept, in words. */
export const VAULT_PLACES: Readonly<Record<VaultName, string>> = {
  'file': 'a file of this user',
  'secret-service': 'the keyring (Secret Service)',
  'keychain': 'the keychain',
  'dpapi': 'a file encrypted by Windows',
};

/** The vault that `--store` names. @throws UsageError for another word */
export function vaultOf(store: string | undefined): Vault | undefined {
  switch (store) {
    case undefined:
      return undefined;
    case 'file':
      return vaultNamed('file');
    case 'keyring':
      return systemVault();
    default:
      throw new UsageError(`--store is file or keyring, not “${store}”`);
  }
}
