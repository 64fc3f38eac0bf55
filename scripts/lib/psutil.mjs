import { spawnSync } from 'node:child_process';

/**
 * A Python that has psutil.
 *
 * @typedef {object} PythonWithPsutil
 * @property {string} command
 * @property {string} version of Python and psutil: `Python 3.11.2, psutil 5.9.4`
 */

/** Several may be installed; the system's own is the one that a package of the system adds psutil to. */
const PYTHONS = ['python3', '/usr/bin/python3'];

const SCRIPT =
  'import platform, psutil; print(f"Python {platform.python_version()}, psutil {psutil.__version__}")';

/** @returns {PythonWithPsutil | undefined} the first Python here that has psutil */
export function findPythonWithPsutil() {
  for (const command of PYTHONS) {
    const { status, stdout } = spawnSync(command, ['-c', SCRIPT], { encoding: 'utf8' });
    if (status === 0) return { command, version: stdout.trim() };
  }
  return undefined;
}
