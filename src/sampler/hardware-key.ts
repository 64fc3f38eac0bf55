import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf, describeFault } from '../common/faults.ts';

const KEY_BYTES = 32;

/**
 * The random number that keys the hardware id where `hardware_id.scheme` is `hmac`, made when it is first needed:
 * `hardware-id.key` in the data folder, 32 bytes, readable by this user alone. It never leaves the machine; deleting it
 * gives the machine another id.
 *
 * Where it can be neither read nor kept, the key is for this run only: an id that anybody can guess is not what was
 * asked for.
 *
 * @param report told in one line, without paths, why the key could not be kept
 */
export function hardwareKey(dataDirectory: string, report: (message: string) => void): Buffer {
  const file = path.join(dataDirectory, 'hardware-id.key');
  try {
    return readKey(file) ?? makeKey(file);
  } catch (error) {
    report(
      `the key of the hardware id cannot be kept, so that the id is for this run: ${describeFault(error)}`,
    );
    return randomBytes(KEY_BYTES);
  }
}

/** `undefined` when there is none or it is damaged. @throws the system's error when it cannot be read */
function readKey(file: string): Buffer | undefined {
  try {
    const key = fs.readFileSync(file);
    return key.length === KEY_BYTES ? key : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function makeKey(file: string): Buffer {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const key = randomBytes(KEY_BYTES);
  const beside = `${file}.${String(process.pid)}`;
  fs.writeFileSync(beside, key, { mode: 0o600, flush: true });
  fs.renameSync(beside, file);
  return key;
}
