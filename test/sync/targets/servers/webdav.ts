import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { freePort, freshFolder, startDaemon, type Daemon } from './daemon.ts';

export const USER = 'jo';
/** With what a URL or a header could break. */
export const PASSWORD = 'pä:ss/w%20rd"';

/** A WebDAV server, and the folder of its disk that it serves. */
export interface WebDavServer extends Daemon {
  readonly files: string;
}

/** A key and a certificate, PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** `rclone serve webdav` (Go's x/net/webdav). */
export async function startRclone(certificate?: Certificate): Promise<WebDavServer> {
  const { folder, files, port, key, cert } = await prepare(certificate);
  const secure = certificate ? ['--cert', cert, '--key', key] : [];
  const args = [
    'serve',
    'webdav',
    files,
    '--addr',
    `127.0.0.1:${port}`,
    '--config',
    '',
    '--dir-cache-time',
    '0s',
    ...secure,
  ];
  const env = { RCLONE_USER: USER, RCLONE_PASS: PASSWORD };
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}/`;
  return { ...(await startDaemon(folder, url, ['rclone', ...args], undefined, env)), files };
}

/** Apache httpd with mod_dav, with a configuration of its own and nothing of the system's. */
export async function startApache({
  digest = false,
  certificate,
}: { digest?: boolean; certificate?: Certificate } = {}): Promise<WebDavServer> {
  const { folder, files, port, key, cert } = await prepare(certificate);
  const isRoot = process.getuid?.() === 0;
  const realm = 'uploads';
  const sha1 = createHash('sha1').update(PASSWORD).digest('base64');
  const md5 = createHash('md5').update(`${USER}:${realm}:${PASSWORD}`).digest('hex');
  fs.writeFileSync(path.join(folder, 'basic'), `${USER}:{SHA}${sha1}\n`);
  fs.writeFileSync(path.join(folder, 'digest'), `${USER}:${realm}:${md5}\n`);
  const modules = [
    'mpm_event',
    'authn_core',
    'authn_file',
    'authz_core',
    'authz_user',
    'auth_basic',
    'auth_digest',
    'dav',
    'dav_fs',
    'dav_lock',
    'ssl',
  ];
  const conf = `
ServerRoot "${folder}"
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile "${folder}/pid"
ErrorLog "${folder}/error.log"
DefaultRuntimeDir "${folder}"
Mutex posixsem
${modules.map(name => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${isRoot ? 'User www-data\nGroup www-data' : ''}
StartServers 1
ThreadsPerChild 32
MaxRequestWorkers 32
ServerLimit 1
DocumentRoot "${files}"
DavLockDB "${folder}/locks/db"
${certificate ? `SSLEngine on\nSSLCertificateFile "${cert}"\nSSLCertificateKeyFile "${key}"` : ''}
<Directory "${files}">
  Dav On
  AuthType ${digest ? 'Digest' : 'Basic'}
  AuthName "${realm}"
  AuthUserFile "${folder}/${digest ? 'digest' : 'basic'}"
  ${digest ? 'AuthDigestProvider' : 'AuthBasicProvider'} file
  Require valid-user
</Directory>
`;
  fs.writeFileSync(path.join(folder, 'httpd.conf'), conf);
  fs.mkdirSync(path.join(folder, 'locks'));
  if (isRoot) {
    // The children run as another user.
    fs.chmodSync(folder, 0o755);
    for (const name of ['files', 'locks']) fs.chownSync(path.join(folder, name), ...idsOf('www-data'));
  }
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}/`;
  const command = ['apache2', '-f', path.join(folder, 'httpd.conf'), '-DFOREGROUND'] as const;
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  return { ...(await startDaemon(folder, url, command, undefined, env)), files };
}

async function prepare(certificate: Certificate | undefined) {
  const folder = freshFolder();
  const [files, key, cert] = ['files', 'key.pem', 'cert.pem'].map(name => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  fs.mkdirSync(files);
  if (certificate) {
    fs.writeFileSync(key, certificate.key, { mode: 0o600 });
    fs.writeFileSync(cert, certificate.cert);
  }
  return { folder, files, key, cert, port: await freePort() };
}

/** User and group of an account, from /etc/passwd. */
function idsOf(account: string): [number, number] {
  const line = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(one => one.startsWith(`${account}:`));
  const [, , user, group] = (line ?? '').split(':');
  return [Number(user), Number(group)];
}
