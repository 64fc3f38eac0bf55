import { KeyError } from './key-error.ts';
import { runProgram } from './run-program.ts';
import type { Vault } from './vault.ts';

const TOOL = 'secret-tool';

const HELP =
  'the keyring needs a desktop session with a Secret Service (GNOME Keyring, KWallet) and the program secret-tool (Debian: libsecret-tools)';

/**
 * The keyring of a Linux desktop, by the Secret Service (https://specifications.freedesktop.org/secret-service-spec/) and
 * the program secret-tool(1). It is locked while the user is not logged in; programs of the user can ask it for the secret.
 */
export const secretServiceVault: Vault = {
  name: 'secret-service',

  async keep({ id, what }, bytes) {
    const args = ['store', '--label', `OptiMetrics ${what}`, ...attributes(id)];
    const { code, isMissing } = await runProgram(TOOL, args, bytes.toString('base64'));
    if (code !== 0)
      throw new KeyError(
        `the ${what} cannot be put into the keyring${isMissing ? ': there is no secret-tool' : ''}; ${HELP}; or keep them in a file: --store file`,
      );
    return '';
  },

  async recall({ id, what }) {
    const { code, stdout, isMissing } = await runProgram(TOOL, ['lookup', ...attributes(id)], '');
    if (code !== 0 || stdout === '')
      throw new KeyError(
        `the keyring does not give the ${what}${isMissing ? ': there is no secret-tool' : ''}; unlock the keyring and try again; ${HELP}`,
      );
    return Buffer.from(stdout, 'base64');
  },

  async forget({ id }) {
    // It ends with 1 where there was nothing.
    await runProgram(TOOL, ['clear', ...attributes(id)], '');
  },
};

function attributes(id: string): string[] {
  return ['application', 'optimetrics', 'key', id];
}
