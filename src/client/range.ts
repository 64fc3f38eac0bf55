import { CancellationTokenSource, type MessageConnection } from 'vscode-jsonrpc';
import {
  Range,
  type RangeChunk,
  RangeChunks,
  type RangeParams,
  type RangeResult,
} from '../common/protocol.ts';

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
  signal?.throwIfAborted();
  const token = ++lastToken;
  const cancellation = new CancellationTokenSource();
  const cancel = (): void => {
    cancellation.cancel();
  };
  const progress = rpc.onProgress(RangeChunks, token, chunk => {
    if (signal?.aborted !== true) take(chunk);
  });
  signal?.addEventListener('abort', cancel);
  try {
    return await rpc.sendRequest(Range, { ...params, token }, cancellation.token);
  } finally {
    signal?.removeEventListener('abort', cancel);
    progress.dispose();
    cancellation.dispose();
  }
}
