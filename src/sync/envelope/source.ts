import { Pieces } from './pieces.ts';

/** What bytes come from: a stream of Node's, a generator, an array of buffers. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Reads bytes from their source as many at a time as are needed. */
export class Source {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  readonly #pieces = new Pieces();
  #hasEnded = false;

  constructor(bytes: Bytes) {
    this.#iterator = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
  }

  /** The next bytes; fewer only where the source ends. Rejects with what the source rejects with. */
  async read(bytes: number): Promise<Buffer> {
    await this.#fill(bytes);
    return this.#pieces.takeJoined(Math.min(bytes, this.#pieces.length));
  }

  /** What the source gives next, as it comes; `undefined` at its end. Rejects with what the source rejects with. */
  async next(): Promise<Uint8Array | undefined> {
    await this.#fill(1);
    return this.#pieces.takeFirst();
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#iterator.return?.();
  }

  async #fill(bytes: number): Promise<void> {
    while (this.#pieces.length < bytes && !this.#hasEnded) {
      const next = await this.#iterator.next();
      if (next.done === true) this.#hasEnded = true;
      else this.#pieces.add(next.value);
    }
  }
}
