import { Random } from '../../../scripts/train/random.ts';

/** What a request to the server is for. */
export type RequestKind =
  | 'token'
  | 'generate-ids'
  | 'list'
  | 'get'
  | 'delete'
  | 'create-folder'
  | 'begin'
  | 'status'
  | 'chunk'
  | 'unknown';

/** A request as it comes in, before its body. */
export interface Received {
  readonly kind: RequestKind;
  /** Number of the request, from 0. */
  readonly nth: number;
  /** As its `Content-Length` says. */
  readonly bytes: number;
}

/**
 * What goes wrong with a request.
 *
 * - `status`: it is answered with that; `isDone` says whether it was carried out all the same.
 * - `cut`: the connection is cut before anything was read; in the body, after `at` of its bytes; after the request was carried
 *   out and before the answer; in the middle of the answer.
 * - `partial`: of a chunk only `kept` bytes are taken, rounded down to the granularity, and the answer says so.
 * - `twice`: it is carried out two times, and the answer of the second one is given.
 * - `stall`: no answer comes, carried out or not, until the other side gives up.
 * - `damage`: a bit of what a chunk brings is another once it is stored.
 * - `redirect`: to itself, or to another address.
 * - `flood`: an answer of so many bytes. `drip`: an answer whose bytes come one by one.
 * - `garbage`: the answer is 200 and a page of HTML.
 * - `address`: `Location` of a new session is this.
 */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly reason?: string;
      readonly retryAfter?: string;
      readonly isDone?: boolean;
    }
  | { readonly kind: 'cut'; readonly where: 'before' | 'after' | 'in-answer' }
  | { readonly kind: 'cut'; readonly where: 'in-body'; readonly at: number }
  | { readonly kind: 'partial'; readonly kept: number }
  | { readonly kind: 'twice' }
  | { readonly kind: 'stall'; readonly isDone: boolean }
  | { readonly kind: 'damage' }
  | { readonly kind: 'redirect'; readonly to?: string }
  | { readonly kind: 'flood'; readonly bytes: number }
  | { readonly kind: 'drip'; readonly everyMs: number }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'address'; readonly location: string };

/** Says what goes wrong with a request; nothing when it returns `undefined`. */
export type FaultPlan = (received: Received) => Fault | undefined;

export interface SeededPlan {
  readonly seed: number;
  /** Share of the requests with which something goes wrong. */
  readonly chance: number;
  /** After so many faults nothing goes wrong any more. */
  readonly most: number;
  /** Kinds of faults that do not happen: `stall` costs as much time as the client has patience. */
  readonly without?: readonly Fault['kind'][];
}

/** 403 whose reason says that it passes, and statuses that pass. */
const PASSING: readonly Fault[] = [
  { kind: 'status', status: 403, reason: 'userRateLimitExceeded' },
  { kind: 'status', status: 403, reason: 'rateLimitExceeded' },
  { kind: 'status', status: 408 },
  { kind: 'status', status: 429, retryAfter: '1' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 503, isDone: true },
  { kind: 'status', status: 500, isDone: true },
];

/** After 401 the next requests are answered otherwise: twice in a row would mean that the user has to sign in. */
const REQUESTS_BETWEEN_401 = 12;

/** The same faults for the same seed and the same requests: all that pass by themselves, and sessions that are gone. */
export function seededFaults({ seed, chance, most, without = [] }: SeededPlan): FaultPlan {
  const random = new Random(seed);
  let left = most;
  let deniedAt = Number.NEGATIVE_INFINITY;
  return received => {
    if (left === 0 || !random.chance(chance)) return undefined;
    const fault = random.pick(possible(received, random).filter(({ kind }) => !without.includes(kind)));
    if (fault.kind === 'status' && fault.status === 401) {
      if (received.nth - deniedAt < REQUESTS_BETWEEN_401) return undefined;
      deniedAt = received.nth;
    }
    left--;
    return fault;
  };
}

function possible({ kind, bytes }: Received, random: Random): Fault[] {
  const faults: Fault[] = [
    random.pick(PASSING),
    { kind: 'cut', where: random.pick(['before', 'after', 'in-answer'] as const) },
    { kind: 'twice' },
    { kind: 'stall', isDone: random.chance(0.5) },
  ];
  const inBytes = Math.floor(random.next() * (bytes + 1));
  if (bytes > 0) faults.push({ kind: 'cut', where: 'in-body', at: inBytes });
  if (kind !== 'token') faults.push({ kind: 'status', status: 401, reason: 'authError' });
  if (kind === 'chunk') {
    faults.push(
      { kind: 'partial', kept: inBytes },
      { kind: 'damage' },
      { kind: 'cut', where: 'in-body', at: inBytes },
    );
  }
  if (kind === 'chunk' || kind === 'status')
    faults.push({ kind: 'status', status: random.pick([404, 410]), reason: 'notFound' });
  return faults;
}
