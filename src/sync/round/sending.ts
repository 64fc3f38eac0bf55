import type { SealedFile, SegmentRecord } from '../journal/records.ts';
import { PassingFault, TargetFault } from '../targets/faults.ts';
import type { Parcel, Target } from '../targets/target.ts';
import { Tries } from './backoff.ts';
import type { Making } from './making.ts';
import type { RoundProgress, Surroundings } from './options.ts';
import type { Sealing } from './sealing.ts';
import type { State } from './state-folder.ts';
import type { Tally } from './tally.ts';

export interface SendingOptions {
  readonly target: Target;
  readonly state: State;
  readonly making: Making;
  readonly sealing: Sealing;
  readonly tally: Tally;
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
  readonly onProgress: (
    progress: Pick<RoundProgress, 'step'> & Partial<Omit<RoundProgress, 'confirmed' | 'left'>>,
  ) => void;
}

/** Brings the files of the spool to the target, and sees to it that they have arrived. */
export class Sending {
  readonly #options: SendingOptions;

  constructor(options: SendingOptions) {
    this.#options = options;
  }

  /**
   * Sends all that is not confirmed, oldest first.
   *
   * Rejects with a RoundEnd when the target cannot be reached, with its fault when it refuses, with the system's error, or with
   * the signal's reason
   */
  async sendAll(): Promise<void> {
    for (const { n } of this.#options.state.journal.ledger.open) await this.#deliver(n);
  }

  /**
   * Removes what may be at the target of files in whose place others were made. What cannot be removed now is tried again in the
   * next round. Rejects with the system's error or with the signal's reason.
   */
  async removeAbandoned(): Promise<void> {
    const { target, state, signal } = this.#options;
    for (const path of [...state.journal.ledger.abandoned]) {
      try {
        await target.remove(path, signal);
      } catch (error) {
        if (error instanceof TargetFault) return;
        throw error;
      }
      await state.journal.append({ k: 'removed', path });
    }
  }

  async #deliver(n: number): Promise<void> {
    const { surroundings, signal, onProgress } = this.#options;
    const tries = new Tries(surroundings, signal);
    for (;;) {
      signal.throwIfAborted();
      let reason = 'the target has not kept a file as it was sent';
      let retryAfterMs: number | undefined;
      try {
        if (await this.#try(n)) return;
      } catch (error) {
        if (!(error instanceof PassingFault)) throw error;
        reason = error.message;
        retryAfterMs = error.retryAfterMs;
      }
      signal.throwIfAborted();
      await tries.wait(reason, retryAfterMs, untilMs => {
        onProgress({ step: 'waiting', reason, untilMs });
      });
    }
  }

  /** @returns whether nothing is left to do for a segment */
  async #try(n: number): Promise<boolean> {
    const { state, tally } = this.#options;
    const known = state.journal.ledger.segment(n);
    if (!known) return true;
    // What was begun may have arrived all the same: sending it again, or another in its place, would be one too many.
    if (known.file && isBegun(known) && (await this.#hasArrived(known, known.file))) return true;
    const ready = await this.#prepared(known);
    if (!ready) return true;
    const { segment, file } = ready;
    if (segment.state !== 'sending') await state.journal.append({ ...segment, state: 'sending' });
    await this.#send(file);
    await state.journal.append({ ...segment, state: 'sent' });
    tally.addSent(segment);
    return this.#hasArrived(segment, file);
  }

  /** The segment with a file in the spool that can be sent; `undefined` when its rows are lost. */
  async #prepared(
    segment: SegmentRecord,
  ): Promise<{ readonly segment: SegmentRecord; readonly file: SealedFile } | undefined> {
    const { state, making, sealing } = this.#options;
    const { file } = segment;
    const isWhole = file !== undefined && (await state.spool.isWhole(file));
    if (isWhole && file.madeFor === making.fingerprint) return { segment, file };
    if (file && isBegun(segment)) await state.journal.append({ k: 'abandoned', path: file.path });
    if (!(await sealing.makeAnew(segment, isWhole))) return undefined;
    const made = state.journal.ledger.segment(segment.n);
    return made?.file && { segment: made, file: made.file };
  }

  async #send(file: SealedFile): Promise<void> {
    const { target, state, signal, onProgress } = this.#options;
    const { parcel, rethrowFault } = this.#watched(state.spool.parcel(file));
    const tell = (bytes: number): void => {
      onProgress({ step: 'sending', bytes, ofBytes: file.bytes });
    };
    tell(0);
    try {
      await target.send(parcel, {
        signal,
        resume: await state.notes.of(file.sha256),
        onProgress: tell,
      });
    } catch (error) {
      rethrowFault();
      throw error;
    }
  }

  /** A parcel that remembers that the spool could not be read, whatever the target makes of that. */
  #watched(parcel: Parcel): { readonly parcel: Parcel; readonly rethrowFault: () => void } {
    let fault: unknown;
    const read = async function* (from?: number, to?: number): AsyncGenerator<Uint8Array> {
      try {
        yield* parcel.read(from, to);
      } catch (error) {
        fault = error;
        throw error;
      }
    };
    const rethrowFault = (): void => {
      if (fault !== undefined) throw fault as Error;
    };
    return { parcel: { ...parcel, read }, rethrowFault };
  }

  /** Asks the target, and notes and clears away when all is well. */
  async #hasArrived(segment: SegmentRecord, file: SealedFile): Promise<boolean> {
    const { target, state, signal, tally, onProgress } = this.#options;
    onProgress({ step: 'confirming' });
    if ((await target.confirm(state.spool.parcel(file), signal)) !== 'whole') return false;
    await state.journal.append({ ...segment, state: 'confirmed' });
    tally.addConfirmed(segment);
    await state.spool.remove(file);
    await state.notes.remove(file.sha256);
    return true;
  }
}

/** Whether the target may have something of a segment. */
function isBegun({ state }: SegmentRecord): boolean {
  return state === 'sending' || state === 'sent';
}
