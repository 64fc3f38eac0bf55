import { randomBytes } from 'node:crypto';
import { DriveError } from './drive-errors.ts';
import type { DriveFile } from './drive-query.ts';
import type { DriveStore, Metadata } from './drive-store.ts';

/** Chunks but the last are multiples of it. */
export const GRANULARITY = 262_144;
const WEEK_MS = 7 * 86_400_000;

interface Session {
  readonly metadata: Metadata;
  readonly contentType: string;
  readonly total: number;
  readonly fields: readonly string[];
  readonly createdMs: number;
  readonly pieces: Buffer[];
  received: number;
  isCancelled: boolean;
  file: DriveFile | undefined;
}

/** What a request to a session comes to: 308 and the bytes there are, or the file. */
export type Progress =
  { readonly received: number } | { readonly file: DriveFile; readonly fields: readonly string[] };

export interface Chunk {
  readonly contentRange: string | undefined;
  /** As `Content-Length` said; undefined without one. */
  readonly length: number | undefined;
  /** What arrived of it. */
  readonly body: Buffer;
  /** Of the body, so much is kept; all when left out. */
  readonly most?: number;
  /** The network brings it a second time: the client is not to blame. */
  readonly isRepeated?: boolean;
}

/** The sessions of resumable uploads, by the rules of the protocol. */
export class DriveSessions {
  readonly #store: DriveStore;
  readonly #now: () => number;
  readonly #sessions = new Map<string, Session>();
  /** Told of each rule that a client breaks. */
  readonly #blame: (what: string) => void;

  constructor(store: DriveStore, now: () => number, blame: (what: string) => void) {
    this.#store = store;
    this.#now = now;
    this.#blame = blame;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Begins one. @returns its id */
  begin(session: Pick<Session, 'metadata' | 'contentType' | 'total' | 'fields'>): string {
    this.#store.check(session.metadata);
    const id = randomBytes(24).toString('base64url');
    this.#sessions.set(id, {
      ...session,
      createdMs: this.#now(),
      pieces: [],
      received: 0,
      isCancelled: false,
      file: undefined,
    });
    return id;
  }

  /** Ends all sessions, as Google may at any time. */
  cancelAll(): void {
    for (const session of this.#sessions.values()) session.isCancelled = true;
  }

  /** Takes a chunk, or a question for what there is. */
  put(id: string, { contentRange, length, body, most = body.length, isRepeated = false }: Chunk): Progress {
    const blame = isRepeated ? () => undefined : this.#blame;
    const session = this.#sessions.get(id);
    if (!session || this.#now() - session.createdMs >= WEEK_MS)
      throw new DriveError(404, 'notFound', 'Upload session not found.');
    if (session.isCancelled) throw new DriveError(410, 'gone', 'Upload session is gone.');
    const range = this.#rangeOf(contentRange, session, length);
    if (typeof range === 'string') {
      blame(range);
      throw new DriveError(400, 'badRequest', 'Failed to parse Content-Range header.');
    }
    if (session.file) return { file: session.file, fields: session.fields };
    if (range === undefined && session.total > 0) return { received: session.received };
    const { first, bytes } = range ?? { first: 0, bytes: 0 };
    if (first !== session.received) {
      blame(`a chunk from ${first} where ${session.received} bytes are there`);
      return { received: session.received };
    }
    const kept = Math.min(body.length, most, bytes);
    const taken = kept === bytes ? bytes : kept - (kept % GRANULARITY);
    session.pieces.push(body.subarray(0, taken));
    session.received += taken;
    if (session.received < session.total) return { received: session.received };
    session.file = this.#store.create(session.metadata, Buffer.concat(session.pieces), session.contentType);
    return { file: session.file, fields: session.fields };
  }

  /** The range of a chunk; nothing for a question; what is wrong with it. */
  #rangeOf(
    header: string | undefined,
    { total }: Session,
    length: number | undefined,
  ): { first: number; bytes: number } | undefined | string {
    const question = /^bytes \*\/(\d+|\*)$/.exec(header ?? '');
    if (question) {
      if (length !== 0) return 'a question for the status with a body';
      return question[1] === '*' || Number(question[1]) === total
        ? undefined
        : `a total of ${String(question[1])} in place of ${total}`;
    }
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '');
    if (!range) return `Content-Range: ${header ?? 'missing'}`;
    const [first = NaN, last = NaN, ofTotal = NaN] = range.slice(1).map(Number);
    const bytes = last - first + 1;
    if (ofTotal !== total) return `a total of ${ofTotal} in place of ${total}`;
    if (bytes < 1 || last >= total) return `a range ${first}-${last} of ${total} bytes`;
    if (length !== bytes) return `Content-Length ${length ?? 'missing'} for a range of ${bytes} bytes`;
    if (last + 1 < total && bytes % GRANULARITY !== 0)
      return `a chunk of ${bytes} bytes that is not the last`;
    return { first, bytes };
  }
}
