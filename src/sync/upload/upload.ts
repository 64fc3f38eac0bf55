import fs from 'node:fs/promises';
import path from 'node:path';
import { toSnakeCase } from '../../common/config/key.ts';
import type { Config } from '../../common/config/schema.ts';
import { uploadFault } from '../../common/config/upload-check.ts';
import { codeOf } from '../../common/faults.ts';
import {
  credentialPlace,
  type Credentials,
  type PlacedCredentials,
  s3Endpoint,
  type UploadSecrets,
} from '../../common/upload.ts';
import { CredentialFolder } from '../credentials/credential-folder.ts';
import { destinationId } from '../round/destination.ts';
import type { RoundSource } from '../round/options.ts';
import { isOnThisMachine } from '../targets/mounts.ts';
import type { Target } from '../targets/target.ts';
import { targetOf } from './target-of.ts';
import { UploadKeys } from './upload-keys.ts';

export interface UploadSources {
  readonly config: Config;
  /** The user's. */
  readonly dataDirectory: string;
  /** What a window has handed over. */
  readonly secrets?: UploadSecrets;
  /** Credentials of the environment, for the provider of the settings: they go before all others. */
  readonly environment?: Credentials | undefined;
  /** Told when the first key has been made; see {@link UploadKeys}. */
  readonly onKeyMade?: () => void;
  /** Told of credentials that the target has renewed and that a window keeps. */
  readonly onRenewed?: (renewed: PlacedCredentials) => void;
}

/** Uploads cannot be done with these settings. The message is one clause; the remedy a sentence without its full stop. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** What the settings say of uploads, as rounds take it. */
export interface Upload {
  readonly source: RoundSource;
  readonly maxSpoolBytes: number;
  /**
   * The target, with the credentials for it. Rejects with a KeyError when they cannot be had, or with a RefusedFault for
   * settings that it cannot be made of.
   */
  readonly openTarget: () => Promise<Target>;
}

/**
 * What is uploaded, from where, for whom, and whereto. Whether `cloud.enabled` is true is not asked.
 *
 * Rejects with a SettingsError, a KeyError or the system's error.
 */
export async function uploadOf(sources: UploadSources): Promise<Upload> {
  const { config, dataDirectory, secrets } = sources;
  const { cloud, logging } = config;
  await requireSound(cloud);
  const logDirectory = await realPath(logging.logDirectory);
  const isContribution = cloud.mode === 'contribute';
  return {
    source: {
      logDirectory,
      dataDirectory,
      destination: destinationId({
        mode: cloud.mode,
        provider: cloud.provider,
        coordinates: coordinatesOf(cloud),
        logDirectory,
      }),
      mode: cloud.mode,
      study: isContribution ? cloud.study : '',
      // A backup is for the user's own key, whatever else the settings hold.
      recipients: isContribution ? cloud.recipients : [],
      encrypt: cloud.encryptBeforeUpload,
      keys: new UploadKeys(dataDirectory, secrets?.keys, sources.onKeyMade),
    },
    maxSpoolBytes: cloud.maxSpoolMb * 2 ** 20,
    openTarget: () => openTarget(sources),
  };
}

async function requireSound(cloud: Config['cloud']): Promise<void> {
  const fault = uploadFault({ ...cloud, enabled: true });
  if (fault)
    throw new SettingsError(
      `${fault.path.map(toSnakeCase).join('.')} ${fault.message}`,
      'Correct the settings; everything else goes on',
    );
  if (!cloud.encryptBeforeUpload && !(await isOnThisMachine(cloud.folder.path)))
    throw new SettingsError(
      'cloud.encrypt_before_upload must be true: the folder is not on a disk of this machine, or that cannot be told',
      'Set cloud.encrypt_before_upload to true, or choose a folder on a disk of this machine',
    );
}

async function openTarget({
  config,
  dataDirectory,
  secrets,
  environment,
  onRenewed,
}: UploadSources): Promise<Target> {
  const { cloud } = config;
  const place = credentialPlace(cloud);
  if (place === undefined)
    return targetOf({ cloud, credentials: undefined, onRenewed: () => Promise.resolve() });
  const folder = new CredentialFolder(dataDirectory);
  // What was entered for another place is not shown to this one.
  const provided = secrets?.credentials?.place === place ? secrets.credentials.credentials : undefined;
  const credentials = environment ?? provided ?? (await folder.load(place));
  return targetOf({
    cloud,
    credentials,
    onRenewed: async renewed => {
      if (environment) return;
      if (provided) onRenewed?.({ place, credentials: renewed });
      else await folder.keep(place, renewed);
    },
  });
}

/** What tells one place of the provider from another, however it is written: the same place must not get the log twice. */
function coordinatesOf({ provider, folder, gdrive, s3, webdav }: Config['cloud']): readonly string[] {
  switch (provider) {
    case 'folder':
      return [path.resolve(folder.path)];
    case 'gdrive':
      return [gdrive.clientId, gdrive.folderName];
    case 's3':
      return [sameAddress(s3Endpoint(s3)), s3.bucket, s3.prefix.replace(/\/$/, '')];
    case 'webdav':
      return [sameAddress(webdav.url)];
  }
}

/** Host in small letters, without the port that goes without saying and slashes at the end. */
function sameAddress(address: string): string {
  return new URL(address).href.replace(/\/+$/, '');
}

/** Of a folder that is not there yet, its path as it is. */
async function realPath(folder: string): Promise<string> {
  try {
    return await fs.realpath(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return folder;
    throw error;
  }
}
