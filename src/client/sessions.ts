import type { MessageConnection } from 'vscode-jsonrpc';
import { Sessions, type SessionsParams, type SessionsResult } from '../common/protocol.ts';
import { untilAborted } from './cancelling.ts';

/**
 * Asks a sampler for the sessions of a span of time.
 *
 * @throws the sampler's error when the log cannot be read or the request was cancelled, and the signal's reason
 */
export function requestSessions(
  rpc: MessageConnection,
  params: SessionsParams,
  signal?: AbortSignal,
): Promise<SessionsResult> {
  return untilAborted(signal, token => rpc.sendRequest(Sessions, params, token));
}
