import { PassingFault, RefusedFault, SignInFault, type TargetFault } from '../targets/faults.ts';
import type { HttpReply } from './http-client.ts';

/** No server is believed that wants to be left alone for longer. */
const LONGEST_WAIT_MS = 86_400_000;

export interface FaultWords {
  /** Whom: "the WebDAV server". */
  readonly party: string;
  /** What to do when it does not know the user. */
  readonly signIn: string;
  /** What the target's own code says of this answer, a clause; nothing when left out. */
  readonly detail?: string;
}

/**
 * What an answer that is not the one hoped for means. 408, 429 and 5xx pass by themselves (but 501, 505 and 507, which do
 * not), 401 is for the user to sign in, everything else is refused for good.
 */
export function replyFault(
  reply: Pick<HttpReply, 'status' | 'headers'>,
  words: FaultWords,
  nowMs = Date.now(),
): TargetFault {
  const { status, headers } = reply;
  const { party, signIn, detail } = words;
  const said = `${party} answers ${status}${detail === undefined ? '' : `: ${detail}`}`;
  if (status === 401) return new SignInFault(said, signIn);
  if (status === 507) return new RefusedFault(said, 'Make room there, or choose another place');
  if (status >= 300 && status < 400)
    return new RefusedFault(
      `${said}, a redirect; credentials are not sent on to other places`,
      'Set the address that it leads to, if you trust that one',
    );
  if (status === 408 || status === 425 || status === 429 || isPassing(status))
    return new PassingFault(said, retryAfterMs(headers['retry-after'], nowMs));
  if (status === 403) return new RefusedFault(said, 'See to it that you may write there');
  return new RefusedFault(said, 'Check the address and the settings of the upload');
}

function isPassing(status: number): boolean {
  return status >= 500 && status !== 501 && status !== 505;
}

/** Reads `Retry-After` (RFC 9110, 10.2.3): seconds or a date. `undefined` when there is none or it cannot be read. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}
