import { createHash } from 'node:crypto';
import { PassingFault, RefusedFault, SignInFault } from '../../../../src/sync/targets/faults.ts';
import type { Confirmation, Parcel, SendContext, Target } from '../../../../src/sync/targets/target.ts';
import { collect } from '../../envelope/collect.ts';
import type { Random } from '../random.ts';

/**
 * A target in memory with all that can go wrong between two machines: requests and answers that are lost, content that arrives in
 * part, is changed on its way or arrives twice, answers that are not true yet, and refusals.
 */
export class FlakyTarget implements Target {
  readonly objects = new Map<string, Buffer>();
  /** Probability of a fault in each call. */
  faults = 0;
  readonly #random: Random;
  /** What is still on its way, and arrives before the next thing happens that could tell. */
  readonly #late: (readonly [path: string, bytes: Buffer])[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  async send(parcel: Parcel, { signal, resume, onProgress }: SendContext): Promise<void> {
    signal.throwIfAborted();
    if (this.#random.chance(0.3)) await resume.keep(`session of ${parcel.sha256}`);
    this.#loseRequest();
    const bytes = await collect(parcel.read());
    signal.throwIfAborted();
    if (this.#hasFault()) {
      const part = bytes.subarray(0, this.#random.whole(0, bytes.length));
      switch (this.#random.below(4)) {
        case 0:
          // Cut in the middle, and the target keeps what has come.
          this.objects.set(parcel.path, part);
          throw new PassingFault('cut');
        case 1:
          this.objects.set(parcel.path, damaged(bytes, this.#random));
          return;
        case 2:
          this.#late.push([parcel.path, bytes]);
          throw new PassingFault('no answer');
        default:
          // It arrives twice, one time late.
          this.#late.push([parcel.path, bytes]);
      }
    }
    this.objects.set(parcel.path, bytes);
    onProgress?.(bytes.length);
    this.#loseAnswer();
    await resume.keep(undefined);
  }

  async confirm(parcel: Parcel, signal: AbortSignal): Promise<Confirmation> {
    await Promise.resolve();
    signal.throwIfAborted();
    this.#loseRequest();
    // A listing may be behind.
    if (!this.objects.has(parcel.path) && this.#random.chance(0.5)) return 'missing';
    this.#arrive();
    const bytes = this.objects.get(parcel.path);
    this.#loseAnswer();
    if (!bytes) return 'missing';
    const isWhole = createHash('sha256').update(bytes).digest('hex') === parcel.sha256;
    return isWhole ? 'whole' : 'different';
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    signal.throwIfAborted();
    this.#loseRequest();
    this.#arrive();
    this.objects.delete(path);
    this.#loseAnswer();
  }

  close(): void {
    // Nothing is kept open.
  }

  #arrive(): void {
    for (const [path, bytes] of this.#late.splice(0)) this.objects.set(path, bytes);
  }

  #hasFault(): boolean {
    return this.#random.chance(this.faults);
  }

  #loseRequest(): void {
    if (!this.#hasFault()) return;
    switch (this.#random.below(8)) {
      case 0:
        throw new SignInFault('not known', 'sign in');
      case 1:
        throw new RefusedFault('no room', 'make room');
      case 2:
        throw new PassingFault('too many requests', this.#random.below(200_000));
      default:
        throw new PassingFault('no network');
    }
  }

  #loseAnswer(): void {
    if (this.#hasFault()) throw new PassingFault('no answer');
  }
}

function damaged(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
