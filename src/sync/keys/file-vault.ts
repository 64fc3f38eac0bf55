import type { Vault } from './vault.ts';

/**
 * The key's own file. Whoever can read files of the user, as any program that runs for them can, has the key; on Windows
 * the access list of the user's folder protects it.
 */
export const fileVault: Vault = {
  name: 'file',
  keep: (_, key) => Promise.resolve(key.toString('base64')),
  recall: (_, kept) => Promise.resolve(Buffer.from(kept, 'base64')),
};
