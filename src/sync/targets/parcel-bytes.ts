import { describeFault } from '../../common/faults.ts';
import { PassingFault } from './faults.ts';
import type { Parcel } from './target.ts';

/**
 * A parcel's bytes from one position up to before another, exactly as many as there have to be: a target that was promised a
 * number of bytes gets them or none.
 *
 * @throws PassingFault when they cannot be read or are not as many: the caller looks after its file and tries again
 */
export async function* parcelBytes(
  parcel: Parcel,
  from = 0,
  to = parcel.bytes,
): AsyncGenerator<Uint8Array, void> {
  let left = to - from;
  const pieces = parcel.read(from, to)[Symbol.asyncIterator]();
  try {
    while (true) {
      const { value, done } = await next(pieces);
      if (done === true) break;
      left -= value.length;
      if (left < 0) break;
      yield value;
    }
  } finally {
    await pieces.return?.();
  }
  if (left !== 0) throw new PassingFault('the file to be sent has not the length that it had');
}

async function next(pieces: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array, unknown>> {
  try {
    return await pieces.next();
  } catch (error) {
    throw new PassingFault(`the file to be sent cannot be read: ${describeFault(error)}`);
  }
}
