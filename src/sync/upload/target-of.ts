import type { Config } from '../../common/config/schema.ts';
import { type Credentials, s3Endpoint } from '../../common/upload.ts';
import { HttpClient } from '../http/http-client.ts';
import { AccessTokens } from '../oauth/access-tokens.ts';
import { folderTarget } from '../targets/folder.ts';
import { gdriveTarget } from '../targets/gdrive/gdrive-target.ts';
import { s3Target } from '../targets/s3/s3.ts';
import type { Target } from '../targets/target.ts';
import { webdavTarget } from '../targets/webdav/webdav.ts';
import { signedOut } from './signed-out.ts';

const BYTES_PER_KILOBIT = 125;

export interface TargetSources {
  readonly cloud: Config['cloud'];
  /** Of this provider and for this place; `undefined` when there are none. */
  readonly credentials: Credentials | undefined;
  /** Keeps credentials that the target has renewed. */
  readonly onRenewed: (credentials: Credentials) => Promise<void>;
}

/**
 * The target that the settings name.
 *
 * @throws RefusedFault for settings that it cannot be made of
 */
export function targetOf({ cloud, credentials, onRenewed }: TargetSources): Target {
  const { provider, maxKbps } = cloud;
  const http = (party: string): HttpClient =>
    new HttpClient({ party, ...(maxKbps > 0 ? { maxBytesPerSecond: maxKbps * BYTES_PER_KILOBIT } : {}) });
  switch (provider) {
    case 'folder':
      return folderTarget({ path: cloud.folder.path });
    case 's3':
      if (credentials?.provider !== 's3') return signedOut('the S3 store');
      return s3Target({
        ...cloud.s3,
        endpoint: s3Endpoint(cloud.s3),
        credentials,
        http: http('the S3 store'),
      });
    case 'webdav':
      if (credentials?.provider !== 'webdav') return signedOut('the WebDAV server');
      return webdavTarget({ ...credentials, url: cloud.webdav.url, http: http('the WebDAV server') });
    case 'gdrive': {
      if (credentials?.provider !== 'gdrive') return signedOut('Google Drive');
      const { refreshToken, clientSecret } = credentials;
      const connection = http('Google Drive');
      const tokens = new AccessTokens({
        client: {
          id: cloud.gdrive.clientId,
          ...(clientSecret === undefined ? {} : { secret: clientSecret }),
        },
        http: connection,
        refreshToken,
        onRotated: renewed => onRenewed({ ...credentials, refreshToken: renewed }),
      });
      return gdriveTarget({ folderName: cloud.gdrive.folderName, http: connection, tokens });
    }
  }
}
