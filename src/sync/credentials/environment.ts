import type { Config } from '../../common/config/schema.ts';
import type { Credentials } from '../../common/upload.ts';

/** The variables that hold credentials, in the words of those who set them: Amazon's own, and ours. */
const VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'OPTIMETRICS_WEBDAV_USER',
  'OPTIMETRICS_WEBDAV_PASSWORD',
  'OPTIMETRICS_GDRIVE_REFRESH_TOKEN',
  'OPTIMETRICS_GDRIVE_CLIENT_SECRET',
] as const;

/**
 * Takes credentials for the provider out of an environment: afterwards they are not in it, so that no process that is started
 * has them.
 *
 * @returns `undefined` when the variables of that provider are not all there
 */
export function takeFromEnvironment(
  provider: Config['cloud']['provider'],
  environment: NodeJS.ProcessEnv,
): Credentials | undefined {
  const found = Object.fromEntries(VARIABLES.map(name => [name, environment[name] ?? '']));
  for (const name of VARIABLES) Reflect.deleteProperty(environment, name);
  const of = (name: (typeof VARIABLES)[number]): string => found[name] ?? '';
  switch (provider) {
    case 'folder':
      return undefined;
    case 's3': {
      const accessKeyId = of('AWS_ACCESS_KEY_ID');
      const secretAccessKey = of('AWS_SECRET_ACCESS_KEY');
      const sessionToken = of('AWS_SESSION_TOKEN');
      if (accessKeyId === '' || secretAccessKey === '') return undefined;
      return { provider, accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
    }
    case 'webdav': {
      const user = of('OPTIMETRICS_WEBDAV_USER');
      const password = of('OPTIMETRICS_WEBDAV_PASSWORD');
      return user === '' || password === '' ? undefined : { provider, user, password };
    }
    case 'gdrive': {
      const refreshToken = of('OPTIMETRICS_GDRIVE_REFRESH_TOKEN');
      const clientSecret = of('OPTIMETRICS_GDRIVE_CLIENT_SECRET');
      if (refreshToken === '') return undefined;
      return { provider, refreshToken, ...(clientSecret === '' ? {} : { clientSecret }) };
    }
  }
}
