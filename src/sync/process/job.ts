import * as v from 'valibot';
import { parseConfigMessage } from '../../common/config/message.ts';
import type { Config } from '../../common/config/schema.ts';
import type {
  RemovalOutcome,
  SyncOutcome,
  SyncPreviewResult,
  SyncProgress,
} from '../../common/sync-protocol.ts';
import type { PlacedCredentials, UploadSecrets } from '../../common/upload.ts';
import { parseCredentials } from '../credentials/credentials.ts';
import type { PageWords } from '../oauth/page.ts';
import type { RoundResult } from '../round/result.ts';

/**
 * What the upload process is to do, one line of JSON on its standard input: secrets are in no command line. It ends in good
 * order when its standard input ends, and on SIGTERM.
 *
 * - `sync`: seals, sends, waits for confirmation. `seal`: only seals what there is room for.
 * - `preview`: makes what would be sent next. `remove-sent`: deletes at the target what was sent.
 * - `sign-in`: asks Google for a permission; see {@link SignInEvent}.
 */
export interface SyncJob {
  readonly action: 'sync' | 'seal' | 'preview' | 'remove-sent' | 'sign-in';
  readonly config: Config;
  /** The user's. */
  readonly dataDirectory: string;
  /** Whether rows of the last minutes, to which others will come, are taken as well. */
  readonly includesOpen: boolean;
  readonly secrets: UploadSecrets;
  /** For `sign-in`: of the OAuth client, where it has one. */
  readonly clientSecret?: string;
  /** For `sign-in`: whether what the browser is sent back to is asked for. */
  readonly asksRedirect?: boolean;
  /** For `sign-in`: what the browser shows at the end; English when left out. */
  readonly words?: PageWords;
}

/** What the process says, a line of JSON each on its standard output. The last one is an {@link EndEvent}. */
export type SyncEvent =
  | { readonly type: 'progress'; readonly progress: SyncProgress }
  /** One line, without paths. */
  | { readonly type: 'damage'; readonly what: string }
  /** What the user has to know, though nothing is wrong. */
  | { readonly type: 'notice'; readonly what: string }
  | { readonly type: 'renewed'; readonly credentials: PlacedCredentials }
  | SignInEvent
  | EndEvent;

/** While a sign-in goes on. The parent answers `listening` by a line `{"redirectUri"}`, and may send lines `{"paste"}`. */
export type SignInEvent =
  | { readonly type: 'listening'; readonly uri: string }
  /** To be opened in the user's browser. */
  | { readonly type: 'address'; readonly address: string }
  /** What was pasted cannot be used; it goes on. */
  | { readonly type: 'pasted'; readonly why: string };

/** What came of it. */
export type EndEvent =
  | { readonly type: 'result'; readonly destination: string; readonly result: RoundResult }
  | { readonly type: 'preview'; readonly preview: SyncPreviewResult | null }
  | { readonly type: 'removal'; readonly removal: RemovalOutcome }
  | { readonly type: 'signed-in'; readonly credentials: PlacedCredentials }
  | FailedEvent;

/** Nothing came of it. `off`: the settings do not go together. */
export interface FailedEvent {
  readonly type: 'failed';
  readonly state: SyncOutcome['state'];
  readonly why: string;
  readonly remedy: string;
}

const SECRETS = v.object({
  keys: v.exactOptional(v.array(v.object({ key: v.string(), createdMs: v.number() }))),
  credentials: v.exactOptional(v.object({ place: v.string(), credentials: v.unknown() })),
});

const JOB = v.object({
  action: v.picklist(['sync', 'seal', 'preview', 'remove-sent', 'sign-in']),
  config: v.unknown(),
  dataDirectory: v.pipe(v.string(), v.minLength(1)),
  includesOpen: v.boolean(),
  secrets: v.unknown(),
  clientSecret: v.exactOptional(v.string()),
  asksRedirect: v.exactOptional(v.boolean()),
  words: v.exactOptional(
    v.object({
      language: v.string(),
      title: v.string(),
      done: v.string(),
      failed: v.string(),
      over: v.string(),
    }),
  ),
});

/** Secrets that came over a socket or a pipe; `undefined` for what are none. */
export function parseSecrets(value: unknown): UploadSecrets | undefined {
  const result = v.safeParse(SECRETS, value);
  if (!result.success) return undefined;
  const { keys, credentials: placed } = result.output;
  if (!placed) return keys ? { keys } : {};
  const credentials = parseCredentials(placed.credentials);
  return credentials && { ...(keys ? { keys } : {}), credentials: { place: placed.place, credentials } };
}

/** @throws Error when the line is no job; the message holds nothing of it */
export function parseJob(line: string): SyncJob {
  const job = v.safeParse(JOB, JSON.parse(line));
  if (!job.success) throw new Error('the job is malformed');
  const config = parseConfigMessage(job.output.config);
  if (typeof config === 'string') throw new Error(config);
  const secrets = parseSecrets(job.output.secrets);
  if (!secrets) throw new Error('the secrets of the job are malformed');
  return { ...job.output, config, secrets };
}
