/** A file on its way to a target: written once, never changed, so that sending it twice is harmless. */
export interface Parcel {
  /**
   * Where it goes, below the target's own folder: `study=…/device=…/date=…/<SHA-256 of its bytes>.sealed`. Forward
   * slashes; made by us, of letters, digits and `=-_.` only.
   */
  readonly path: string;
  readonly bytes: number;
  /** Of its bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Of its bytes, 32 hexadecimal digits: what Google Drive and S3 have for checking. */
  readonly md5: string;
  /** Its bytes from one position up to before another, the end when left out. Rejects with the system's error. */
  read(from?: number, to?: number): AsyncIterable<Uint8Array>;
}

/**
 * What a target has to remember of one parcel to go on where it stopped, over restarts too: the address of an upload
 * session, say. It is a secret, and kept as one.
 */
export interface ResumeNote {
  readonly text: string | undefined;
  /** Keeps it on the disk before it resolves; `undefined` forgets it. */
  keep(text: string | undefined): Promise<void>;
}

export interface SendContext {
  /** Aborted when the user cancels, pauses or revokes; the send rejects then with the signal's reason. */
  readonly signal: AbortSignal;
  readonly resume: ResumeNote;
  /** Told how many of the parcel's bytes the target is known to have. */
  readonly onProgress?: (bytes: number) => void;
}

/** What a target says of a parcel: there as it was sent, not there, or there and something else. */
export type Confirmation = 'whole' | 'missing' | 'different';

/**
 * Where files go. Each call rejects with one of the faults of `faults.ts`, never with a system's or a library's error, or
 * with the reason of an aborted signal. Nothing it is told or tells holds a credential, a session's address or a path of
 * this machine.
 *
 * A target tries nothing again by itself, but for what its protocol has for that (a new access token after 401, a status query
 * after a cut): the caller does.
 */
export interface Target {
  /** Sends a parcel, and resolves when the target has said that it has all of it. */
  send(parcel: Parcel, context: SendContext): Promise<void>;

  /** Asks the target for what it has, by size and by the checksum that it has computed itself where it does so. */
  confirm(parcel: Parcel, signal: AbortSignal): Promise<Confirmation>;

  /** Deletes what was sent; resolves as well when it is not there. */
  remove(path: string, signal: AbortSignal): Promise<void>;

  /** Ends what it keeps open. */
  close(): void;
}
