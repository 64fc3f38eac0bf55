import * as v from 'valibot';
import { jsonOf } from './drive-fault.ts';

const DAY_MS = 86_400_000;
/** Sessions last a week; in its last hours none is gone on with. */
const SESSION_LASTS_MS = 7 * DAY_MS - DAY_MS / 4;
/** A clock that is set right by more than this makes the age of a session unknown. */
const CLOCK_SLACK_MS = DAY_MS / 4;

/** What is kept of an upload: the id that its file will have, or has, and the session while there is one. */
export interface UploadNote {
  readonly id: string;
  readonly session?: { readonly address: string; readonly begunMs: number };
}

const NOTE = v.object({
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,256}$/)),
  session: v.exactOptional(v.object({ address: v.string(), begunMs: v.number() })),
});

export function writeNote(note: UploadNote): string {
  return JSON.stringify({ version: 1, ...note });
}

/** The note, without a session that cannot be there any more; `undefined` when there is none or it is not ours. */
export function readNote(text: string | undefined, nowMs: number): UploadNote | undefined {
  const read = v.safeParse(NOTE, text === undefined ? undefined : jsonOf(Buffer.from(text)));
  if (!read.success) return undefined;
  const { id, session } = read.output;
  const ageMs = session ? nowMs - session.begunMs : Number.NaN;
  return session && ageMs > -CLOCK_SLACK_MS && ageMs < SESSION_LASTS_MS ? { id, session } : { id };
}
