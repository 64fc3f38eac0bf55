import path from 'node:path';
import { KeyError } from './key-error.ts';
import { runProgram } from './run-program.ts';
import type { Vault } from './vault.ts';

/**
 * The secret's file, encrypted by Windows for this user (Data Protection API, `ProtectedData` of .NET). Programs of the user can
 * have it decrypted; another user, or whoever has the disk, cannot. PowerShell calls it, with the secret on standard input and
 * output. Written after the documentation; it has not been run on Windows.
 */
export const dpapiVault: Vault = {
  name: 'dpapi',

  async keep({ what }, bytes) {
    const kept = await transform('Protect', bytes.toString('base64'));
    if (kept === undefined)
      throw new KeyError(`Windows does not encrypt the ${what}; keep them in a file instead: --store file`);
    return kept;
  },

  async recall({ what }, kept) {
    const bytes = await transform('Unprotect', kept);
    if (bytes === undefined)
      throw new KeyError(
        `Windows does not decrypt the ${what}, which only the user who kept it can have; import the recovery file of keys, or sign in again`,
      );
    return Buffer.from(bytes, 'base64');
  },

  forget: () => Promise.resolve(),
};

async function transform(method: 'Protect' | 'Unprotect', base64: string): Promise<string | undefined> {
  const script = [
    'Add-Type -AssemblyName System.Security',
    '$bytes = [Convert]::FromBase64String([Console]::In.ReadLine())',
    `[Convert]::ToBase64String([Security.Cryptography.ProtectedData]::${method}($bytes, $null, 'CurrentUser'))`,
  ].join('; ');
  const { code, stdout } = await runProgram(
    powershell(),
    ['-NoProfile', '-NonInteractive', '-Command', script],
    `${base64}\n`,
  );
  const text = stdout.trim();
  return code === 0 && text !== '' ? text : undefined;
}

/** By its path: Windows looks for programs in the current folder too. */
function powershell(): string {
  const windows = process.env['SystemRoot'] ?? 'C:\\Windows';
  return path.win32.join(windows, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
}
