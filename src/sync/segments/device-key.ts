import path from 'node:path';
import { keptKey } from '../../runtime/kept-key.ts';

/**
 * The random number that keys the ids under which segments are sent: `sync/device.key` in the data folder, 32 bytes. It never
 * leaves the machine. Without it, nobody can tell which ids are of the same machine; deleting it gives the machine others.
 *
 * @throws the system's error when it can be neither read nor kept
 */
export function readDeviceKey(dataDirectory: string): Buffer {
  return keptKey(path.join(dataDirectory, 'sync', 'device.key'));
}
