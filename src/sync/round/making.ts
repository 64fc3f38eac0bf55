import { createHash } from 'node:crypto';
import type { Content } from '../envelope/content.ts';
import type { LocalKey } from '../envelope/local-key.ts';
import { seal } from '../envelope/seal.ts';
import { sealingKey } from '../keys/key-store.ts';
import { readDeviceKey } from '../segments/device-key.ts';
import { pack } from '../segments/pack.ts';
import type { RowRange } from '../segments/segment.ts';
import { segmentContent, type SegmentForm } from '../segments/segment-content.ts';
import { deviceId, segmentPath, studyOf } from '../segments/segment-path.ts';
import { RoundEnd } from './round-end.ts';
import type { RoundSource } from './options.ts';

/** Bytes of a sealed file besides its content: header and stream header, tags of the chunks, at most. */
const SEALED_BYTES = 256;
const RECIPIENT_BYTES = 2048;
const CHUNK_BYTES = 65_000;
const TAG_BYTES = 16;
/** How long a key seals before the store is asked again: a keyring is asked by starting a program. */
const KEY_MS = 10_000;

/** What is to be sent of a segment, before it is sealed. */
export interface Payload {
  readonly bytes: Buffer;
  readonly content: Content;
}

/** The bytes of a file that is to be sent, and the local key that opens it; empty for one that is not sealed. */
export interface Made {
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly keyId: string;
}

/** How segments are made for one destination, as its settings are now. */
export class Making {
  /** Names the settings; a file that was made with others is made anew before it is sent. */
  readonly fingerprint: string;
  readonly #source: RoundSource;
  readonly #study: string;
  readonly #deviceKey: Buffer;
  readonly #now: () => number;
  #key: { readonly key: LocalKey; readonly askedMs: number } | undefined;

  /**
   * @param deviceKey for what nobody is to keep; that of the data folder, which is made where there is none, when it is left out
   * @throws RoundEnd when the settings do not allow it
   * @throws the system's error when the device's key can be neither read nor made
   */
  constructor(source: RoundSource, now: () => number, deviceKey?: Buffer) {
    const { mode, recipients, encrypt, dataDirectory } = source;
    if (mode === 'contribute' && recipients.length === 0)
      throw refused(
        'a contribution is sealed for the study’s key, and none is given',
        'Put the study’s age recipient (age1…) into cloud.recipients',
      );
    if (mode === 'contribute' && !encrypt)
      throw refused('a contribution is always sealed', 'Set cloud.encrypt_before_upload to true');
    this.#source = source;
    this.#now = now;
    this.#study = studyIn(source);
    this.#deviceKey = deviceKey ?? readDeviceKey(dataDirectory);
    this.fingerprint = createHash('sha256')
      .update(JSON.stringify([encrypt, this.#study, ...[...recipients].sort()]))
      .digest('hex')
      .slice(0, 16);
  }

  get isSealed(): boolean {
    return this.#source.encrypt;
  }

  /** The rows of a range, as they may leave the machine. Rejects as {@link segmentContent} does. */
  async payload(range: RowRange): Promise<Payload> {
    const { bytes } = await segmentContent(this.#source.logDirectory, range, this.#form());
    return this.isSealed ? pack(bytes) : { bytes, content: 'parquet' };
  }

  /** Most bytes of the file that is made of this. */
  mostBytes({ bytes: { length } }: Payload): number {
    if (!this.isSealed) return length;
    const forRecipients = RECIPIENT_BYTES * this.#source.recipients.length;
    return length + SEALED_BYTES + forRecipients + TAG_BYTES * Math.ceil(length / CHUNK_BYTES);
  }

  /**
   * Makes a file. Rejects with a KeyError when there is no key to seal with, or with an AgeKeyError.
   *
   * @param trialKey seals a file that nobody is to keep; the newest of the store seals when it is left out
   */
  async make({ bytes, content }: Payload, trialKey?: LocalKey): Promise<Made> {
    if (!this.isSealed) return { pieces: [bytes], keyId: '' };
    const key = trialKey ?? (await this.#newestKey());
    const { recipients } = this.#source;
    return { pieces: seal([bytes], { key, recipients, content }), keyId: key.id };
  }

  /** One that is added while a round is at it seals soon after. */
  async #newestKey(): Promise<LocalKey> {
    const askedMs = this.#now();
    // A clock that was set counts as time that has passed, whichever way it went.
    if (this.#key && Math.abs(askedMs - this.#key.askedMs) < KEY_MS) return this.#key.key;
    const { key } = await sealingKey(this.#source.keys);
    this.#key = { key, askedMs };
    return key;
  }

  /** Where a file goes. */
  pathOf({ firstMs }: RowRange, sha256: string): string {
    const date = new Date(firstMs).toISOString().slice(0, 10);
    const { mode } = this.#source;
    const study = this.#study;
    const device = deviceId(
      this.#deviceKey,
      mode === 'backup' ? { mode } : { mode, study, month: date.slice(0, 7) },
    );
    return segmentPath({ study, device, date, sha256, isSealed: this.isSealed });
  }

  #form(): SegmentForm {
    const { mode } = this.#source;
    return mode === 'backup' ? { mode } : { mode, study: this.#study, deviceKey: this.#deviceKey };
  }
}

/** @throws RoundEnd when the study cannot be called so */
function studyIn(source: RoundSource): string {
  try {
    return studyOf(source);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error), 'Correct cloud.study');
  }
}

function refused(reason: string, remedy: string): RoundEnd {
  return new RoundEnd({ state: 'refused', reason, remedy });
}
