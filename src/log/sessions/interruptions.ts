import { UNKNOWN } from '../../common/workload.ts';
import type { Stretch } from './stretch.ts';

/** Below this length a stretch of another class does not end a session. */
export const SHORT_MS = 5 * 60_000;

/**
 * Makes sessions of the stretches of a time without gaps, in order.
 *
 * What lies between two stretches of a class and is shorter than {@link SHORT_MS} is an interruption, and becomes a part of
 * one session with them: the shortest interruptions first, to the length of a bucket, of equal ones the earliest. Time
 * without a class that is shorter than that goes to the longer of its neighbours. Neither happens where the class would
 * then be in force for no more than half of the session. Time without a class has no interruptions: it is no kind of work.
 *
 * @param stepMs length of a bucket
 */
export function withoutInterruptions(stretches: readonly Stretch[], stepMs: number): Stretch[] {
  let found = [...stretches];
  for (let before = Number.POSITIVE_INFINITY; found.length < before;) {
    before = found.length;
    for (let limit = stepMs; limit < SHORT_MS + stepMs; limit += stepMs) found = bridge(found, limit);
    found = giveAway(found);
  }
  return found;
}

/** Whether nothing told the kind of work. */
function isUnclassed({ category }: Stretch): boolean {
  return category === '' || category === UNKNOWN;
}

/** Puts together what interruptions up to `limit` milliseconds lie between. */
function bridge(stretches: readonly Stretch[], limit: number): Stretch[] {
  const found: Stretch[] = [];
  for (const stretch of stretches) {
    const at = isUnclassed(stretch) ? -1 : interrupted(found, stretch, limit);
    const former = found[at];
    if (!former) {
      found.push(stretch);
      continue;
    }
    for (const between of found.splice(at + 1)) former.absorb(between);
    former.absorb(stretch);
  }
  return found;
}

/** Place of the stretch that goes on with `stretch` after an interruption; −1 for none. */
function interrupted(found: readonly Stretch[], stretch: Stretch, limit: number): number {
  let others = 0;
  for (let at = found.length - 1; at >= 0; at--) {
    const former = found[at];
    if (!former) break;
    const length = stretch.from - former.to;
    if (length > limit || length >= SHORT_MS) break;
    if (former.category === stretch.category) {
      const ofClass = former.ofClass + stretch.ofClass;
      return 2 * ofClass > former.covered + others + stretch.covered ? at : -1;
    }
    others += former.covered;
  }
  return -1;
}

/** Gives short time without a class to its neighbours. */
function giveAway(stretches: readonly Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  for (const [index, stretch] of stretches.entries()) {
    const host =
      isUnclassed(stretch) && stretch.lengthMs < SHORT_MS
        ? hostOf(stretch, [found.at(-1), stretches[index + 1]])
        : undefined;
    if (host) host.absorb(stretch);
    else found.push(stretch);
  }
  return found;
}

function hostOf(stretch: Stretch, neighbours: readonly (Stretch | undefined)[]): Stretch | undefined {
  let host: Stretch | undefined;
  for (const one of neighbours) {
    if (!one || isUnclassed(one) || 2 * one.ofClass <= one.covered + stretch.covered) continue;
    if (!host || one.lengthMs > host.lengthMs) host = one;
  }
  return host;
}
