import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { CREDENTIAL_FOLDER } from '../../src/sync/credentials/credential-folder.ts';
import { KEY_FOLDER, KeyFolder } from '../../src/sync/keys/key-folder.ts';
import { type GeneratedLog, NOON, plainLog, write } from '../sync/segments/generated-log.ts';
import { ROOT, TestHome, until } from './harness/home.ts';
import { readLog } from './harness/log.ts';
import { WebDavRecorder } from './harness/webdav-recorder.ts';

const NO_MOUNTS = process.getuid?.() !== 0 && 'mounting a small disk needs root';
const CLI = path.join(ROOT, 'dist', 'cli.js');
const SECRET = 'pa55-hunter2-w0rd';
/** A row every three minutes, over two hours and a half. */
const TIMES = Array.from({ length: 50 }, (_, k) => NOON + k * 180_000);

interface SyncJson {
  readonly state: string;
  readonly reason: string;
  readonly confirmed: { readonly segments: number; readonly rows: number };
  readonly waiting: { readonly segments: number; readonly rows: number };
  readonly total: { readonly segments: number; readonly rows: number };
}

describe('optimetrics sync', () => {
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
  });
  afterEach(() => home.end());

  const data = () => path.join(home.root, 'data', 'optimetrics');
  const uploads = () => path.join(home.root, 'up');

  /** A log that is complete, and a configuration that uploads it. */
  function writeLog(times = TIMES): GeneratedLog {
    const log = plainLog(times);
    fs.mkdirSync(path.join(home.root, 'log'), { recursive: true });
    write(path.join(home.root, 'log'), log);
    return log;
  }

  function writeConfig(cloud: string): string {
    return home.write('c.yaml', `logging: {log_directory: log}\ncloud: {${cloud}}\n`);
  }

  async function sync(
    config: string,
    ...args: string[]
  ): Promise<{ code: number | null; json: SyncJson; stderr: string }> {
    const { code, stdout, stderr } = await home.run(['sync', '--config', config, '--json', ...args]);
    assert.notEqual(stdout, '', stderr);
    return { code, json: JSON.parse(stdout) as SyncJson, stderr };
  }

  /** The rows of all files, decrypted, in order of their time. */
  async function rowsAt(folder: string): Promise<string[]> {
    const files = filesIn(folder).filter(file => file.endsWith('.sealed'));
    const into = fs.mkdtempSync(path.join(home.root, 'open-'));
    const { code, stderr } = await home.run(['decrypt', ...files, '-o', into, '--format', 'csv']);
    assert.equal(code, 0, stderr);
    return filesIn(into)
      .flatMap(file => fs.readFileSync(file, 'utf8').split('\n').slice(1))
      .filter(line => line !== '')
      .sort();
  }

  const linesOf = (log: GeneratedLog): string[] => log.lines.map(line => line.trimEnd()).sort();

  test('brings each row to a folder once, and there it is the row of the log', async () => {
    const log = writeLog();
    const config = writeConfig('enabled: true, folder: {path: up}');
    const dry = await home.run(['sync', '--config', config, '--dry-run', '--json']);
    assert.deepEqual(
      [
        dry.code,
        (JSON.parse(dry.stdout) as { to_seal: { rows: number } }).to_seal.rows,
        filesIn(path.join(home.root, 'data')),
        fs.existsSync(uploads()),
      ],
      [0, TIMES.length, [], false],
      dry.stderr,
    );
    const first = await sync(config);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /a key was made.*nobody can read.*optimetrics keys export FILE/);
    assert.deepEqual(
      [first.json.state, first.json.confirmed.rows, first.json.total.rows, first.json.waiting.segments],
      ['done', TIMES.length, TIMES.length, 0],
    );
    assert.deepEqual(await rowsAt(uploads()), linesOf(log));
    const again = await sync(config);
    assert.equal(again.stderr, '');
    assert.deepEqual([again.code, again.json.confirmed.rows, again.json.total.rows], [0, 0, TIMES.length]);
    const told = await home.run(['sync', '--config', config]);
    assert.match(
      told.stdout,
      /^Nothing to send: all rows have been confirmed in the folder before, \d+ files with 50 rows/,
    );
    // What came after: one more row, in a piece that is open still.
    const more = writeLog([...TIMES, NOON + 50 * 180_000]);
    assert.equal((await sync(config)).json.confirmed.rows, 1);
    assert.deepEqual(await rowsAt(uploads()), linesOf(more));
  });

  test('does nothing where the settings do not turn uploads on, and says what to set', async () => {
    writeLog();
    for (const args of [[], ['--config', writeConfig('enabled: false')]]) {
      const { code, stdout, stderr } = await home.run(['sync', ...args]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /uploads are off: set cloud\.enabled to true in a configuration file/);
    }
    assert.deepEqual(filesIn(path.join(home.root, 'data')), []);
  });

  test('says what is wrong with settings, where and what to do, and sends nothing', async () => {
    writeLog();
    const wrong: [cloud: string, stderr: RegExp][] = [
      ['mode: contribute', /cloud\.recipients: must hold the public key of the study.*; nothing is uploaded/],
      ['provider: s3', /cloud\.s3\.bucket: must be set for the provider s3/],
      [
        'provider: webdav, webdav: {url: "http://dav.example"}',
        /cloud\.webdav\.url: must be .* not one without TLS/,
      ],
      [
        'provider: webdav, webdav: {url: "https://dav.example"}, encrypt_before_upload: false',
        /cloud\.encrypt_before_upload: must be true for the provider webdav/,
      ],
      [
        `provider: webdav, webdav: {url: "https://me:${SECRET}@dav.example"}`,
        /not one with a user or a password, which belong into `optimetrics sync login`/,
      ],
      [`mode: contribute, recipients: [AGE-SECRET-KEY-1${SECRET}]`, /item 1 is a secret key: take it out/],
      [
        `provider: s3, s3: {bucket: abc, secret_access_key: ${SECRET}}`,
        /cloud\.s3\.secret_access_key: credentials are not read from a file.*optimetrics sync login/,
      ],
    ];
    for (const [cloud, message] of wrong) {
      const { code, stderr } = await home.run(['sync', '--config', writeConfig(`enabled: true, ${cloud}`)]);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
      assert.ok(!stderr.includes(SECRET), stderr);
    }
    const nowhere = await home.run([
      'sync',
      '--config',
      writeConfig('enabled: true'),
      '--log-dir',
      'nowhere',
    ]);
    assert.equal(nowhere.code, 1);
    assert.match(
      nowhere.stderr,
      /the log folder cannot be read: not found \(ENOENT\)\. Name it by --log-dir/,
    );
    for (const args of [['now'], ['--nonsense'], ['login'], ['logout', 'x']])
      assert.equal((await home.run(['sync', ...args])).code, 2, args.join(' '));
  });

  test('sends nothing by a default in place of what was not taken, and says so to programs too', async () => {
    writeLog();
    for (const cloud of ['mode: Contribute', 'folder: {pth: up}', 'max_kbps: slow', 'mode: contribute']) {
      const { code, json, stderr } = await sync(writeConfig(`enabled: true, ${cloud}`));
      assert.deepEqual([code, json.state, json.confirmed.rows], [1, 'refused', 0], stderr);
      assert.match(stderr, /nothing is uploaded/);
    }
    assert.deepEqual(
      filesIn(path.join(home.root, 'data')).filter(file => file.endsWith('.sealed')),
      [],
    );
    const nowhere = await sync(home.write('c.yaml', 'cloud: {enabled: true}'));
    assert.deepEqual([nowhere.code, nowhere.json.state], [1, 'refused'], nowhere.stderr);
  });

  test('killed at any moment, it goes on, and no row is missing or there twice', async () => {
    const log = writeLog();
    const config = writeConfig('enabled: true, folder: {path: up}');
    for (let k = 0; k < 6; k++) {
      const run = home.start(['sync', '--config', config]);
      const files = 1 + k;
      await until(
        'it has sent some, or ended',
        () => filesIn(uploads()).length >= files || run.child.exitCode !== null,
      );
      run.child.kill('SIGKILL');
      await run.finished;
    }
    const { code, json, stderr } = await sync(config);
    assert.deepEqual([code, json.total.rows, json.waiting.rows], [0, TIMES.length, 0], stderr);
    assert.deepEqual(await rowsAt(uploads()), linesOf(log));
  });

  test('of two that run at once, one waits for the other', async () => {
    const log = writeLog();
    const config = writeConfig('enabled: true, folder: {path: up}');
    const both = await Promise.all([sync(config), sync(config)]);
    assert.deepEqual(
      both.map(({ code, json }) => [code, json.state]),
      [
        [0, 'done'],
        [0, 'done'],
      ],
    );
    assert.deepEqual(await rowsAt(uploads()), linesOf(log));
  });

  test('Ctrl+C ends it in good order, and what was confirmed stays so', async () => {
    writeLog();
    const server = await WebDavRecorder.start();
    try {
      let go: () => void = () => undefined;
      server.hold = new Promise(resolve => (go = resolve));
      const config = writeConfig(`enabled: true, provider: webdav, webdav: {url: "${server.url}"}`);
      const run = home.start(['sync', '--config', config], {
        OPTIMETRICS_WEBDAV_USER: 'me',
        OPTIMETRICS_WEBDAV_PASSWORD: SECRET,
      });
      await until('it sends', () => server.puts > 0);
      run.child.kill('SIGINT');
      const { code, stderr } = await run.finished;
      go();
      assert.equal(code, 1);
      assert.match(stderr, /it was cancelled\n.*the same command goes on/);
    } finally {
      await server.end();
    }
  });

  test('credentials and keys are nowhere but in their own files', async () => {
    writeLog();
    const server = await WebDavRecorder.start();
    try {
      const config = writeConfig(`enabled: true, provider: webdav, webdav: {url: "${server.url}"}`);
      const signedOut = await sync(config);
      assert.deepEqual([signedOut.code, signedOut.json.state], [1, 'sign-in']);
      assert.match(
        signedOut.stderr,
        /nobody has signed in to the WebDAV server yet\. Sign in: .*optimetrics sync login/,
      );

      const login = spawn(
        process.execPath,
        [CLI, 'sync', 'login', '--config', config, '--credentials-file', '-'],
        {
          env: home.env,
          stdio: ['pipe', 'pipe', 'pipe'],
        },
      );
      login.stdin.end(`me\n${SECRET}\n`);
      assert.equal(await new Promise(resolve => login.once('close', resolve)), 0);

      let go: () => void = () => undefined;
      server.hold = new Promise(resolve => (go = resolve));
      const run = home.start(['sync', '--config', config]);
      await until('it sends', () => server.puts > 0);
      const key = (await new KeyFolder(data()).load()).newest?.key.reveal() ?? assert.fail();
      const secrets = [SECRET, key.toString('latin1'), key.toString('base64'), key.toString('hex')];
      const basic = Buffer.from(`me:${SECRET}`).toString('base64');
      for (const pid of fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
        for (const file of ['cmdline', 'environ'])
          assertWithout([...secrets, basic], `/proc/…/${file}`, readIfThere(`/proc/${pid}/${file}`));
      }
      go();
      const { code, stdout, stderr } = await run.finished;
      assert.equal(code, 0, stderr);
      assertWithout([...secrets, basic], 'output', Buffer.from(stdout + stderr));
      for (const file of filesIn(home.root)) {
        const isVault = [KEY_FOLDER, CREDENTIAL_FOLDER].includes(path.basename(path.dirname(file)));
        if (isVault) assert.equal(fs.statSync(file).mode & 0o777, 0o600, file);
        else assertWithout([...secrets, basic], path.relative(home.root, file), fs.readFileSync(file));
      }
      // The server is told who it is, and gets no key.
      assertWithout(secrets, 'what was sent', Buffer.from(server.wire, 'latin1'));
      assert.ok(server.wire.includes(`Basic ${basic}`));

      // The same password is not shown to another server because a setting was changed.
      const other = await WebDavRecorder.start();
      try {
        const moved = writeConfig(`enabled: true, provider: webdav, webdav: {url: "${other.url}"}`);
        assert.equal((await sync(moved)).json.state, 'sign-in');
        assert.deepEqual(other.received, []);
      } finally {
        await other.end();
      }
      const out = await home.run([
        'sync',
        'logout',
        '--config',
        writeConfig(`provider: webdav, webdav: {url: "${server.url}"}`),
      ]);
      assert.match(out.stdout, /^Forgotten/);
      assert.deepEqual(filesIn(path.join(data(), CREDENTIAL_FOLDER)), []);
    } finally {
      await server.end();
    }
  });

  test(
    'a full disk stops it with a reason, the log stays whole, and it goes on when there is room',
    { skip: NO_MOUNTS },
    async () => {
      const log = writeLog();
      const small = path.join(home.root, 'small');
      fs.mkdirSync(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', small]);
      home.onEnd(() => execFileSync('umount', [small]));
      home.env['XDG_DATA_HOME'] = small;
      const filler = path.join(small, 'filler');
      fs.writeFileSync(filler, Buffer.alloc(36_000));
      const config = writeConfig('enabled: true, folder: {path: up}');
      const full = await sync(config);
      assert.deepEqual([full.code, full.json.state], [1, 'disk-full'], full.stderr);
      assert.match(full.stderr, /no space left on the disk \(ENOSPC\)\. free some space/i);
      assert.equal(readLog(path.join(home.root, 'log')).length, TIMES.length);
      fs.rmSync(filler);
      execFileSync('mount', ['-o', 'remount,size=4m', small]);
      assert.equal((await sync(config)).code, 0);
      assert.deepEqual(await rowsAt(uploads()), linesOf(log));
    },
  );

  test('a folder that cannot be written is told, with what to do', { skip: NO_MOUNTS }, async () => {
    writeLog();
    fs.mkdirSync(uploads());
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', uploads()]);
    home.onEnd(() => execFileSync('umount', [uploads()]));
    const { code, json, stderr } = await sync(writeConfig('enabled: true, folder: {path: up}'));
    assert.deepEqual([code, json.state, json.waiting.rows], [1, 'refused', TIMES.length]);
    assert.match(
      stderr,
      /read-only file system \(EROFS\)\. Let this user write there, or choose another folder\.\n/,
    );
    assert.ok(!stderr.includes(home.root));
  });
});

function filesIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));
}

/** Processes come and go. */
function readIfThere(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

function assertWithout(secrets: readonly string[], what: string, bytes: Buffer): void {
  for (const secret of secrets) assert.equal(bytes.indexOf(secret, 0, 'latin1'), -1, `${what} has a secret`);
}
