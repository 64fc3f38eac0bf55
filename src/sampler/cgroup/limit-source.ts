import type { Absence } from '../../common/frame.ts';
import { ByteReader } from '../proc/byte-reader.ts';

/** Where one cgroup says how much its processes may use. */
export interface LimitSource {
  /** Path of the cgroup in its hierarchy. */
  readonly path: string;
  /** Why the last read found no file that tells; `undefined` when it found one. */
  readonly absence: Absence | undefined;
  /** The limit; NaN where the cgroup has none. Does not throw. */
  read(reader: ByteReader): number;
  close(): void;
}

/** The smallest of the limits that hold for a process. */
export interface Tightest {
  /** Infinity where there is none. */
  readonly amount: number;
  /** Path of the cgroup that has it; empty where there is none. */
  readonly path: string;
  /** Whether any cgroup tells of a limit, be it that it has none. */
  readonly isSeen: boolean;
  /** Whether this user may not read of some cgroup. */
  readonly isDenied: boolean;
}

const reader = new ByteReader(4096);

/**
 * A limit holds for everything below its cgroup, so the smallest of our own and all above counts. Of equal ones the
 * outermost is taken: what is beside us counts against it too.
 *
 * @param sources our own cgroup first, then what it is in
 */
export function tightest(sources: readonly LimitSource[]): Tightest {
  let amount = Number.POSITIVE_INFINITY;
  let path = '';
  let isSeen = false;
  let isDenied = false;
  for (const source of sources) {
    const limit = source.read(reader);
    isSeen ||= source.absence === undefined;
    isDenied ||= source.absence === 'denied';
    if (!(limit <= amount)) continue;
    amount = limit;
    path = source.path;
  }
  return { amount, path, isSeen, isDenied };
}
