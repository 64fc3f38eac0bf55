import { spawnSync } from 'node:child_process';
import { run } from '../lib/children.mjs';
import { findPythonWithPsutil, type PythonWithPsutil } from '../lib/psutil.mjs';

const REMEDY = 'apt-get install python3-psutil';

/** Finds a Python with psutil; as root on Debian, installs it where it is missing. A string says why there is none. */
export async function findPsutil(): Promise<PythonWithPsutil | string> {
  const found = findPythonWithPsutil();
  if (found) return found;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && spawnSync('apt-get', ['--version']).status === 0) {
    try {
      await run('apt-get', ['-qq', 'update', '-o', 'DPkg::Lock::Timeout=300']);
      await run('apt-get', ['-qq', 'install', '-y', '-o', 'DPkg::Lock::Timeout=300', 'python3-psutil']);
    } catch {
      return `psutil could not be installed; try: ${REMEDY}`;
    }
  }
  return findPythonWithPsutil() ?? `psutil is not installed; to compare with it: sudo ${REMEDY}`;
}
