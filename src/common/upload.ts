import type { Config } from './config/schema.ts';

/** What signs in at an upload's target. Never in a file of settings, a command line, a log or a message to a terminal. */
export type Credentials =
  | {
      readonly provider: 's3';
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
    }
  | { readonly provider: 'webdav'; readonly user: string; readonly password: string }
  | {
      readonly provider: 'gdrive';
      readonly refreshToken: string;
      /** Of the OAuth client, where it has one. */
      readonly clientSecret?: string;
    };

/** Credentials and the place that they are for. */
export interface PlacedCredentials {
  /** See {@link credentialPlace}. */
  readonly place: string;
  readonly credentials: Credentials;
}

/** What the sampler needs for uploads and a window keeps in the system's keyring (VS Code's SecretStorage). */
export interface UploadSecrets {
  /** Local keys: 32 bytes in Base64 each, and when they were made. With any, new ones are not made by the sampler. */
  readonly keys?: readonly { readonly key: string; readonly createdMs: number }[];
  readonly credentials?: PlacedCredentials;
}

/** Bounds of a table of CSV that shows what would be sent. */
export const PREVIEW_ROWS = 50;

/** Files, their rows and their bytes as they are sent. */
export interface UploadCount {
  readonly segments: number;
  readonly rows: number;
  readonly bytes: number;
}

export const NO_UPLOADS: UploadCount = { segments: 0, rows: 0, bytes: 0 };

type Cloud = Config['cloud'];

/**
 * Names the place that credentials are for: they are used there and nowhere else, whatever becomes of the settings. Origin
 * and bucket for S3, origin for WebDAV, the OAuth client for Google Drive; `undefined` for a folder, which needs none.
 */
export function credentialPlace(
  cloud: Pick<Cloud, 'provider' | 'gdrive' | 's3' | 'webdav'>,
): string | undefined {
  switch (cloud.provider) {
    case 'folder':
      return undefined;
    case 'gdrive':
      return `gdrive ${cloud.gdrive.clientId}`;
    case 's3':
      return `s3 ${originOf(s3Endpoint(cloud.s3))} ${cloud.s3.bucket}`;
    case 'webdav':
      return `webdav ${originOf(cloud.webdav.url)}`;
  }
}

/** The address of an S3-compatible store: Amazon's in the region unless another is given. */
export function s3Endpoint({ endpoint, region }: Pick<Cloud['s3'], 'endpoint' | 'region'>): string {
  if (endpoint !== '') return endpoint;
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Scheme, host and port of an address that the settings have taken. */
function originOf(address: string): string {
  const origin = /^https?:\/\/[^/]*/i.exec(address)?.[0].toLowerCase() ?? '';
  return origin.startsWith('https:') ? origin.replace(/:443$/, '') : origin.replace(/:80$/, '');
}
