import type { Disk } from '../disk.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { SyncMode } from '../segments/segment.ts';
import type { Target } from '../targets/target.ts';

/** What a round works on: one log, on its way to one destination. */
export interface RoundSource {
  /** Folder of the log. */
  readonly logDirectory: string;
  /** The user's data folder: `sync/<destination>/` and the device key are there. */
  readonly dataDirectory: string;
  /** See {@link destinationId}. */
  readonly destination: string;
  readonly mode: SyncMode;
  /** `cloud.study`; derived from the recipients where it is empty. Means nothing for a backup. */
  readonly study: string;
  /** Age recipients, `age1…`, who can open what is sealed as well. A contribution needs one at least. */
  readonly recipients: readonly string[];
  /** Whether segments are sealed. A contribution always is. */
  readonly encrypt: boolean;
  /** Local keys; one is made when there is none. Asked again every few seconds, so that one can be added meanwhile. */
  readonly keys: KeyStore;
}

export interface RoundOptions extends RoundSource {
  /** Where to send; `undefined` only seals what there is room for. */
  readonly target: Target | undefined;
  readonly maxSpoolBytes: number;
  /** Whether rows of the last minutes, to which others will come, are sent as well. */
  readonly includesOpen: boolean;
  /** Ends the round as soon as it can be left: it resolves with the state `cancelled`. */
  readonly signal: AbortSignal;
  /** Told of each step and, while one is being sent, of its bytes. */
  readonly onProgress?: (progress: RoundProgress) => void;
  /** Told in one line, without paths, of what was found damaged and what that costs; nothing is ever left out silently. */
  readonly onDamage?: (what: string) => void;
  readonly surroundings?: Partial<Surroundings>;
}

/** What a round finds around it; others in tests. */
export interface Surroundings {
  readonly disk: Disk;
  /** UTC, in milliseconds since 1970. It may jump. */
  readonly now: () => number;
  /** Resolves after a time, and rejects with the signal's reason when that is aborted before. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to below 1: spreads the times of new tries. */
  readonly random: () => number;
}

export interface RoundProgress {
  readonly step: 'planning' | 'sealing' | 'sending' | 'confirming' | 'waiting';
  /** Segments that are confirmed since the round began, and those that are known to come still. */
  readonly confirmed: number;
  readonly left: number;
  /** Of the segment that is being sent, those that the target is known to have, and all; 0 otherwise. */
  readonly bytes: number;
  readonly ofBytes: number;
  /** Why it waits, and until when; only for `waiting`. */
  readonly reason?: string;
  readonly untilMs?: number;
}
