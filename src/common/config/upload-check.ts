import type { Config } from './schema.ts';

/** Settings that do not go together, so that nothing is uploaded; everything else goes on. */
export interface UploadFault {
  /** camelCase names of the key, from the top. */
  readonly path: readonly string[];
  /** What it must be; with the reason. */
  readonly message: string;
}

type Cloud = Config['cloud'];

/** Why nothing can be uploaded with these settings; `undefined` when it can, and where nobody asked for it. */
export function uploadFault(cloud: Cloud): UploadFault | undefined {
  if (!cloud.enabled) return undefined;
  return faultOfPurpose(cloud) ?? faultOfPlace(cloud);
}

function faultOfPurpose(cloud: Cloud): UploadFault | undefined {
  if (!cloud.encryptBeforeUpload) {
    if (cloud.mode === 'contribute')
      return fault(['encryptBeforeUpload'], 'must be true for the mode contribute');
    if (cloud.provider !== 'folder')
      return fault(
        ['encryptBeforeUpload'],
        `must be true for the provider ${cloud.provider}, which is not on this machine`,
      );
    if (/^[\\/]{2}/.test(cloud.folder.path))
      return fault(['encryptBeforeUpload'], 'must be true for a folder that is not on this machine');
  }
  if (cloud.mode !== 'contribute') return undefined;
  if (cloud.recipients.length === 0)
    return fault(
      ['recipients'],
      'must hold the public key of the study (age1…) for the mode contribute; the study tells it',
    );
  // Backups have this name.
  if (cloud.study === 'backup') return fault(['study'], 'must not be “backup”; give the study another name');
  return undefined;
}

function faultOfPlace(cloud: Cloud): UploadFault | undefined {
  switch (cloud.provider) {
    case 'folder':
      return undefined;
    case 'gdrive':
      return cloud.gdrive.clientId === ''
        ? fault(
            ['gdrive', 'clientId'],
            'must be set for the provider gdrive: the OAuth client id of your own project, see docs/upload-google-drive.md',
          )
        : undefined;
    case 's3':
      return cloud.s3.bucket === ''
        ? fault(['s3', 'bucket'], 'must be set for the provider s3: the name of the bucket')
        : undefined;
    case 'webdav':
      return cloud.webdav.url === ''
        ? fault(
            ['webdav', 'url'],
            'must be set for the provider webdav: the address of the folder (https://…)',
          )
        : undefined;
  }
}

function fault(path: readonly string[], message: string): UploadFault {
  return { path: ['cloud', ...path], message };
}
