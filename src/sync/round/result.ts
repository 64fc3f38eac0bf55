/**
 * How a round ended.
 *
 * - `done`: all that was to be sent is confirmed.
 * - `waiting`: a fault that passes; all goes on by itself.
 * - `spool-full`: as `waiting`, and there is no room in the spool to seal more; the log keeps the rows.
 * - `disk-full`: no room on the disk; the log keeps the rows.
 * - `sign-in`: the target does not know the user (any more).
 * - `refused`: it needs somebody to do something; see the remedy.
 * - `cancelled`: by the signal.
 * - `locked`: another process is at it.
 */
export type RoundState =
  'done' | 'waiting' | 'spool-full' | 'disk-full' | 'sign-in' | 'refused' | 'cancelled' | 'locked';

export interface Count {
  readonly segments: number;
  readonly rows: number;
  /** As they are sent: of sealed files. */
  readonly bytes: number;
}

export const NOTHING: Count = { segments: 0, rows: 0, bytes: 0 };

/** What a round has done, and what there is after it. */
export interface RoundCounts {
  /** In this round. */
  readonly sealed: Count;
  readonly sent: Count;
  readonly confirmed: Count;
  /** In segments that are not confirmed, after the round. */
  readonly waiting: Count;
  /** That could not be uploaded any more: neither the log nor the spool has them. Told once, in `lost`. */
  readonly lost: Count;
  /** Confirmed since the destination was first used, without what has been removed since. */
  readonly total: Count;
  /** Bytes in the spool after the round. */
  readonly spoolBytes: number;
}

export interface RoundResult {
  readonly state: RoundState;
  /** Why, one line without paths and credentials; empty for `done`. */
  readonly reason: string;
  /** What the user can do, a sentence without its full stop; empty where nothing need be done. */
  readonly remedy: string;
  /** For `waiting` and `spool-full`: the earliest moment at which the target wants to be tried again, by the round's clock. */
  readonly nextTryMs?: number;
  readonly counts: RoundCounts;
  /** Whether sealing has stopped for want of room in the spool; whatever the state, the log keeps the rows. */
  readonly isSpoolFull: boolean;
  /** Rows that are lost to the upload, a line each: log file, from when to when, how many. */
  readonly lost: readonly string[];
  /** See {@link import('./held-file.ts').isHeld}. */
  readonly released: Released;
}

/**
 * Log files all rows of which are confirmed: their names without `.gz`, and how many bytes of content they had then.
 */
export type Released = Readonly<Record<string, number>>;

/** What a round would do. */
export interface DryRun {
  /** That would be sealed now. */
  readonly toSeal: Count;
  /** Sealed before, not confirmed yet. */
  readonly waiting: Count;
}
