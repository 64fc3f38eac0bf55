import { constants } from 'node:buffer';

/** Most bytes of a head: a length and perhaps a type; what is longer is no head. */
const MOST_HEAD_BYTES = 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /^content-length[\t ]*:[\t ]*(\d+)[\t ]*$/im;
const NOTHING = Buffer.alloc(0);

/** What was received is no stream of messages, or holds one that is longer than a text can be. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/**
 * Cuts a stream of bytes into the bodies of its messages, as the Language Server Protocol's base protocol has them: a head
 * with `Content-Length: <bytes>`, an empty line, a body in UTF-8. A message that comes in one piece is read where it lies;
 * what is copied is only what has to be kept until more of it comes.
 */
export class MessageSplitter {
  /** Beginning of a head. */
  #head: Buffer = NOTHING;
  /** Length of the body that is being received; 0 for none. */
  #length = 0;
  #parts: Buffer[] = [];
  #received = 0;

  /**
   * Takes the next bytes.
   *
   * @param chunk may be used again by others afterwards
   * @param take gets the text of each body that is complete, in order
   * @throws FramingError when what has come is no stream of messages; nothing can be read after that
   */
  add(chunk: Buffer, take: (body: string) => void): void {
    let bytes = chunk;
    if (this.#head.length > 0) {
      bytes = Buffer.concat([this.#head, chunk]);
      this.#head = NOTHING;
    }
    for (let at = 0; at < bytes.length;) {
      if (this.#length === 0) {
        const end = bytes.indexOf(HEAD_END, at);
        if (end - at > MOST_HEAD_BYTES || (end < 0 && bytes.length - at > MOST_HEAD_BYTES))
          throw new FramingError('a message has no head');
        if (end < 0) {
          this.#head = Buffer.from(bytes.subarray(at));
          return;
        }
        this.#length = bodyLength(bytes.toString('latin1', at, end));
        at = end + HEAD_END.length;
      } else {
        const end = Math.min(bytes.length, at + this.#length - this.#received);
        this.#received += end - at;
        if (this.#received < this.#length) this.#parts.push(Buffer.from(bytes.subarray(at, end)));
        else take(this.#body(bytes, at, end));
        at = end;
      }
    }
  }

  /** The text of the body whose last bytes lie here; after that the next head is expected. */
  #body(bytes: Buffer, start: number, end: number): string {
    const parts = this.#parts;
    this.#length = this.#received = 0;
    if (parts.length === 0) return bytes.toString('utf8', start, end);
    this.#parts = [];
    parts.push(bytes.subarray(start, end));
    return Buffer.concat(parts).toString('utf8');
  }
}

/** @throws FramingError for a head without a length that a JSON text can have */
function bodyLength(head: string): number {
  const digits = LENGTH.exec(head)?.[1];
  if (digits === undefined) throw new FramingError('a head has no Content-Length');
  const length = Number(digits);
  if (length < 1 || length > constants.MAX_STRING_LENGTH)
    throw new FramingError(`a message cannot have ${digits.slice(0, 20)} bytes`);
  return length;
}
