import type { HttpReply } from '../../http/http-client.ts';
import { replyFault } from '../../http/reply-fault.ts';
import { PassingFault, RefusedFault, SignInFault, type TargetFault } from '../faults.ts';
import { textOf } from './xml.ts';

/** Of AWS's "Error responses" and, where they have others, of Ceph, MinIO and Cloudflare. */
const UNKNOWN_USER = new Set([
  'AuthorizationHeaderMalformed',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidSecurity',
  'InvalidToken',
  'NotSignedUp',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'Unauthorized',
]);
const NO_ROOM = new Set([
  'EntityTooLarge',
  'InsufficientStorage',
  'QuotaExceeded',
  'ServiceQuotaExceeded',
  'StorageQuotaExceeded',
  'XMinioAdminBucketQuotaExceeded',
  'XMinioStorageFull',
]);
/** With a status of 4xx, though the same request can well succeed. */
const PASSING = new Set([
  'BadDigest',
  'IncompleteBody',
  'InternalError',
  'OperationAborted',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'TooManyRequests',
  'XAmzContentSHA256Mismatch',
]);
const REGION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** The code of an error, `NoSuchBucket`; `undefined` where the answer has none. */
export function codeOfReply(reply: Pick<HttpReply, 'body'>): string | undefined {
  const code = textOf(reply.body.toString('utf8'), 'Code');
  return code !== undefined && /^[A-Za-z0-9]{1,64}$/.test(code) ? code : undefined;
}

/** What an answer of an S3-compatible store that is not the one hoped for means. Nothing of its text is told but known words. */
export function s3Fault(reply: HttpReply, party: string, nowMs = Date.now()): TargetFault {
  const code = codeOfReply(reply);
  const said = `${party} answers ${reply.status}${code === undefined ? '' : `, ${code}`}`;
  const region = otherRegionOf(reply, code);
  if (region !== undefined)
    return new RefusedFault(
      `${said}: the bucket is in the region ${region}`,
      `Set cloud.s3.region to ${region}`,
    );
  if (code === 'RequestTimeTooSkewed') return clockFault(reply, said, nowMs);
  if (code !== undefined && UNKNOWN_USER.has(code))
    return new SignInFault(`${said}: it does not take the keys`, signIn);
  if (code !== undefined && NO_ROOM.has(code))
    return new RefusedFault(`${said}: there is no room for it`, 'Make room there, or choose another bucket');
  if (code === 'NoSuchBucket')
    return new RefusedFault(
      `${said}: there is no bucket of that name`,
      'Make the bucket, or correct cloud.s3.bucket',
    );
  if (code === 'AccessDenied' || code === 'AllAccessDisabled')
    return new RefusedFault(
      `${said}: the keys may not do this in the bucket`,
      'Give them the rights that docs/upload-targets.md lists',
    );
  if (code !== undefined && PASSING.has(code)) {
    const passing = replyFault({ ...reply, status: 503 }, { party, signIn }, nowMs);
    return new PassingFault(said, passing instanceof PassingFault ? passing.retryAfterMs : undefined);
  }
  return replyFault(reply, { party, signIn, ...(code === undefined ? {} : { detail: code }) }, nowMs);
}

const signIn = 'Set up the upload again with the access key and the secret key of the S3 store';

/** The region that a store says the bucket is in, for a request that was for another. */
function otherRegionOf({ status, headers, body }: HttpReply, code: string | undefined): string | undefined {
  if (!(status === 301 || status === 307 || code === 'AuthorizationHeaderMalformed')) return undefined;
  const header = headers['x-amz-bucket-region'];
  const text = body.toString('utf8');
  const named = textOf(text, 'Region') ?? (typeof header === 'string' ? header : undefined);
  return named !== undefined && REGION.test(named) ? named : undefined;
}

function clockFault({ headers }: HttpReply, said: string, nowMs: number): RefusedFault {
  const theirs = Date.parse(headers.date ?? '');
  const minutes = Math.round(Math.abs(nowMs - theirs) / 60_000);
  const off = Number.isNaN(theirs) || minutes === 0 ? '' : ` by ${minutes} minutes`;
  return new RefusedFault(
    `${said}: the clock of this machine differs from the store's${off}`,
    'Set the clock',
  );
}
