/** Bytes that come in pieces of any size, to be taken in others. Holds the pieces themselves: they must not change. */
export class Pieces {
  /** Bytes that there are. */
  length = 0;
  readonly #pieces: Uint8Array[] = [];

  add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  /** The next bytes, as many as came together. */
  takeFirst(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    this.length -= piece?.length ?? 0;
    return piece;
  }

  /** The next bytes, without copying them. @throws RangeError when there are not so many */
  take(bytes: number): Uint8Array[] {
    if (bytes > this.length) throw new RangeError(`${bytes} bytes of ${this.length}`);
    this.length -= bytes;
    const taken: Uint8Array[] = [];
    for (let missing = bytes; missing > 0;) {
      const piece = this.#pieces[0];
      if (!piece) break;
      if (piece.length <= missing) {
        taken.push(piece);
        this.#pieces.shift();
      } else {
        taken.push(piece.subarray(0, missing));
        this.#pieces[0] = piece.subarray(missing);
      }
      missing -= Math.min(piece.length, missing);
    }
    return taken;
  }

  /** The next bytes in one. @throws RangeError when there are not so many */
  takeJoined(bytes: number): Buffer {
    return Buffer.concat(this.take(bytes), bytes);
  }
}
