import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import type { SamplerClient } from '../../src/client/sampler-client.ts';
import type { SyncStatus } from '../../src/common/sync-protocol.ts';
import { credentialPlace } from '../../src/common/upload.ts';
import { loadConfig } from '../../src/client/config-file.ts';
import { LocalKey } from '../../src/sync/envelope/local-key.ts';
import { TestHome, until } from './harness/home.ts';
import { logFiles, readLog } from './harness/log.ts';
import { WebDavRecorder } from './harness/webdav-recorder.ts';
import { windowOf } from './harness/window.ts';

const SECRET = 'pa55-hunter2-w0rd';

/** Lines of the first file of a log, its header first; the last one may not be whole. */
function linesIn(directory: string): string[] {
  const [file] = logFiles(directory);
  return file === undefined ? [] : fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

describe('uploads of a running sampler', () => {
  let home: TestHome;
  let server: WebDavRecorder | undefined;
  const clients: SamplerClient[] = [];
  beforeEach(() => {
    home = new TestHome();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.stop({ endIfLast: true });
    await server?.end();
    server = undefined;
    await home.end();
  });

  const data = () => path.join(home.root, 'data', 'optimetrics');
  const log = () => path.join(home.root, 'log');

  function writeConfig(cloud: string): string {
    return home.write(
      'c.yaml',
      `logging: {log_directory: log, enable_delta_filtering: false}\ncloud: {${cloud}}\n`,
    );
  }

  async function openWindow(config: string): Promise<SamplerClient> {
    const client = await windowOf(home, config);
    clients.push(client);
    client.start({ isManual: true });
    await until('rows are written', () => client.status && linesIn(log()).length >= 3);
    return client;
  }

  const stateOf = (client: SamplerClient): SyncStatus['state'] | undefined => client.status?.sync?.state;

  test('start nothing, write nothing and have no status while they are off', async () => {
    const client = await openWindow(writeConfig('enabled: false, folder: {path: up}'));
    assert.equal(client.status?.sync, undefined);
    await assert.rejects(client.uploads.syncNow(), /uploads are off: cloud\.enabled is false/);
    await client.uploads.mayContribute(false);
    assert.deepEqual(home.uploadPids, []);
    await client.stop({ endIfLast: true });
    await until('the sampler has ended', () => home.samplerPids.length === 0);
    assert.deepEqual(
      fs.readdirSync(data()).filter(name => name.startsWith('sync')),
      [],
    );
    assert.ok(!fs.existsSync(path.join(home.root, 'up')));
  });

  test('what is open is sealed at the end of the sampler, and the command line sends it', async () => {
    const config = writeConfig('enabled: true, folder: {path: up}');
    const run = await home.run(['run', '--config', config, '--duration', '3']);
    assert.equal(run.code, 0, run.stderr);
    await until(
      'the sampler and its process have ended',
      () => home.samplerPids.length + home.uploadPids.length === 0,
    );
    const rows = readLog(log()).length;
    assert.ok(rows >= 3);
    const dry = await home.run(['sync', '--config', config, '--dry-run', '--json']);
    const { to_seal, waiting } = JSON.parse(dry.stdout) as Record<'to_seal' | 'waiting', { rows: number }>;
    assert.deepEqual([to_seal.rows, waiting.rows], [0, rows]);
    const sent = await home.run(['sync', '--config', config, '--json']);
    assert.equal((JSON.parse(sent.stdout) as { confirmed: { rows: number } }).confirmed.rows, rows);
  });

  test('a window sees what would be sent, has it sent, pauses, and has what was sent deleted', async () => {
    const config = writeConfig('enabled: true, folder: {path: up}');
    const client = await openWindow(config);
    const shown = (await client.uploads.preview()) ?? assert.fail();
    assert.match(
      shown.path,
      /^study=backup\/device=[0-9a-f]{32}\/date=\d{4}-\d\d-\d\d\/[0-9a-f]{64}\.sealed$/,
    );
    assert.equal(shown.columns[0], 'timestamp');
    assert.ok(shown.isEncrypted && shown.rows >= 2);
    assert.deepEqual(shown.csv.split('\n').slice(0, 3), linesIn(log()).slice(0, 3));

    const heard: string[] = [];
    client.onLog(({ message }) => heard.push(message));
    const outcome = await client.uploads.syncNow();
    assert.equal(outcome.state, 'done', outcome.why);
    assert.ok(outcome.confirmed.rows >= 2);
    await until('what losing the key means is told', () =>
      heard.some(message => /a key was made.*nobody can read that/.test(message)),
    );
    const status = await until('the status says so', () => {
      const { sync } = client.status ?? {};
      return sync?.state === 'idle' && sync.confirmed.rows > 0 && sync;
    });
    assert.deepEqual([status.mode, status.provider, status.waiting.segments], ['backup', 'folder', 0]);
    assert.ok((status.lastConfirmedMs ?? 0) > 0 && (status.nextMs ?? 0) > Date.now());

    await client.uploads.pause(true);
    await until('it is paused', () => stateOf(client) === 'paused');
    await client.stop({ endIfLast: true });
    await until('the sampler has ended', () => home.samplerPids.length === 0);
    const next = await openWindow(config);
    assert.equal(stateOf(next), 'paused');
    assert.equal((await next.uploads.syncNow()).state, 'done');

    const removal = await next.uploads.removeSent();
    assert.deepEqual([removal.state, removal.left], ['done', 0]);
    assert.ok(removal.removed >= 1);
    assert.deepEqual(
      fs
        .readdirSync(path.join(home.root, 'up'), { recursive: true })
        .filter(name => String(name).endsWith('.sealed')),
      [],
    );
    await next.uploads.pause(false);
    await until('it goes on', () => stateOf(next) !== 'paused');
  });

  test('a contribution ends at once when a window says that telemetry is off, and does not begin without a word', async () => {
    server = await WebDavRecorder.start();
    server.hold = new Promise(() => undefined);
    const recipient = await identityToRecipient(await generateIdentity());
    const file = writeConfig(
      `enabled: true, mode: contribute, recipients: [${recipient}], provider: webdav, webdav: {url: "${server.url}"}`,
    );
    const client = await openWindow(file);
    assert.deepEqual([stateOf(client), (await client.uploads.syncNow()).state], ['waiting', 'off']);
    await provide(client, file);
    await client.uploads.mayContribute(true);
    const asked = client.uploads.syncNow();
    await until('it sends', () => (server?.puts ?? 0) > 0);
    assert.equal(home.uploadPids.length, 1);
    await until('the status says so', () => stateOf(client) === 'sending');
    await client.uploads.mayContribute(false);
    assert.equal((await asked).state, 'cancelled');
    await until('its process is gone', () => home.uploadPids.length === 0);
    const { sync } = await until('the status says why', () => stateOf(client) === 'off' && client.status);
    assert.match(sync?.why ?? '', /telemetry is off in VS Code/);
    const { length } = server.received;
    assert.equal((await client.uploads.syncNow()).state, 'off');
    assert.deepEqual([server.received.length, home.uploadPids], [length, []]);

    // The last word holds without a window too.
    await client.stop({ endIfLast: true });
    await until('the sampler has ended', () => home.samplerPids.length === 0);
    const { code, stderr } = await home.run(['sync', '--config', file]);
    assert.equal(code, 1);
    assert.match(stderr, /telemetry is off in VS Code, and nothing is contributed then/);
    assert.equal(server.received.length, length);
  });

  test('turning them off ends one that is under way, and one whose process dies is told and goes on', async () => {
    server = await WebDavRecorder.start();
    server.hold = new Promise(() => undefined);
    const cloud = `provider: webdav, webdav: {url: "${server.url}"}`;
    const file = writeConfig(`enabled: true, ${cloud}`);
    const client = await openWindow(file);
    await provide(client, file);

    let asked = client.uploads.syncNow();
    const [pid = assert.fail()] = await until('it sends', () => (server?.puts ?? 0) > 0 && home.uploadPids);
    process.kill(pid, 'SIGKILL');
    const died = await asked;
    assert.deepEqual([died.state, died.why], ['waiting', 'the upload process ended unexpectedly (SIGKILL)']);
    await until('the status says so', () => stateOf(client) === 'waiting');

    const { puts } = server;
    asked = client.uploads.syncNow();
    await until('it sends again', () => (server?.puts ?? 0) > puts);
    const { config } = await loadConfig({
      file: writeConfig(`enabled: false, ${cloud}`),
      dataDirectory: data(),
    });
    await client.configure(config);
    assert.equal((await asked).state, 'cancelled');
    await until('its process is gone', () => home.uploadPids.length === 0);
    await until('there is no status', () => client.status && !client.status.sync);
  });

  test('an upload process ends with its sampler, however that ends', async () => {
    server = await WebDavRecorder.start();
    server.hold = new Promise(() => undefined);
    const file = writeConfig(`enabled: true, provider: webdav, webdav: {url: "${server.url}"}`);
    const client = await openWindow(file);
    await provide(client, file);
    const asked = client.uploads.syncNow().catch(() => undefined);
    await until('it sends', () => (server?.puts ?? 0) > 0);
    const [upload = assert.fail()] = home.uploadPids;
    process.kill(home.samplerPid ?? assert.fail(), 'SIGKILL');
    await until('its process is gone', () => !fs.existsSync(`/proc/${String(upload)}`));
    await asked;
  });

  test('keys and credentials of a window are in no file, command line or message', async () => {
    server = await WebDavRecorder.start();
    const file = writeConfig(`enabled: true, provider: webdav, webdav: {url: "${server.url}"}`);
    const client = await openWindow(file);
    const heard: unknown[] = [];
    client.onStatus(status => heard.push(status));
    client.onLog(line => heard.push(line));
    const key = await provide(client, file);
    const outcome = await client.uploads.syncNow();
    assert.equal(outcome.state, 'done', outcome.why);
    await client.stop({ endIfLast: true });
    await until('the sampler has ended', () => home.samplerPids.length === 0);
    assert.ok(heard.length > 0 && server.files.size > 0);
    const basic = Buffer.from(`me:${SECRET}`).toString('base64');
    const secrets = [SECRET, basic, key.toString('base64'), key.toString('hex'), key.toString('latin1')];
    const texts = fs
      .readdirSync(home.root, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));
    for (const secret of secrets) {
      for (const text of [...texts, JSON.stringify(heard)]) assert.ok(!text.includes(secret));
    }
    // While VS Code keeps the key, none is made elsewhere: not by a command that no window hands it to.
    assert.ok(!fs.existsSync(path.join(data(), 'sync-keys')));
    const { code, stderr } = await home.run([
      'sync',
      '--config',
      writeConfig('enabled: true, folder: {path: up}'),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /VS Code keeps the key for uploads, and no window has handed it over/);
  });

  /** Hands over a key and credentials; gives the key's bytes. */
  async function provide(client: SamplerClient, file: string): Promise<Buffer> {
    const { config } = await loadConfig({ file, dataDirectory: data() });
    const key = LocalKey.generate().reveal();
    await client.uploads.provide({
      keys: [{ key: key.toString('base64'), createdMs: Date.now() }],
      credentials: {
        place: credentialPlace(config.cloud) ?? assert.fail(),
        credentials: { provider: 'webdav', user: 'me', password: SECRET },
      },
    });
    return key;
  }
});
