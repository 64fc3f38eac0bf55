import type { Config } from '../../common/config/schema.ts';
import { credentialPlace, type Credentials } from '../../common/upload.ts';
import { dataDirectory } from '../../runtime/directories.ts';
import { CredentialFolder } from '../../sync/credentials/credential-folder.ts';
import { parseCredentials } from '../../sync/credentials/credentials.ts';
import { HttpClient } from '../../sync/http/http-client.ts';
import { AccessTokens } from '../../sync/oauth/access-tokens.ts';
import { parseOptions } from '../arguments.ts';
import { commandConfig } from '../cli-config.ts';
import { askHidden, askShown, secretLines } from '../secret-input.ts';
import { vaultOf } from '../store-option.ts';
import { EXIT, UsageError } from '../usage.ts';
import { signInAtGoogle } from './google-sign-in.ts';

type Provider = Exclude<Config['cloud']['provider'], 'folder'>;

/** What is asked for, in the order of the lines of a file; the last one of some may be left out. */
const QUESTIONS: Readonly<Record<Provider, readonly Question[]>> = {
  s3: [
    { field: 'accessKeyId', question: 'Access key id: ', isSecret: false },
    { field: 'secretAccessKey', question: 'Secret access key: ', isSecret: true },
    { field: 'sessionToken', question: 'Session token (Enter for none): ', isSecret: true, isOptional: true },
  ],
  webdav: [
    { field: 'user', question: 'User name: ', isSecret: false },
    { field: 'password', question: 'Password: ', isSecret: true },
  ],
  gdrive: [
    { field: 'refreshToken', question: '', isSecret: true },
    { field: 'clientSecret', question: 'Client secret (Enter for none): ', isSecret: true, isOptional: true },
  ],
};

interface Question {
  readonly field: string;
  readonly question: string;
  readonly isSecret: boolean;
  readonly isOptional?: boolean;
}

/**
 * Runs `optimetrics sync login`: takes credentials, and keeps them for the place that the settings name, and for no other. They
 * come from the terminal, a file or a pipe, never from the command line.
 */
export async function loginCommand(argv: readonly string[]): Promise<number> {
  const values = parseOptions(argv, {
    'config': { type: 'string' },
    'store': { type: 'string' },
    'credentials-file': { type: 'string' },
  });
  const vault = vaultOf(values.store);
  const data = dataDirectory();
  const config = await commandConfig({ config: values.config }, data);
  const { provider, place } = placeOf(config);
  const credentials = await taken(provider, config, values['credentials-file']);
  await new CredentialFolder(data).keep(place, credentials, vault);
  process.stdout.write(
    `Kept for ${described(config)}, and used for nothing else. optimetrics sync sends now; optimetrics sync logout forgets them.\n`,
  );
  return EXIT.done;
}

/** Runs `optimetrics sync logout`: forgets credentials; of Google Drive, takes the permission back there too. */
export async function logoutCommand(argv: readonly string[]): Promise<number> {
  const values = parseOptions(argv, { config: { type: 'string' } });
  const data = dataDirectory();
  const config = await commandConfig({ config: values.config }, data);
  const { place } = placeOf(config);
  const folder = new CredentialFolder(data);
  const credentials = await folder.load(place).catch(() => undefined);
  const left = credentials?.provider === 'gdrive' ? await revoke(credentials, config) : '';
  const were = await folder.forget(place);
  process.stdout.write(
    were ? `Forgotten for ${described(config)}.\n` : `There are no credentials for ${described(config)}.\n`,
  );
  if (left === '') return EXIT.done;
  process.stderr.write(`optimetrics: ${left}\n`);
  return EXIT.failed;
}

/** @throws UsageError when the settings name no place that takes credentials */
function placeOf({ cloud }: Config): { readonly provider: Provider; readonly place: string } {
  const place = credentialPlace(cloud);
  if (cloud.provider === 'folder' || place === undefined)
    throw new UsageError(
      'a folder takes no credentials: set cloud.provider to gdrive, s3 or webdav in a configuration file and name it with --config',
    );
  const missing: Readonly<Record<Provider, string>> = {
    gdrive: cloud.gdrive.clientId === '' ? 'cloud.gdrive.client_id' : '',
    s3: cloud.s3.bucket === '' ? 'cloud.s3.bucket' : '',
    webdav: cloud.webdav.url === '' ? 'cloud.webdav.url' : '',
  };
  if (missing[cloud.provider] !== '')
    throw new UsageError(
      `${missing[cloud.provider]} must be set first: credentials are kept for the place that it names`,
    );
  return { provider: cloud.provider, place };
}

async function taken(provider: Provider, config: Config, file: string | undefined): Promise<Credentials> {
  const questions = QUESTIONS[provider];
  const answers: Record<string, string> = {};
  if (file !== undefined) {
    const lines = secretLines(file, '--credentials-file');
    for (const [at, { field }] of questions.entries()) answers[field] = lines[at] ?? '';
  } else {
    if (!process.stdin.isTTY)
      throw new UsageError(
        'there is no terminal to ask for credentials in; use --credentials-file, - for standard input, with a line each',
      );
    for (const { field, question, isSecret } of questions) {
      if (question !== '') answers[field] = await (isSecret ? askHidden(question) : askShown(question));
    }
    if (provider === 'gdrive')
      answers['refreshToken'] = await signInAtGoogle(config, answers['clientSecret'] ?? '');
  }
  const given = Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== ''));
  const credentials = parseCredentials({ provider, ...given });
  if (credentials) return credentials;
  const wanted = questions.filter(({ isOptional }) => isOptional !== true).map(({ field }) => wordsOf(field));
  throw new UsageError(`nothing was kept: ${wanted.join(' and ')} must be given, a line each`);
}

/** `secretAccessKey` → `secret access key`. */
function wordsOf(field: string): string {
  return field.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

function described({ cloud }: Config): string {
  switch (cloud.provider) {
    case 's3':
      return `the bucket ${cloud.s3.bucket}`;
    case 'webdav':
      return 'the WebDAV server of cloud.webdav.url';
    default:
      return 'Google Drive';
  }
}

/** @returns what is left to do; empty when Google has taken the permission back */
async function revoke(
  { refreshToken, clientSecret }: Extract<Credentials, { provider: 'gdrive' }>,
  { cloud }: Config,
): Promise<string> {
  const http = new HttpClient({ party: 'Google’s sign-in' });
  const client = {
    id: cloud.gdrive.clientId,
    ...(clientSecret === undefined ? {} : { secret: clientSecret }),
  };
  try {
    await new AccessTokens({ client, http, refreshToken }).revoke();
    return '';
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it did not answer';
    return `Google still knows the permission (${why}); take it back at https://myaccount.google.com/permissions`;
  } finally {
    http.close();
  }
}
