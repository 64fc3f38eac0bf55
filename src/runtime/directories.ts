import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A user cannot be served because a directory is not safely theirs. The message says what to do. */
export class UnsafeDirectoryError extends Error {
  override readonly name = 'UnsafeDirectoryError';
}

/** Longest path a Unix socket can have on every system we run on (104 bytes on macOS, with the final NUL). */
const SOCKET_PATH_LIMIT = 100;

/**
 * Folder for what lives as long as the login: socket, token, marks. `$XDG_RUNTIME_DIR/optimetrics` where that is set,
 * else a folder of the user's under the temporary directory. On macOS it lies beside the logs instead: what is not
 * accessed for three days may be deleted from the temporary directory there, see confstr(3), and a sampler may live
 * longer than that. On Windows it does so too, for Storage Sense deletes what has not been used for a while, and the
 * temporary directory of a service is not its own. Where the path would be too long for a socket, a short one under `/tmp` that is derived from it.
 */
export function runtimeDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const user =
    typeof process.getuid === 'function' ? String(process.getuid()) : shortHash(os.userInfo().username);
  const xdg = env['XDG_RUNTIME_DIR'];
  const wanted =
    xdg !== undefined && path.isAbsolute(xdg)
      ? path.join(xdg, 'optimetrics')
      : process.platform === 'darwin' || process.platform === 'win32'
        ? path.join(dataDirectory(env), `run-${user}`)
        : path.resolve('/', os.tmpdir(), `optimetrics-${user}`);
  if (socketFitsIn(wanted)) return wanted;
  return path.join('/tmp', `optimetrics-${user}-${shortHash(wanted)}`);
}

/** Whether a socket in `directory` has a path the system can bind. */
export function socketFitsIn(directory: string): boolean {
  return (
    process.platform === 'win32' ||
    Buffer.byteLength(path.join(directory, 'sampler.sock')) <= SOCKET_PATH_LIMIT
  );
}

/**
 * Folder for what is kept: logs and the cached identity, by the platform's convention (XDG base directories on Linux,
 * `Application Support` on macOS, `%LOCALAPPDATA%` on Windows).
 */
export function dataDirectory(env: NodeJS.ProcessEnv = process.env): string {
  switch (process.platform) {
    case 'win32':
      return path.join(localApplicationData(env), 'OptiMetrics');
    case 'darwin':
      return path.join(homeDirectory(env), 'Library', 'Application Support', 'OptiMetrics');
    default: {
      const xdg = env['XDG_DATA_HOME'];
      const base =
        xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homeDirectory(env), '.local', 'share');
      return path.join(base, 'optimetrics');
    }
  }
}

/**
 * Makes `directory` (and its parents) and sees to it that it is this user's alone.
 *
 * @throws UnsafeDirectoryError when it is a link, not a folder, or belongs to somebody else
 * @throws the system's error when it cannot be made
 */
export function ensurePrivateDirectory(directory: string): void {
  const there = fs.lstatSync(directory, { throwIfNoEntry: false });
  if (!there) fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stat = fs.lstatSync(directory);
  if (!stat.isDirectory()) {
    throw new UnsafeDirectoryError(
      'the runtime folder (optimetrics in XDG_RUNTIME_DIR, else optimetrics-<uid> in the temporary folder, on macOS run-<uid> in Application Support/OptiMetrics, on Windows run-<id> in AppData/Local/OptiMetrics) is not a folder; remove it and start again',
    );
  }
  if (typeof process.getuid !== 'function') return;
  if (stat.uid !== process.getuid()) {
    throw new UnsafeDirectoryError(
      'the runtime folder belongs to another user; set XDG_RUNTIME_DIR to a folder of yours',
    );
  }
  if ((stat.mode & 0o077) !== 0) fs.chmodSync(directory, 0o700);
}

/** A relative one would be another folder each time. */
function localApplicationData(env: NodeJS.ProcessEnv): string {
  const folder = env['LOCALAPPDATA'];
  return folder !== undefined && path.isAbsolute(folder)
    ? folder
    : path.join(os.homedir(), 'AppData', 'Local');
}

/** The account's home where `HOME` is unset, empty or relative: a relative one would be another folder each time. */
function homeDirectory(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'];
  return home !== undefined && path.isAbsolute(home) ? home : os.userInfo().homedir;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
