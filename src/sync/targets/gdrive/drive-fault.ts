import * as v from 'valibot';
import type { HttpReply } from '../../http/http-client.ts';
import { replyFault, retryAfterMs } from '../../http/reply-fault.ts';
import { PassingFault, RefusedFault, type TargetFault } from '../faults.ts';

export const PARTY = 'Google Drive';

/** Reasons that pass: https://developers.google.com/workspace/drive/api/guides/handle-errors */
const PASSING = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'sharingRateLimitExceeded',
  'backendError',
  'internalError',
  'RESOURCE_EXHAUSTED',
]);

interface Refusal {
  readonly what: string;
  readonly remedy: string;
}

const NO_ROOM: Refusal = {
  what: 'there is no room left in it',
  remedy: 'Make room in your Google account, or choose another place',
};
const DAY_IS_USED_UP: Refusal = {
  what: 'the Google Cloud project of the client id has used up its limit of the day',
  remedy: 'Wait until midnight Pacific time, or raise the limit in the Google Cloud console',
};
const NOT_TURNED_ON: Refusal = {
  what: 'the Google Drive API is not turned on in the Google Cloud project of the client id',
  remedy: 'Turn it on in the Google Cloud console, under “APIs & Services”, and wait some minutes',
};
const NO_PERMISSION: Refusal = {
  what: 'the permission to keep files there is missing',
  remedy: 'Sign in to Google Drive again, and leave the permission ticked',
};
const BY_ADMINISTRATOR: Refusal = {
  what: 'the administrator of the account does not allow it',
  remedy: 'Ask the administrator, or use another account',
};
const TOO_MANY_FILES: Refusal = {
  what: 'it takes no more files in this account or folder',
  remedy: 'Delete files there that are not needed, or set another cloud.gdrive.folder_name',
};

const REFUSALS: Readonly<Record<string, Refusal>> = {
  storageQuotaExceeded: NO_ROOM,
  quotaExceeded: NO_ROOM,
  dailyLimitExceeded: DAY_IS_USED_UP,
  dailyLimitExceededUnreg: DAY_IS_USED_UP,
  accessNotConfigured: NOT_TURNED_ON,
  SERVICE_DISABLED: NOT_TURNED_ON,
  insufficientPermissions: NO_PERMISSION,
  insufficientScopes: NO_PERMISSION,
  insufficientFilePermissions: NO_PERMISSION,
  appNotAuthorizedToFile: NO_PERMISSION,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: NO_PERMISSION,
  domainPolicy: BY_ADMINISTRATOR,
  activeItemCreationLimitExceeded: TOO_MANY_FILES,
  numChildrenInNonRootLimitExceeded: TOO_MANY_FILES,
};

const ERROR = v.object({
  error: v.object({
    errors: v.optional(v.array(v.object({ reason: v.optional(v.string()) }))),
    details: v.optional(v.array(v.object({ reason: v.optional(v.string()) }))),
    status: v.optional(v.string()),
  }),
});

/** What an answer of Drive that is not the one hoped for means. Of what it says only the reason's code is repeated. */
export function driveFault(reply: HttpReply, nowMs = Date.now()): TargetFault {
  const { status, headers } = reply;
  const reasons = reasonsOf(reply);
  const passing = reasons.find(reason => PASSING.has(reason));
  if (status < 500 && status !== 401 && passing !== undefined) {
    const after = retryAfterMs(headers['retry-after'], nowMs);
    return new PassingFault(`${PARTY} is asked too much just now (${passing})`, after);
  }
  const refusal = status < 500 ? reasons.map(reason => REFUSALS[reason]).find(one => one) : undefined;
  if (refusal) return new RefusedFault(`${PARTY} answers ${status}: ${refusal.what}`, refusal.remedy);
  if (status >= 300 && status < 400)
    return new RefusedFault(
      `${PARTY} answers ${status}, a redirect, which it never does; nothing was sent on`,
      'Something between here and Google answers in its place: look at the network',
    );
  const [detail] = reasons;
  return replyFault(
    reply,
    { party: PARTY, signIn: 'Sign in to Google Drive again', ...(detail !== undefined && { detail }) },
    nowMs,
  );
}

/** An answer that makes no sense: whatever stands between, as a network that wants a sign-in of its own, passes. */
export function senselessAnswer(): PassingFault {
  return new PassingFault(`${PARTY} answers with something that is no answer of it`);
}

/** The body as JSON; `undefined` when it is none. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function reasonsOf({ body }: HttpReply): string[] {
  const read = v.safeParse(ERROR, jsonOf(body));
  if (!read.success) return [];
  const { errors = [], details = [], status } = read.output.error;
  return [...errors, ...details, { reason: status }]
    .map(({ reason }) => reason ?? '')
    .filter(reason => /^[A-Za-z_]{1,60}$/.test(reason));
}
