import { type CancellationToken, CancellationTokenSource } from 'vscode-jsonrpc';

/**
 * Sends a request that ends with a signal.
 *
 * @throws the signal's reason when it has been given already, and what `send` throws
 */
export async function untilAborted<T>(
  signal: AbortSignal | undefined,
  send: (token: CancellationToken) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const cancellation = new CancellationTokenSource();
  const cancel = (): void => {
    cancellation.cancel();
  };
  signal?.addEventListener('abort', cancel);
  try {
    return await send(cancellation.token);
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancellation.dispose();
  }
}
