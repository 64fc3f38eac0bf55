import * as v from 'valibot';
import { KeyError } from './key-error.ts';
import { readPrivateFile } from './private-file.ts';
import { type VaultName, VAULTS } from './vault.ts';

/** What the file of a key says. */
export interface KeyFile {
  readonly createdMs: number;
  readonly vault: VaultName;
  /** What the vault needs to have the key. */
  readonly kept: string;
}

/** A key's file has 200 bytes, with DPAPI 500. */
const MOST_BYTES = 4096;

const RECORD = v.object({
  format: v.literal('optimetrics-key'),
  version: v.literal(1),
  id: v.string(),
  created: v.pipe(v.string(), v.isoTimestamp()),
  vault: v.picklist(VAULTS),
  kept: v.string(),
});

/**
 * Reads the file of a key.
 *
 * @throws KeyError when others can read it, or it is not what we write; with the file's name, which is the key's id
 */
export async function readKeyFile(file: string, id: string): Promise<KeyFile> {
  const name = `sync-keys/${id}.json`;
  const content = await readPrivateFile(file, {
    name,
    kind: 'a key file',
    mostBytes: MOST_BYTES,
    advice: 'make a new key: optimetrics keys rotate',
  });
  const record = v.safeParse(RECORD, content);
  if (!record.success || record.output.id !== id)
    throw new KeyError(`${name} is not a key file of this version; delete it and import the recovery file`);
  const { created, vault, kept } = record.output;
  return { createdMs: Date.parse(created), vault, kept };
}
