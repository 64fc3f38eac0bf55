import fs from 'node:fs/promises';
import { codeOf } from '../common/faults.ts';

/** Codes by which a system or a file system says that it has no such thing as syncing a folder. */
const WITHOUT = new Set(['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'EBADF', 'ENOTSUP', 'EOPNOTSUPP']);

/** Has the disk take the names in a folder, where the system can do that. Rejects with the system's error. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await fs.open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!WITHOUT.has(codeOf(error) ?? '')) throw error;
  }
}
