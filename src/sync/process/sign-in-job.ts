import * as v from 'valibot';
import { credentialPlace, type PlacedCredentials } from '../../common/upload.ts';
import { HttpClient } from '../http/http-client.ts';
import { GOOGLE } from '../oauth/google.ts';
import { SignInError } from '../oauth/sign-in-error.ts';
import { SignIn } from '../oauth/sign-in.ts';
import type { EndEvent, SyncJob } from './job.ts';
import type { JobSurroundings } from './run-job.ts';

const LINE = v.object({
  redirectUri: v.exactOptional(v.pipe(v.string(), v.url())),
  paste: v.exactOptional(v.string()),
});

/**
 * Asks Google for a permission. The answer comes to a port of this machine, or is pasted.
 *
 * Rejects with a SignInError, a TargetFault, or the signal's reason.
 */
export async function signIn(
  { config, clientSecret, asksRedirect, words }: SyncJob,
  { signal, tell, lines }: JobSurroundings,
): Promise<EndEvent> {
  const { clientId } = config.cloud.gdrive;
  const place = credentialPlace({ ...config.cloud, provider: 'gdrive' });
  if (clientId === '' || place === undefined)
    throw new SignInError(
      'client',
      'cloud.gdrive.client_id must be set: the OAuth client id of your own project, see docs/upload-google-drive.md',
    );
  const http = new HttpClient({ party: 'Google’s sign-in' });
  const secret = clientSecret === undefined || clientSecret === '' ? {} : { secret: clientSecret };
  try {
    const attempt = await SignIn.begin({
      server: GOOGLE,
      client: { id: clientId, ...secret },
      http,
      ...(words ? { words } : {}),
      ...(asksRedirect === true
        ? {
            redirectUri: async (uri: string) => {
              tell({ type: 'listening', uri });
              return (await nextLine(lines)).redirectUri ?? uri;
            },
          }
        : {}),
    });
    const end = (): void => attempt.close();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    tell({ type: 'address', address: attempt.address });
    void takePasted(attempt, lines, tell);
    const refreshToken = await attempt.finished;
    const credentials: PlacedCredentials['credentials'] = {
      provider: 'gdrive',
      refreshToken,
      ...(secret.secret === undefined ? {} : { clientSecret: secret.secret }),
    };
    return { type: 'signed-in', credentials: { place, credentials } };
  } finally {
    http.close();
  }
}

async function takePasted(
  attempt: SignIn,
  lines: JobSurroundings['lines'],
  tell: JobSurroundings['tell'],
): Promise<void> {
  for (;;) {
    let paste: string | undefined;
    try {
      ({ paste } = await nextLine(lines));
    } catch {
      return;
    }
    if (paste === undefined) continue;
    try {
      attempt.paste(paste);
    } catch (error) {
      tell({ type: 'pasted', why: error instanceof Error ? error.message : 'it cannot be used' });
    }
  }
}

/** Rejects when there are no more. */
async function nextLine(lines: JobSurroundings['lines']): Promise<v.InferOutput<typeof LINE>> {
  const next = await lines.next();
  if (next.done === true) throw new SignInError('closed', 'the sign-in was called off');
  const line = v.safeParse(LINE, JSON.parse(next.value));
  return line.success ? line.output : {};
}
