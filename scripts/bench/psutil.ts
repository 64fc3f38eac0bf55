import { spawnSync } from 'node:child_process';
import { run } from '../lib/children.mjs';

/** A Python that has psutil. */
export interface PythonWithPsutil {
  readonly command: string;
  /** Of Python and psutil: `Python 3.11.2, psutil 5.9.4`. */
  readonly version: string;
}

/** Several may be installed; the system's own is the one that a package of the system adds psutil to. */
const PYTHONS = ['python3', '/usr/bin/python3'];
const REMEDY = 'apt-get install python3-psutil';

/** Finds a Python with psutil; as root on Debian, installs it where it is missing. A string says why there is none. */
export async function findPsutil(): Promise<PythonWithPsutil | string> {
  const found = look();
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
  return look() ?? `psutil is not installed; to compare with it: sudo ${REMEDY}`;
}

function look(): PythonWithPsutil | undefined {
  const script =
    'import platform, psutil; print(f"Python {platform.python_version()}, psutil {psutil.__version__}")';
  for (const command of PYTHONS) {
    const { status, stdout } = spawnSync(command, ['-c', script], { encoding: 'utf8' });
    if (status === 0) return { command, version: stdout.trim() };
  }
  return undefined;
}
