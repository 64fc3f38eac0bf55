/**
 * A sealed file cannot be opened. Each kind of fault is a class of its own. No message holds key material, a path, or
 * anything of the content.
 */
export abstract class EnvelopeError extends Error {}

/** It does not begin as a sealed file does. */
export class NotSealedError extends EnvelopeError {
  override readonly name = 'NotSealedError';

  constructor() {
    super('it is not a file that OptiMetrics has sealed');
  }
}

/** It has a version that this program does not know. */
export class NewerVersionError extends EnvelopeError {
  override readonly name = 'NewerVersionError';

  constructor(version: number) {
    super(
      `it has version ${version} of the sealed format, and this program reads version 1; open it with a newer OptiMetrics`,
    );
  }
}

/** None of the keys at hand opens it. */
export class UnknownKeyError extends EnvelopeError {
  override readonly name = 'UnknownKeyError';
  /** Id of the local key that it names, in hexadecimal. */
  readonly keyId: string;

  /**
   * @param why what was looked for among which keys, in words that end a sentence
   */
  constructor(keyId: string, why: string) {
    super(`none of the keys at hand opens it: ${why}`);
    this.keyId = keyId;
  }
}

/** Its header is not as it was written. */
export class DamagedHeaderError extends EnvelopeError {
  override readonly name = 'DamagedHeaderError';

  constructor(what: string) {
    super(`its header is damaged: ${what}`);
  }
}

/** One of its chunks is not what was written at that place of that file. */
export class DamagedChunkError extends EnvelopeError {
  override readonly name = 'DamagedChunkError';
  /** Number of the chunk, from 0. */
  readonly chunk: number;

  constructor(chunk: number, isLast: boolean) {
    super(
      isLast
        ? `its last chunk (number ${chunk}) is damaged or cut off`
        : `its chunk number ${chunk} is damaged, or belongs to another place or file`,
    );
    this.chunk = chunk;
  }
}

/** It ends too early. */
export class TruncatedError extends EnvelopeError {
  override readonly name = 'TruncatedError';

  constructor(where: string) {
    super(`it is cut off ${where}; fetch it again from where it came from`);
  }
}

/** It goes on after the chunk that was written as its last. */
export class TrailingDataError extends EnvelopeError {
  override readonly name = 'TrailingDataError';

  constructor(chunk: number) {
    super(`something has been added to it after its last chunk (number ${chunk})`);
  }
}
