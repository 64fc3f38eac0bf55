import { createHash } from 'node:crypto';
import { LocalKey } from '../envelope/local-key.ts';
import type { RowRange } from '../segments/segment.ts';
import type { Making } from './making.ts';

/** A file that is made as it would be sent, and kept nowhere. */
export interface TrialFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** Opens it, and nothing else. */
  readonly key: LocalKey;
}

/** Makes the file of a range for looking at it. Rejects as {@link Making.payload} and {@link Making.make} do. */
export async function trialOf(making: Making, range: RowRange): Promise<TrialFile> {
  // Not the user's: there may be none yet, and looking makes none.
  const key = LocalKey.generate();
  const { pieces } = await making.make(await making.payload(range), key);
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  const bytes = Buffer.concat(all);
  return { path: making.pathOf(range, createHash('sha256').update(bytes).digest('hex')), bytes, key };
}
