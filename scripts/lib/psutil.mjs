import { findPython } from './python.mjs';

/**
 * A Python that has psutil.
 *
 * @typedef {object} PythonWithPsutil
 * @property {string} command
 * @property {string} version of Python and psutil: `Python 3.11.2, psutil 5.9.4`
 */

const SCRIPT =
  'import platform, psutil; print(f"Python {platform.python_version()}, psutil {psutil.__version__}")';

/** @returns {PythonWithPsutil | undefined} the first Python here that has psutil */
export function findPythonWithPsutil() {
  const found = findPython(SCRIPT);
  return found && { command: found.command, version: found.output };
}
