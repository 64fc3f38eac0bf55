import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { HttpClient } from '../../src/sync/http/http-client.ts';
import { S3Client } from '../../src/sync/targets/s3/s3-client.ts';
import { elementsOf } from '../../src/sync/targets/s3/xml.ts';
import { NOON, plainLog, write } from '../sync/segments/generated-log.ts';
import { startRadosGateway, type StoreUser } from '../sync/targets/servers/radosgw.ts';
import {
  PASSWORD,
  startApache,
  startRclone,
  USER,
  type WebDavServer,
} from '../sync/targets/servers/webdav.ts';
import { TestHome } from './harness/home.ts';

/** A row every three minutes, over an hour. */
const LOG = plainLog(Array.from({ length: 20 }, (_, k) => NOON + k * 180_000));

describe('the built program uploads to a real server', () => {
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
    fs.mkdirSync(path.join(home.root, 'log'));
    write(path.join(home.root, 'log'), LOG);
  });
  afterEach(() => home.end());

  /**
   * Uploads, first with a wrong secret.
   *
   * @param cloud what the configuration says of the provider
   * @param credentials in the environment; the last is the secret
   */
  async function upload(cloud: string, credentials: Readonly<Record<string, string>>): Promise<void> {
    const config = home.write('c.yaml', `logging: {log_directory: log}\ncloud: {enabled: true, ${cloud}}\n`);
    const [name = '', secret = ''] = Object.entries(credentials).at(-1) ?? [];
    const sync = (env: Readonly<Record<string, string>>) =>
      home.run(['sync', '--config', config, '--json'], env);
    const refused = await sync({ ...credentials, [name]: 'not the secret' });
    assert.equal(refused.code, 1, refused.stderr);
    assert.equal((JSON.parse(refused.stdout) as { state: string }).state, 'sign-in');

    const { code, stdout, stderr } = await sync(credentials);
    assert.equal(code, 0, stderr);
    const { confirmed, waiting } = JSON.parse(stdout) as Record<string, { rows: number }>;
    assert.deepEqual([confirmed?.rows, waiting?.rows], [LOG.lines.length, 0]);
    const again = await sync(credentials);
    assert.equal(
      (JSON.parse(again.stdout) as Record<string, { rows: number }>)['total']?.rows,
      LOG.lines.length,
    );
    for (const said of [refused, { stdout, stderr }, again])
      assert.ok(!(said.stdout + said.stderr).includes(secret), 'the secret is in what it says');
    for (const file of filesIn(home.root))
      assert.ok(!fs.readFileSync(file, 'latin1').includes(secret), `the secret is in ${path.basename(file)}`);
  }

  /** Asserts that what a server has are the rows of the log, each once. */
  async function assertRows(files: readonly string[]): Promise<void> {
    assert.ok(files.length > 1);
    const { code, stderr } = await home.run(['decrypt', ...files, '-o', 'open', '--format', 'csv']);
    assert.equal(code, 0, stderr);
    const rows = filesIn(path.join(home.root, 'open')).flatMap(file =>
      fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(1),
    );
    assert.deepEqual(rows.sort(), LOG.lines.map(line => line.trimEnd()).sort());
  }

  for (const [name, start] of [
    ['rclone’s WebDAV', startRclone],
    ['Apache’s WebDAV', startApache],
  ] as const satisfies readonly (readonly [string, () => Promise<WebDavServer>])[])
    test(name, async () => {
      const server = await start();
      try {
        await upload(`provider: webdav, webdav: {url: '${server.url}up'}`, {
          OPTIMETRICS_WEBDAV_USER: USER,
          OPTIMETRICS_WEBDAV_PASSWORD: PASSWORD,
        });
        await assertRows(filesIn(server.files));
      } finally {
        await server.stop();
        fs.rmSync(server.folder, { recursive: true, force: true });
      }
    });

  test('Ceph’s S3', async () => {
    const store = await startRadosGateway();
    const http = new HttpClient({ party: 'the store' });
    try {
      const user: StoreUser = await store.addUser('jo');
      const ask = async (method: 'GET' | 'PUT', target: string): Promise<Buffer> => {
        const url = new URL(target, store.url);
        const { signal } = new AbortController();
        const reply = await new S3Client(http, user, 'us-east-1').ask({ method, url, signal });
        assert.equal(reply.status, 200);
        return reply.body;
      };
      await ask('PUT', '/uploads');
      await upload(`provider: s3, s3: {endpoint: '${store.url}', bucket: uploads, prefix: p}`, {
        AWS_ACCESS_KEY_ID: user.accessKeyId,
        AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
      });
      const keys = elementsOf((await ask('GET', '/uploads?list-type=2&prefix=p')).toString(), 'Key');
      const files: string[] = [];
      for (const key of keys) files.push(home.write(`fetched/${key}`, await ask('GET', `/uploads/${key}`)));
      await assertRows(files);
    } finally {
      http.close();
      await store.stop();
    }
  });
});

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));
}
