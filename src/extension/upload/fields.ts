import * as v from 'valibot';
import { KEYS } from '../../common/config/schema.ts';
import { t } from '../l10n.ts';
import type { Draft } from './draft.ts';

/** A text of the set-up that becomes a setting, and is checked as the setting is. */
export interface Field {
  /** Name of the setting, without `optimetrics.`. */
  readonly setting: string;
  readonly title: string;
  /** What it is, in a sentence. */
  readonly prompt: string;
  readonly placeholder?: string;
  /** What it must be, for one who has typed something else. */
  readonly wrong: string;
  readonly isRequired: boolean;
  readonly read: (cloud: Draft['cloud']) => string;
  readonly write: (cloud: Draft['cloud'], text: string) => Draft['cloud'];
}

const ADDRESS = (): string =>
  t('An address that begins with https:// (http:// only to 127.0.0.1) and has no user, password or query.');

/** What an S3-compatible store needs. */
export function s3Fields(): readonly Field[] {
  return [
    {
      setting: 'cloud.s3.endpoint',
      title: t('Address of the store'),
      prompt: t('Empty for Amazon S3'),
      placeholder: 'https://s3.example.org',
      wrong: ADDRESS(),
      isRequired: false,
      read: ({ s3 }) => s3.endpoint,
      write: (cloud, endpoint) => ({ ...cloud, s3: { ...cloud.s3, endpoint } }),
    },
    {
      setting: 'cloud.s3.bucket',
      title: t('Bucket'),
      prompt: t('Name of a bucket that is there already'),
      wrong: t('3 to 63 letters, digits, points and hyphens.'),
      isRequired: true,
      read: ({ s3 }) => s3.bucket,
      write: (cloud, bucket) => ({ ...cloud, s3: { ...cloud.s3, bucket } }),
    },
    {
      setting: 'cloud.s3.region',
      title: t('Region'),
      prompt: t('Region for which requests are signed; most other stores than Amazon’s take us-east-1'),
      wrong: t('The name of a region, such as eu-central-1.'),
      isRequired: true,
      read: ({ s3 }) => s3.region,
      write: (cloud, region) => ({ ...cloud, s3: { ...cloud.s3, region } }),
    },
    {
      setting: 'cloud.s3.prefix',
      title: t('Folder in the bucket'),
      prompt: t('What the names of all objects begin with; may be empty'),
      placeholder: 'logs/mine',
      wrong: t(
        'Names of letters, digits and ._=- with slashes between them, none of which begins with a point.',
      ),
      isRequired: false,
      read: ({ s3 }) => s3.prefix,
      write: (cloud, prefix) => ({ ...cloud, s3: { ...cloud.s3, prefix } }),
    },
  ];
}

/** What a WebDAV server needs. */
export function webdavFields(): readonly Field[] {
  return [
    {
      setting: 'cloud.webdav.url',
      title: t('Address of the folder'),
      prompt: t('Address of a folder on the WebDAV server that is there already'),
      placeholder: 'https://cloud.example.org/remote.php/dav/files/me/OptiMetrics',
      wrong: ADDRESS(),
      isRequired: true,
      read: ({ webdav }) => webdav.url,
      write: (cloud, url) => ({ ...cloud, webdav: { ...cloud.webdav, url } }),
    },
  ];
}

/** What Google Drive needs. */
export function driveFields(): readonly Field[] {
  return [
    {
      setting: 'cloud.gdrive.clientId',
      title: t('Client id'),
      prompt: t('OAuth client id of your own project in the Google Cloud console, of the kind “Desktop app”'),
      placeholder: '123-abc.apps.googleusercontent.com',
      wrong: t('A client id, such as 123-abc.apps.googleusercontent.com.'),
      isRequired: true,
      read: ({ gdrive }) => gdrive.clientId,
      write: (cloud, clientId) => ({ ...cloud, gdrive: { ...cloud.gdrive, clientId } }),
    },
    {
      setting: 'cloud.gdrive.folderName',
      title: t('Folder in Google Drive'),
      prompt: t('Made there if it is missing; OptiMetrics sees only what it has made itself'),
      wrong: t('1 to 255 characters.'),
      isRequired: true,
      read: ({ gdrive }) => gdrive.folderName,
      write: (cloud, folderName) => ({ ...cloud, gdrive: { ...cloud.gdrive, folderName } }),
    },
  ];
}

/** What a study needs. */
export function studyFields(): readonly Field[] {
  return [
    {
      setting: 'cloud.recipients',
      title: t('Public keys of the study'),
      prompt: t(
        'As the study tells them, with spaces between; whoever has the secret parts can read what you contribute',
      ),
      placeholder: 'age1…',
      wrong: t('Public keys of age (age1…) with spaces between. One of these is none, or was mistyped.'),
      isRequired: true,
      read: ({ recipients }) => recipients.join(' '),
      write: (cloud, text) => ({ ...cloud, recipients: wordsOf(text) }),
    },
    {
      setting: 'cloud.study',
      title: t('Name of the study'),
      prompt: t('As the study tells it; empty for one that is made from its public keys'),
      wrong: t('At most 64 letters, digits, points, hyphens and underscores, and not “backup”.'),
      isRequired: false,
      read: ({ study }) => study,
      write: (cloud, study) => ({ ...cloud, study }),
    },
  ];
}

/** What is wrong with a text for a field, in words for the user; empty where nothing is. */
export function faultOf({ setting, isRequired, wrong }: Field, text: string): string {
  const given = text.trim();
  if (given === '') return isRequired ? t('This is needed.') : '';
  if (setting === 'cloud.recipients' && /age-secret-key-/i.test(given))
    return t(
      'This holds a secret key, which its owner alone may have. The study’s public key begins with age1.',
    );
  if (setting === 'cloud.study' && given === 'backup') return wrong;
  const key = KEYS.find(one => one.setting === setting);
  const value = setting === 'cloud.recipients' ? wordsOf(given) : given;
  return key && v.is(key.kind.schema, value) ? '' : wrong;
}

function wordsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/u).filter(word => word !== ''))];
}
