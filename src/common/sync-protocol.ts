import { NotificationType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type { Config } from './config/schema.ts';
import type { PlacedCredentials, UploadCount, UploadSecrets } from './upload.ts';

/** Messages about uploads between the sampler and its clients; see `protocol.ts`. */

/** What an upload is doing now; bytes are those of the file that is being sent. */
export interface SyncProgress {
  readonly step: 'planning' | 'sealing' | 'sending' | 'confirming' | 'waiting' | 'removing';
  /** Files that are done since it began, and those that are known to come. */
  readonly confirmed: number;
  readonly left: number;
  readonly bytes: number;
  readonly ofBytes: number;
}

/**
 * How uploading is doing. Nothing of it is a path of this machine, an address or a credential.
 *
 * - `idle`: nothing to do until {@link SyncStatus.nextMs}.
 * - `sealing`, `sending`: at work.
 * - `paused`: by {@link PauseSync}.
 * - `waiting`: for something that passes; see `why`.
 * - `spool-full`, `disk-full`: no room for more that is sealed; the log keeps the rows.
 * - `sign-in`: the target does not know the user (any more).
 * - `refused`: somebody has to do something; see `why` and `remedy`.
 * - `off`: the settings do not go together, or a contribution is not allowed; see `why` and `remedy`.
 */
export interface SyncStatus {
  readonly state:
    | 'idle'
    | 'sealing'
    | 'sending'
    | 'paused'
    | 'waiting'
    | 'spool-full'
    | 'disk-full'
    | 'sign-in'
    | 'refused'
    | 'off';
  /** Why it is in a state that nobody wants: one clause. */
  readonly why?: string;
  /** What the user can do: a sentence without its full stop. */
  readonly remedy?: string;
  readonly mode: Config['cloud']['mode'];
  readonly provider: Config['cloud']['provider'];
  /** In files that are made and not confirmed. */
  readonly waiting: UploadCount;
  /** Confirmed since this destination was first used, without what was removed. */
  readonly confirmed: UploadCount;
  /** When something was confirmed for the last time, milliseconds since 1970 UTC. */
  readonly lastConfirmedMs?: number;
  /** When it goes on by itself. */
  readonly nextMs?: number;
  /** While it is at work. */
  readonly progress?: SyncProgress;
}

/** How an upload that somebody asked for has ended. */
export interface SyncOutcome {
  /**
   * `done`: all is confirmed. `locked`: another process is at it. The others as in {@link SyncStatus}, and
   * {@link SyncStatus.state}.
   */
  readonly state:
    'done' | 'waiting' | 'spool-full' | 'disk-full' | 'sign-in' | 'refused' | 'cancelled' | 'locked' | 'off';
  /** Empty for `done`. */
  readonly why: string;
  readonly remedy: string;
  /** In this upload. */
  readonly confirmed: UploadCount;
  readonly waiting: UploadCount;
}

/**
 * Seals all up to now, sends it, and answers when that is confirmed or cannot be; how far it is comes with the status. Also
 * while uploads are paused. Can be cancelled. Fails with `ErrorCode.failed` where `cloud.enabled` is false.
 */
export const SyncNow = new RequestType0<SyncOutcome, void>('syncNow');

/** Ends what an upload is doing, whoever began it; what was confirmed stays so, and the next one goes on. */
export const CancelSync = new RequestType0<{ readonly cancelled: boolean }, void>('cancelSync');

/** Pauses uploads until somebody says otherwise, over restarts too. One that is under way ends. */
export const PauseSync = new RequestType<{ readonly paused: boolean }, null, void>('pauseSync');

/** What would be sent next, decrypted from just those bytes. */
export interface SyncPreviewResult {
  /** Name that it gets at the target, below the folder there. */
  readonly path: string;
  /** Size as it is sent. */
  readonly bytes: number;
  readonly isEncrypted: boolean;
  readonly rows: number;
  /** Of its first and last row, milliseconds since 1970 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly columns: readonly string[];
  /** Its header and first rows, {@link import('./upload.ts').PREVIEW_ROWS} at most. */
  readonly csv: string;
}

export interface SyncPreviewParams {
  /** Settings that are only thought of, in place of those that the sampler has. */
  readonly cloud?: Config['cloud'];
}

/**
 * Makes the next file that would be sent, also while `cloud.enabled` is false; keeps and sends nothing, no key either: where
 * there is none yet, one is made for this alone. `null` when the log has no rows that are not sent. Fails with
 * `ErrorCode.failed`.
 */
export const SyncPreview = new RequestType<SyncPreviewParams, SyncPreviewResult | null, void>('syncPreview');

/** How far the deletion of what was sent has come. */
export interface RemovalOutcome {
  readonly state: SyncOutcome['state'];
  readonly why: string;
  readonly remedy: string;
  /** Files that were deleted at the target, and those that are left there. */
  readonly removed: number;
  readonly left: number;
}

/**
 * Deletes at the target of the settings all that was sent there, also while `cloud.enabled` is false. Where it is true, uploads are
 * paused by it: they would send all of it again. Can be cancelled, and goes on when it is asked for again.
 */
export const RemoveSent = new RequestType0<RemovalOutcome, void>('removeSent');

/**
 * Hands keys and credentials to the sampler, which keeps them in memory only and passes them to nobody but its upload
 * process. They take the place of those that were handed over before; a part that is left out stays as it is.
 */
export const ProvideSecrets = new RequestType<UploadSecrets, null, void>('provideSecrets');

/** A target has renewed credentials that a window has provided: it must keep these in place of the former. */
export const CredentialsNotification = new NotificationType<PlacedCredentials>('credentials');

/**
 * Whether VS Code's telemetry is on, from every window at its start and when it changes. A contribution needs all windows to
 * have said yes, and ends at once when one says no; without a window, what was said last holds. Backups do not ask.
 */
export const MayContribute = new RequestType<{ readonly allowed: boolean }, null, void>('mayContribute');
