import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { describeFault } from '../common/faults.ts';
import { keptKey } from '../runtime/kept-key.ts';

const KEY_BYTES = 32;

/**
 * The random number that keys the hardware id where `hardware_id.scheme` is `hmac`: `hardware-id.key` in the data folder.
 * It never leaves the machine; deleting it gives the machine another id.
 *
 * Where it can be neither read nor kept, the key is for this run only: an id that anybody can guess is not what was
 * asked for.
 *
 * @param report told in one line, without paths, why the key could not be kept
 */
export function hardwareKey(dataDirectory: string, report: (message: string) => void): Buffer {
  try {
    return keptKey(path.join(dataDirectory, 'hardware-id.key'));
  } catch (error) {
    report(
      `the key of the hardware id cannot be kept, so that the id is for this run: ${describeFault(error)}`,
    );
    return randomBytes(KEY_BYTES);
  }
}
