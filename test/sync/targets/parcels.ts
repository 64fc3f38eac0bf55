import { createCipheriv, createHash } from 'node:crypto';
import type { Parcel, ResumeNote, SendContext } from '../../../src/sync/targets/target.ts';

/** Bytes that look random and are the same in each run. */
export function bytesOf(length: number, seed = 'bytes'): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** A parcel of these bytes, as the spool has it. It counts how often it is read, and from where. */
export function parcelOf(
  bytes: Buffer,
  folder = 'study=backup/device=0123abcd/date=2026-11-26',
): Parcel & {
  readonly reads: number[];
} {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const reads: number[] = [];
  return {
    path: `${folder}/${sha256}.sealed`,
    bytes: bytes.length,
    sha256,
    md5: createHash('md5').update(bytes).digest('hex'),
    reads,
    async *read(from = 0, to = bytes.length) {
      reads.push(from);
      for (let at = from; at < to; at += 65_536) {
        await Promise.resolve();
        yield bytes.subarray(at, Math.min(at + 65_536, to));
      }
    },
  };
}

/** A note that is kept in memory, with all that it has been. */
export class MemoryNote implements ResumeNote {
  text: string | undefined;
  readonly history: (string | undefined)[] = [];

  keep(text: string | undefined): Promise<void> {
    this.text = text;
    this.history.push(text);
    return Promise.resolve();
  }
}

/** What a send is given, with what it has told of its progress. */
export function contextOf(
  note: ResumeNote = new MemoryNote(),
  signal: AbortSignal = new AbortController().signal,
): SendContext & { readonly progress: number[] } {
  const progress: number[] = [];
  return { signal, resume: note, progress, onProgress: bytes => progress.push(bytes) };
}

export const NEVER = new AbortController().signal;
