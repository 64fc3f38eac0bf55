/**
 * Why a target did not do what it was asked. The message is one line for the user and holds no credential, no address of a
 * session and no path; what follows is decided by the class.
 */
export abstract class TargetFault extends Error {
  /** What the user can do about it, a sentence without its full stop; empty for what passes by itself. */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** It passes: the network, an answer of 408, 429 or 5xx, a cut, a stall. Tried again later. */
export class PassingFault extends TargetFault {
  override readonly name = 'PassingFault';
  /** How long the target asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message, '');
    this.retryAfterMs = retryAfterMs;
  }
}

/** The target does not know the user (any more): 401 after a new access token was tried, or nobody has signed in yet. */
export class SignInFault extends TargetFault {
  override readonly name = 'SignInFault';
}

/** The target refuses, and will until somebody does something: no right, no room, no such bucket, a redirect elsewhere. */
export class RefusedFault extends TargetFault {
  override readonly name = 'RefusedFault';
}
