import type { MessageConnection } from 'vscode-jsonrpc';
import {
  Range,
  type RangeChunk,
  RangeChunks,
  type RangeParams,
  type RangeResult,
} from '../common/protocol.ts';
import { untilAborted } from './cancelling.ts';

let lastToken = 0;

/**
 * Asks a sampler for a span of time out of its memory, the log or its rollups.
 *
 * @param take gets the points, in order, in pieces, before the promise resolves; none after `signal` has ended it
 * @throws the sampler's error when the log cannot be read or the request was cancelled, and the signal's reason
 */
export async function requestRange(
  rpc: MessageConnection,
  params: Omit<RangeParams, 'token'>,
  take: (chunk: RangeChunk) => void,
  signal?: AbortSignal,
): Promise<RangeResult> {
  return untilAborted(signal, async cancellation => {
    const token = ++lastToken;
    const progress = rpc.onProgress(RangeChunks, token, chunk => {
      if (signal?.aborted !== true) take(chunk);
    });
    try {
      return await rpc.sendRequest(Range, { ...params, token }, cancellation);
    } finally {
      progress.dispose();
    }
  });
}
