import { constants, gzipSync } from 'node:zlib';
import type { Content } from '../envelope/content.ts';

/**
 * A segment's Parquet file as it is sealed: what has been sealed cannot be made smaller any more, and nothing reads it before
 * it has been opened.
 */
export function pack(parquet: Buffer): { readonly bytes: Buffer; readonly content: Content } {
  return { bytes: gzipSync(parquet, { level: constants.Z_BEST_COMPRESSION }), content: 'parquet.gz' };
}
