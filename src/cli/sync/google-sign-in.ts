import readline from 'node:readline';
import type { Config } from '../../common/config/schema.ts';
import { HttpClient } from '../../sync/http/http-client.ts';
import { GOOGLE } from '../../sync/oauth/google.ts';
import { SignIn } from '../../sync/oauth/sign-in.ts';

/**
 * Asks Google for a permission: the user opens an address in a browser, on this machine or another, and the answer comes back
 * by itself or is pasted.
 *
 * @returns the refresh token. Rejects with a SignInError or a TargetFault
 */
export async function signInAtGoogle({ cloud }: Config, clientSecret: string): Promise<string> {
  const http = new HttpClient({ party: 'Google’s sign-in' });
  const client = { id: cloud.gdrive.clientId, ...(clientSecret === '' ? {} : { secret: clientSecret }) };
  try {
    const attempt = await SignIn.begin({ server: GOOGLE, client, http });
    process.stderr.write(
      `Open this address in a browser:\n\n${attempt.address}\n\nOn another machine, its last page does not load: paste its address here.\n`,
    );
    const input = readline.createInterface({ input: process.stdin });
    input.on('line', line => {
      try {
        if (line.trim() !== '') attempt.paste(line);
      } catch (error) {
        process.stderr.write(
          `optimetrics: ${error instanceof Error ? error.message : 'it cannot be used'}\n`,
        );
      }
    });
    try {
      return await attempt.finished;
    } finally {
      input.close();
    }
  } finally {
    http.close();
  }
}
