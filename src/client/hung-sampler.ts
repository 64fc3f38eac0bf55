import { readOwner } from '../runtime/owner.ts';
import { isRunning } from '../runtime/process-identity.ts';

/**
 * The process to end when a sampler hangs in a native call, where no signal handler of its own can run. Only a process
 * that is known to be the sampler is named: the one we are connected to, or the one that noted itself as the socket's owner
 * and still runs. On Windows only the note counts, which is in a folder of the user's: any user sees the names of the pipes that
 * are in use, can listen on that of a sampler that was killed, and say what process it likes.
 *
 * @param connected what the sampler on the other end of a connection says its process is
 */
export function hungSampler(ownerFile: string, connected: number | undefined): number | undefined {
  const owner = readOwner(ownerFile);
  const noted = owner && isRunning(owner) ? owner.pid : undefined;
  const pid = process.platform === 'win32' ? noted : (connected ?? noted);
  return pid === process.pid ? undefined : pid;
}
