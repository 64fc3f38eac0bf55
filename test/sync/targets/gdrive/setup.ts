import { createHash } from 'node:crypto';
import { HttpClient, type HttpClientOptions } from '../../../../src/sync/http/http-client.ts';
import { AccessTokens } from '../../../../src/sync/oauth/access-tokens.ts';
import { GOOGLE } from '../../../../src/sync/oauth/google.ts';
import { gdriveTarget } from '../../../../src/sync/targets/gdrive/gdrive-target.ts';
import type { Parcel, ResumeNote, Target } from '../../../../src/sync/targets/target.ts';
import { CLIENT_ID, DriveServer, type DriveServerOptions } from '../../servers/drive-server.ts';

export const FOLDER_NAME = 'OptiMetrics_Logs';
export const PLACE = `study=backup/device=${'a'.repeat(32)}/date=2026-11-26`;

/** A file as the engine hands it over. */
export function parcelOf(bytes: Uint8Array, place = PLACE): Parcel {
  const digest = (name: string): string => createHash(name).update(bytes).digest('hex');
  const sha256 = digest('sha256');
  return {
    path: `${place}/${sha256}.sealed`,
    bytes: bytes.length,
    sha256,
    md5: digest('md5'),
    async *read(from = 0, to = bytes.length) {
      for (let at = from; at < to; at += 65_536) {
        await Promise.resolve();
        yield bytes.subarray(at, Math.min(at + 65_536, to));
      }
    },
  };
}

/** What a disk keeps of a parcel over restarts. */
export class KeptNote implements ResumeNote {
  text: string | undefined;
  /** Everything that was ever kept. */
  readonly all: (string | undefined)[] = [];

  keep(text: string | undefined): Promise<void> {
    this.all.push(text);
    this.text = text;
    return Promise.resolve();
  }
}

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
