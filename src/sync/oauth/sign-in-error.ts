/**
 * Why a sign-in came to nothing.
 *
 * - `denied`: the user did not give the permission, or not all of it.
 * - `foreign`: an answer that does not belong to this sign-in (its state or its issuer is another).
 * - `no-code`: an answer without a code, or a text in which there is none.
 * - `refused`: the server does not want to, or its answer makes no sense.
 * - `client`: the server does not know the client id, or its secret is another.
 * - `spent`: the code was used before, or too old.
 * - `time`: nothing came in time. `closed`: it was called off.
 * - `listener`: nothing can listen on this machine.
 */
export type SignInFailure =
  'denied' | 'foreign' | 'no-code' | 'refused' | 'client' | 'spent' | 'time' | 'closed' | 'listener';

/** A sign-in came to nothing. The message is one line for the user, without code, token or address. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly reason: SignInFailure;

  constructor(reason: SignInFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A code of an error as a server gives it, for a message: nothing else that it says is repeated. */
export function plainCode(code: string | null | undefined): string {
  return /^[a-z_]{1,40}$/.test(code ?? '') ? String(code) : 'an unknown error';
}
