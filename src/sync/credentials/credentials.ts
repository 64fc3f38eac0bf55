import * as v from 'valibot';
import type { Credentials } from '../../common/upload.ts';

const secret = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));

const FORM = v.variant('provider', [
  v.object({
    provider: v.literal('s3'),
    accessKeyId: secret,
    secretAccessKey: secret,
    sessionToken: v.exactOptional(secret),
  }),
  v.object({ provider: v.literal('webdav'), user: secret, password: secret }),
  v.object({ provider: v.literal('gdrive'), refreshToken: secret, clientSecret: v.exactOptional(secret) }),
]);

/** Credentials that came from elsewhere; `undefined` for what is none. */
export function parseCredentials(value: unknown): Credentials | undefined {
  const result = v.safeParse(FORM, value);
  return result.success ? result.output : undefined;
}
