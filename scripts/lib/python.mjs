import { spawnSync } from 'node:child_process';

/** Several may be installed; the system's own is the one that a package of the system adds modules to. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/**
 * The first Python here that can run a script, and what that printed.
 *
 * @param {string} script
 * @returns {{ command: string, output: string } | undefined}
 */
export function findPython(script) {
  for (const command of PYTHONS) {
    const { status, stdout } = spawnSync(command, ['-c', script], { encoding: 'utf8' });
    if (status === 0) return { command, output: stdout.trim() };
  }
  return undefined;
}

/** The command of a Python that has the package `cryptography`; `undefined` when there is none. */
export function findPythonWithCryptography() {
  return findPython('import cryptography.hazmat.primitives.ciphers.aead')?.command;
}
