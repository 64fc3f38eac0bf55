import { KeyError } from './key-error.ts';
import { runProgram } from './run-program.ts';
import type { Vault } from './vault.ts';

/** By its path: another program of this name is not to be trusted. */
const TOOL = '/usr/bin/security';
const SERVICE = 'OptiMetrics';

/**
 * The keychain of macOS, by security(1). In its interactive mode it takes its commands from standard input, so that the key
 * is in no command line. Written after its manual; it has not been run on a Mac.
 */
export const keychainVault: Vault = {
  name: 'keychain',

  async keep(id, key) {
    const command = `add-generic-password -U -a ${id} -s ${SERVICE} -w ${key.toString('base64')}\n`;
    await runProgram(TOOL, ['-i'], command);
    // The interactive mode ends with 0 whatever became of its commands.
    const kept = await find(id);
    if (kept?.equals(key) !== true)
      throw new KeyError(
        'the key cannot be put into the keychain; unlock it, or keep the key in a file: --store file',
      );
    return '';
  },

  async recall(id) {
    const key = await find(id);
    if (!key)
      throw new KeyError(`the keychain does not give the key ${id}; unlock the keychain and try again`);
    return key;
  },
};

async function find(id: string): Promise<Buffer | undefined> {
  const { code, stdout } = await runProgram(
    TOOL,
    ['find-generic-password', '-a', id, '-s', SERVICE, '-w'],
    '',
  );
  return code === 0 ? Buffer.from(stdout.trim(), 'base64') : undefined;
}
