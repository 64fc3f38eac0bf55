/** Keys cannot be read or kept. The message says what to do, in one line, and holds neither keys nor paths. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}
