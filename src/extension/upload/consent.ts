import type { Config } from '../../common/config/schema.ts';
import { t } from '../l10n.ts';
import type { Draft } from './draft.ts';
import { placeWords, shortId } from './key-places.ts';

/** Where uploads go, in words. */
export function destinationWords({ provider, folder, gdrive, s3, webdav }: Config['cloud']): string {
  switch (provider) {
    case 'folder':
      return t('the folder {0}', folder.path);
    case 'gdrive':
      return t('the folder {0} in Google Drive', gdrive.folderName);
    case 's3': {
      const objects = s3.prefix === '' ? s3.bucket : `${s3.bucket}/${s3.prefix}`;
      return s3.endpoint === ''
        ? t('the bucket {0} at Amazon S3, {1}', objects, s3.region)
        : t('the bucket {0} at {1}', objects, s3.endpoint);
    }
    case 'webdav':
      return webdav.url;
  }
}

/** How often, in words. */
export function intervalWords(minutes: number): string {
  return minutes === 1 ? t('every minute') : t('every {0} minutes', minutes);
}

/** What the user consents to, a line each: what, where, how often, with which key, and how to stop it. */
export function consentLines({ cloud, key, keyPlace, hasRecoveryFile }: Draft): readonly string[] {
  const lines = [
    cloud.mode === 'backup'
      ? t(
          'What: the log of this machine, all that there is and all that comes, encrypted for your key alone.',
        )
      : t(
          'What: the columns of the log that may be contributed, under an id that changes every month, encrypted for your key and for {0} of the study.',
          cloud.recipients.length === 1 ? t('1 public key') : t('{0} public keys', cloud.recipients.length),
        ),
    t('Where: {0}.', destinationWords(cloud)),
    t('How often: {0}, in pieces of 15 minutes.', intervalWords(cloud.uploadIntervalMinutes)),
  ];
  if (key && keyPlace) lines.push(t('Key: {0}, {1}.', shortId(key.ring.key.id), placeWords(keyPlace)));
  if (!hasRecoveryFile)
    lines.push(t('There is no recovery file from this set-up: without the key, all of it is lost.'));
  lines.push(
    t(
      'To stop: “OptiMetrics: Pause Upload”, or “OptiMetrics: Revoke…”, which also offers to delete what was sent.',
    ),
  );
  return lines;
}
