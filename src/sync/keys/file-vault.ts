import type { Vault } from './vault.ts';

/**
 * The secret's own file. Whoever can read files of the user, as any program that runs for them can, has it; on Windows
 * the access list of the user's folder protects it.
 */
export const fileVault: Vault = {
  name: 'file',
  keep: (_, bytes) => Promise.resolve(bytes.toString('base64')),
  recall: (_, kept) => Promise.resolve(Buffer.from(kept, 'base64')),
  forget: () => Promise.resolve(),
};
