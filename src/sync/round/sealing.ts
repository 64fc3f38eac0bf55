import path from 'node:path';
import type { Disk } from '../disk.ts';
import { EnvelopeError } from '../envelope/errors.ts';
import { unseal } from '../envelope/unseal.ts';
import type { SealedFile, SegmentRecord } from '../journal/records.ts';
import { SegmentGoneError } from '../segments/segment-content.ts';
import type { RowRange } from '../segments/segment.ts';
import type { Making, Payload } from './making.ts';
import type { RoundSource } from './options.ts';
import { plannedRanges } from './planned-ranges.ts';
import type { State } from './state-folder.ts';
import type { Tally } from './tally.ts';

export interface SealingOptions {
  readonly source: RoundSource;
  readonly state: State;
  readonly making: Making;
  readonly tally: Tally;
  readonly disk: Disk;
  readonly maxSpoolBytes: number;
  readonly signal: AbortSignal;
  readonly onSealing: () => void;
  readonly onDamage: (what: string) => void;
}

/** Makes segments of the log and puts their files into the spool. */
export class Sealing {
  readonly #options: SealingOptions;

  constructor(options: SealingOptions) {
    this.#options = options;
  }

  /**
   * Seals what there is, oldest first, as far as the spool has room.
   *
   * @returns whether that was all
   * Rejects with the system's error, or as {@link Making.make} does
   */
  async sealAll(nowMs: number, includesOpen: boolean): Promise<boolean> {
    const { source, state, making, onDamage, signal } = this.#options;
    const { ledger } = state.journal;
    const ranges = plannedRanges(source.logDirectory, ledger, { nowMs, includesOpen, onDamage });
    for await (const { range, after } of ranges) {
      signal.throwIfAborted();
      this.#options.onSealing();
      const payload = await this.#payloadOf(range);
      if (!payload) {
        onDamage(`${range.file} has gone, or was changed, while ${range.rows} of its rows were being sealed`);
        continue;
      }
      if (!this.#hasRoom(making.mostBytes(payload))) return false;
      // What leaves the machine must not be more than the log has after a power cut: positions in it are what counts.
      await this.#syncLog(range);
      const sealed: SegmentRecord = { k: 'segment', n: ledger.next, state: 'sealed', range, after };
      await state.journal.append(sealed);
      this.#options.tally.addSealed(await this.#spool(sealed, payload));
    }
    return true;
  }

  /**
   * Makes the file of a segment anew, from the log or, when that has gone, from the file in the spool. Notes it as lost when there
   * is neither.
   *
   * @param isWhole whether the file in the spool is as it was written
   * @returns whether it could be made. Rejects as {@link sealAll} does
   */
  async makeAnew(segment: SegmentRecord, isWhole: boolean): Promise<boolean> {
    const { state, tally } = this.#options;
    const payload =
      (await this.#payloadOf(segment.range)) ?? (isWhole ? await this.#opened(segment) : undefined);
    if (!payload) {
      await state.journal.append({ ...segment, state: 'lost' });
      tally.addLost(segment);
    } else {
      await this.#syncLog(segment.range);
      await this.#spool(segment, payload);
    }
    const made = state.journal.ledger.segment(segment.n)?.file;
    // What is not sealed has the same name when it is made anew.
    if (segment.file && segment.file.path !== made?.path) {
      await state.notes.remove(segment.file.sha256);
      await state.spool.remove(segment.file);
    }
    return payload !== undefined;
  }

  /** `undefined` when the log does not have the rows any more. */
  async #payloadOf(range: RowRange): Promise<Payload | undefined> {
    try {
      return await this.#options.making.payload(range);
    } catch (error) {
      if (!(error instanceof SegmentGoneError)) throw error;
      return undefined;
    }
  }

  /** What is in the spool's file of a segment; `undefined` when no key that there is opens it. */
  async #opened({ file }: SegmentRecord): Promise<Payload | undefined> {
    if (!file) return undefined;
    const { spool } = this.#options.state;
    if (file.keyId === '') return { bytes: await joined(spool.read(file)), content: 'parquet' };
    const { local } = await this.#options.source.keys.load();
    try {
      const { content, plaintext } = await unseal(spool.read(file), { local });
      return { bytes: await joined(plaintext), content };
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      return undefined;
    }
  }

  async #spool(segment: SegmentRecord, payload: Payload): Promise<SegmentRecord> {
    const { state, making } = this.#options;
    const { pieces, keyId } = await making.make(payload);
    const written = await state.spool.add(pieces, making.isSealed);
    const file: SealedFile = {
      path: making.pathOf(segment.range, written.sha256),
      ...written,
      keyId,
      madeFor: making.fingerprint,
    };
    const encrypted: SegmentRecord = { ...segment, state: 'encrypted', file };
    await state.journal.append(encrypted);
    return encrypted;
  }

  /** One file has room in any case: without it nothing would ever be sent. */
  #hasRoom(bytes: number): boolean {
    const { state, maxSpoolBytes } = this.#options;
    return state.spool.isEmpty || state.spool.bytes + bytes <= maxSpoolBytes;
  }

  async #syncLog({ file }: RowRange): Promise<void> {
    await this.#options.disk.syncFile(path.join(this.#options.source.logDirectory, file));
  }
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
