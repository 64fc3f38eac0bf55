import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../common/faults.ts';

const KEY_BYTES = 32;

/**
 * A random key of this user, 32 bytes in a file that nobody else can read, made when it is first needed. A file that is not
 * such a key is replaced. Of processes that make it at the same time, all get the same.
 *
 * @throws the system's error when it can be neither read nor kept
 */
export function keptKey(file: string): Buffer {
  return readKey(file) ?? makeKey(file);
}

/** `undefined` when there is none or it is damaged. */
function readKey(file: string): Buffer | undefined {
  try {
    const key = fs.readFileSync(file);
    if (key.length === KEY_BYTES) return key;
    fs.rmSync(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return undefined;
}

function makeKey(file: string): Buffer {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const key = randomBytes(KEY_BYTES);
  const beside = `${file}.${String(process.pid)}`;
  fs.writeFileSync(beside, key, { mode: 0o600, flush: true });
  try {
    // A link, unlike a renamed file, never takes the place of one that another process has made meanwhile.
    fs.linkSync(beside, file);
    fs.rmSync(beside);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      fs.rmSync(beside);
      return fs.readFileSync(file);
    }
    // A file system without hard links.
    fs.renameSync(beside, file);
  }
  return key;
}
