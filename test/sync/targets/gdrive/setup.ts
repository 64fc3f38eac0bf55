import { HttpClient, type HttpClientOptions } from '../../../../src/sync/http/http-client.ts';
import { AccessTokens } from '../../../../src/sync/oauth/access-tokens.ts';
import { GOOGLE } from '../../../../src/sync/oauth/google.ts';
import { gdriveTarget } from '../../../../src/sync/targets/gdrive/gdrive-target.ts';
import type { Target } from '../../../../src/sync/targets/target.ts';
import { CLIENT_ID, DriveServer, type DriveServerOptions } from '../../servers/drive-server.ts';

export const FOLDER_NAME = 'OptiMetrics_Logs';

/** A server, and targets that speak to it as so many processes. */
export class Drive {
  readonly server: DriveServer;
  readonly refreshToken: string;
  readonly #clients: HttpClient[] = [];

  private constructor(server: DriveServer) {
    this.server = server;
    this.refreshToken = server.tokens.signIn();
  }

  static async start(options?: DriveServerOptions): Promise<Drive> {
    return new Drive(await DriveServer.start(options));
  }

  target(options: Partial<HttpClientOptions> & { nowMs?: () => number; folderName?: string } = {}): Target {
    const { nowMs, folderName = FOLDER_NAME, ...ofHttp } = options;
    const http = new HttpClient({ party: 'Google Drive', ...ofHttp });
    this.#clients.push(http);
    const tokens = new AccessTokens({
      server: { ...GOOGLE, token: this.server.endpoints.token },
      client: { id: CLIENT_ID },
      http,
      refreshToken: this.refreshToken,
    });
    return gdriveTarget({
      folderName,
      http,
      tokens,
      endpoints: this.server.endpoints,
      ...(nowMs && { nowMs }),
    });
  }

  /** What is in the target's folder, by path. */
  contents(folderName = FOLDER_NAME): Map<string, Buffer[]> {
    const prefix = `My Drive/${folderName}/`;
    const entries = [...this.server.store.contents()];
    return new Map(
      entries
        .filter(([path]) => path.startsWith(prefix))
        .map(([path, bytes]) => [path.slice(prefix.length), bytes]),
    );
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.server.close();
  }
}
