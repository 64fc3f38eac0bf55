import { KeyError } from './key-error.ts';
import { runProgram } from './run-program.ts';
import type { Vault } from './vault.ts';

/** By its path: another program of this name is not to be trusted. */
const TOOL = '/usr/bin/security';
const SERVICE = 'OptiMetrics';

/**
 * The keychain of macOS, by security(1). In its interactive mode it takes its commands from standard input, so that the secret
 * is in no command line. Written after its manual; it has not been run on a Mac.
 */
export const keychainVault: Vault = {
  name: 'keychain',

  async keep({ id }, bytes) {
    const command = `add-generic-password -U -a ${id} -s ${SERVICE} -w ${bytes.toString('base64')}\n`;
    // It ends with 0 whatever became of the command; that the secret is there is seen when it is recalled.
    await runProgram(TOOL, ['-i'], command);
    return '';
  },

  async recall({ id, what }) {
    const args = ['find-generic-password', '-a', id, '-s', SERVICE, '-w'];
    const { code, stdout } = await runProgram(TOOL, args, '');
    if (code !== 0)
      throw new KeyError(
        `the keychain does not give the ${what}; unlock the keychain and try again, or keep them in files: --store file`,
      );
    return Buffer.from(stdout.trim(), 'base64');
  },

  async forget({ id }) {
    await runProgram(TOOL, ['delete-generic-password', '-a', id, '-s', SERVICE], '');
  },
};
