import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { codeOf } from '../../common/faults.ts';
import type { Content } from '../envelope/content.ts';
import { SegmentFormatError } from './segment-format-error.ts';

/** Most bytes of a segment's Parquet file that are read: no range of the log becomes as much. */
export const LARGEST_SEGMENT = 128 * 2 ** 20;

/**
 * A segment's Parquet file as it is sealed: what has been sealed cannot be made smaller any more, and nothing reads it before
 * it has been opened.
 */
export function pack(parquet: Buffer): { readonly bytes: Buffer; readonly content: Content } {
  return { bytes: gzipSync(parquet, { level: constants.Z_BEST_COMPRESSION }), content: 'parquet.gz' };
}

/**
 * The Parquet file that was packed.
 *
 * @throws SegmentFormatError when it is damaged, or would become larger than any segment is
 */
export function unpack(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_SEGMENT });
  } catch (error) {
    throw new SegmentFormatError(
      codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? 'it is too large' : 'what it holds cannot be decompressed',
    );
  }
}
