import type { Journal } from '../journal/journal.ts';
import { PassingFault } from '../targets/faults.ts';
import type { Target } from '../targets/target.ts';
import { Tries } from './backoff.ts';
import type { RoundOptions, Surroundings } from './options.ts';
import { DONE, type Ending } from './round-end.ts';
import { HERE, withLock } from './run-round.ts';
import { openState, stateFolder } from './state-folder.ts';

export type RemovalOptions = Pick<
  RoundOptions,
  'dataDirectory' | 'destination' | 'keys' | 'signal' | 'onDamage' | 'surroundings'
> & {
  readonly target: Target;
  /** Told after each file. */
  readonly onProgress?: (removed: number, of: number) => void;
};

export interface RemovalResult extends Ending {
  /** Files that were deleted at the target, and those that are left there. */
  readonly removed: number;
  readonly left: number;
}

/**
 * Deletes at the target all that was sent there, whatever may have arrived included. Once that is done, the destination is as if
 * it had never been used: what waits in the spool is deleted as well, and turning the upload on again sends the whole log.
 *
 * When it ends before, what is left is in the journal, and the next call goes on.
 *
 * Resolves whatever the network, the target and the disk do.
 */
export async function removeSent(options: RemovalOptions): Promise<RemovalResult> {
  const surroundings = { ...HERE, ...options.surroundings };
  let removed = 0;
  let left = 0;
  const ending = await withLock(options, surroundings, async signal => {
    const { disk } = surroundings;
    const { onDamage = () => undefined, keys } = options;
    const { journal, spool, notes } = await openState(disk, stateFolder(options), { keys, onDamage });
    const paths = pathsIn(journal);
    left = paths.length;
    for (const path of paths) {
      await remove(path, options, surroundings, signal);
      await journal.append({ k: 'removed', path });
      removed++;
      left--;
      options.onProgress?.(removed, paths.length);
    }
    const waiting = journal.ledger.open.flatMap(({ file }) => (file ? [file] : []));
    await journal.forget();
    for (const file of waiting) {
      await spool.remove(file);
      await notes.remove(file.sha256);
    }
    return DONE;
  });
  return { ...ending, removed, left };
}

/** Where something may be. */
function pathsIn({ ledger }: Journal): string[] {
  const begun = ledger.open.flatMap(({ state, file }) =>
    file && (state === 'sending' || state === 'sent') ? [file.path] : [],
  );
  return [...new Set([...ledger.stored.keys(), ...ledger.abandoned, ...begun])];
}

async function remove(
  path: string,
  { target }: RemovalOptions,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const tries = new Tries(surroundings, signal);
  for (;;) {
    signal.throwIfAborted();
    try {
      await target.remove(path, signal);
      return;
    } catch (error) {
      if (!(error instanceof PassingFault)) throw error;
      await tries.wait(error.message, error.retryAfterMs, () => undefined);
    }
  }
}
