import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { findProgram } from '../../scripts/lib/system-packages.mjs';
import { seal, type SealOptions } from '../../src/sync/envelope/seal.ts';
import { KeyFolder } from '../../src/sync/keys/key-folder.ts';
import { readRecovery } from '../../src/sync/keys/recovery-file.ts';
import { sealingKey } from '../../src/sync/keys/key-store.ts';
import { collect, patterned } from '../sync/envelope/collect.ts';
import { TestHome, until } from './harness/home.ts';

const PASSPHRASE = 'correct horse battery staple';
const CLI = path.resolve(import.meta.dirname, '..', '..', 'dist', 'cli.js');

interface ListedKey {
  readonly id: string;
  readonly created: string;
  readonly kept: string;
  readonly seals: boolean;
}

/** The data folder of a home. */
const dataOf = (home: TestHome) => path.join(home.root, 'data', 'optimetrics');

async function listed(home: TestHome): Promise<ListedKey[]> {
  const { code, stdout, stderr } = await home.run(['keys', 'list', '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as ListedKey[];
}

/** Seals into a file of the home, with its newest key. */
async function sealed(
  home: TestHome,
  name: string,
  plaintext: Buffer,
  options: Omit<SealOptions, 'key'> = {},
): Promise<string> {
  const { key } = await sealingKey(new KeyFolder(dataOf(home)));
  return home.write(name, await collect(seal([plaintext], { key, ...options })));
}

describe('optimetrics keys', () => {
  let home: TestHome;
  before(() => {
    home = new TestHome();
  });
  after(() => home.end());

  test('list says how the first key is made, and rotate makes it', async () => {
    assert.match((await home.run(['keys', 'list'])).stdout, /^There is no key yet; optimetrics keys rotate/);
    const exported = await home.run(['keys', 'export', 'recovery.age']);
    assert.deepEqual(
      [exported.code, exported.stderr],
      [1, 'optimetrics: there is no key to export yet; optimetrics keys rotate makes the first\n'],
    );
    const { code, stdout, stderr } = await home.run(['keys', 'rotate']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^New key [0-9a-f]{32} in a file of this user\. It seals from now on; 0 older/);
    assert.match(stdout, /cannot be read by anybody/);
    await home.run(['keys', 'rotate']);
    const keys = await listed(home);
    assert.deepEqual(
      keys.map(({ kept, seals }) => [kept, seals]),
      [
        ['file', false],
        ['file', true],
      ],
    );
    assert.match(
      (await home.run(['keys', 'list'])).stdout,
      /^[0-9a-f]{32} {2}\S+Z {2}in a file of this user, opens\n/,
    );
  });

  test('export and import move the keys to another account', async () => {
    const passphraseFile = home.write('passphrase', `${PASSPHRASE}\n`);
    const args = ['recovery.age', '--passphrase-file', passphraseFile];
    const exported = await home.run(['keys', 'export', ...args]);
    assert.equal(exported.code, 0, exported.stderr);
    assert.match(exported.stdout, /^2 keys in recovery\.age\. It opens with the passphrase and nothing else/);
    const file = path.join(home.root, 'recovery.age');
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);

    const again = await home.run(['keys', 'export', ...args]);
    assert.deepEqual(
      [again.code, again.stderr],
      [1, 'optimetrics: recovery.age exists already; nothing was written\n'],
    );

    const other = new TestHome();
    try {
      // Through a descriptor, as from a password manager.
      const script = `exec node "${CLI}" keys import "${file}" --passphrase-file /dev/fd/3 3< "${passphraseFile}"`;
      const imported = await other.startCommand('bash', ['-c', script]).finished;
      assert.equal(imported.code, 0, imported.stderr);
      assert.equal(imported.stdout, '2 keys imported; 0 there already.\n');
      assert.deepEqual(await listed(other), await listed(home));

      const wrong = other.write('wrong', 'correct horse battery stapler');
      const refused = await other.run(['keys', 'import', file, '--passphrase-file', wrong]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /^optimetrics: the passphrase is wrong, or the first lines/);
      const csv = other.write('log.csv', 'timestamp\n');
      const none = await other.run(['keys', 'import', csv, '--passphrase-file', passphraseFile]);
      assert.match(none.stderr, /^optimetrics: it is not a recovery file/);
    } finally {
      await other.end();
    }
  });

  test('the passphrase is asked for in a terminal, where it does not show', async () => {
    const file = path.join(home.root, 'asked.age');
    const typed = await inTerminal(
      home,
      [process.execPath, CLI, 'keys', 'export', file],
      [
        ['New passphrase: ', `${PASSPHRASE}x\u007f\r`],
        ['The same again: ', `${PASSPHRASE}\r`],
      ],
    );
    assert.equal(typed.code, 0, typed.shown);
    assert.ok(!typed.shown.includes('horse'), typed.shown);
    // The age command opens it with the same passphrase.
    const age = await inTerminal(
      home,
      ['age', '-d', '-o', path.join(home.root, 'opened.json'), file],
      [['Enter passphrase: ', `${PASSPHRASE}\r`]],
    );
    assert.equal(age.code, 0, age.shown);
    const content = JSON.parse(fs.readFileSync(path.join(home.root, 'opened.json'), 'utf8')) as {
      keys: { id: string }[];
    };
    assert.deepEqual(
      content.keys.map(({ id }) => id),
      (await listed(home)).map(({ id }) => id),
    );
  });

  test('a passphrase that differs, is short or given up writes nothing', async () => {
    const file = path.join(home.root, 'never.age');
    const command = [process.execPath, CLI, 'keys', 'export', file];
    const differs = await inTerminal(home, command, [
      ['New passphrase: ', `${PASSPHRASE}\r`],
      ['The same again: ', 'something else\r'],
    ]);
    assert.deepEqual([differs.code, differs.shown.includes('the two passphrases are different')], [2, true]);
    const short = await inTerminal(home, command, [
      ['New passphrase: ', 'short\r'],
      ['The same again: ', 'short\r'],
    ]);
    assert.deepEqual([short.code, short.shown.includes('fewer than 12 characters')], [2, true]);
    const given = await inTerminal(home, command, [['New passphrase: ', '\u0003']]);
    assert.deepEqual([given.code, given.shown.includes('nothing was entered')], [1, true]);
    const none = await home.run(['keys', 'export', file]);
    assert.match(
      none.stderr,
      /^optimetrics: there is no terminal to ask for the passphrase in; use --passphrase-file\n$/,
    );
    assert.ok(!fs.existsSync(file));
  });

  test('a key file that others can read is refused, with the remedy', async () => {
    const [first] = await listed(home);
    const file = path.join(dataOf(home), 'sync-keys', `${first?.id ?? ''}.json`);
    fs.chmodSync(file, 0o644);
    const { code, stderr } = await home.run(['keys', 'list']);
    assert.equal(code, 1);
    assert.match(stderr, /^optimetrics: others can read sync-keys\/\w+\.json.*chmod 600.*keys rotate\n$/);
    fs.chmodSync(file, 0o600);
  });

  test('a key can be kept in the keyring of the desktop', async () => {
    const desktop = new TestHome();
    try {
      // The real program, and beside it what other users could see of it: its arguments.
      const seen = path.join(desktop.root, 'arguments');
      const tool = desktop.write(
        'bin/secret-tool',
        `#!/bin/sh\necho "$@" >> "${seen}"\nexec ${findProgram('secret-tool') ?? ''} "$@"\n`,
      );
      fs.chmodSync(tool, 0o755);
      const script = [
        'set -e',
        `export PATH="${path.dirname(tool)}:$PATH"`,
        'echo -n unlock | gnome-keyring-daemon --unlock --components=secrets > /dev/null',
        `node "${CLI}" keys rotate --store keyring`,
        `node "${CLI}" keys rotate`,
        `node "${CLI}" keys list --json`,
        `node "${CLI}" keys export keyring.age --passphrase-file "${desktop.write('passphrase', PASSPHRASE)}"`,
      ].join('\n');
      const running = desktop.startCommand('dbus-run-session', ['--', 'bash', '-c', script]);
      const { code, stdout, stderr } = await running.finished;
      assert.equal(code, 0, `${stdout}${stderr}`);
      const keys = JSON.parse(stdout.split('\n').at(-3) ?? '') as ListedKey[];
      assert.deepEqual(
        keys.map(({ kept }) => kept),
        ['secret-service', 'secret-service'],
      );
      for (const { id } of keys) {
        const file = path.join(dataOf(desktop), 'sync-keys', `${id}.json`);
        assert.equal((JSON.parse(fs.readFileSync(file, 'utf8')) as { kept: string }).kept, '');
      }
      const recovery = fs.readFileSync(path.join(desktop.root, 'keyring.age'));
      const lines = fs.readFileSync(seen, 'utf8');
      assert.match(lines, /^store /m);
      assert.match(lines, /^lookup /m);
      for (const { key } of (await readRecovery(recovery, PASSPHRASE)).keys) {
        assert.ok(lines.includes(key.id));
        for (const form of ['base64', 'base64url', 'hex'] as const)
          assert.ok(!lines.includes(key.reveal().toString(form)), form);
      }
      const without = await desktop.run(['keys', 'list']);
      assert.equal(without.code, 1);
      assert.match(without.stderr, /^optimetrics: the keyring does not give the key [0-9a-f]{32}; unlock/);
    } finally {
      await desktop.end();
    }
  });

  const wrongUsage: [args: string[], message: RegExp][] = [
    [[], /^optimetrics: keys takes a command: list, rotate, export or import; try/],
    [['fly'], /^optimetrics: there is no command “keys fly”: list/],
    [['export'], /^optimetrics: keys export takes one file; try/],
    [['import', 'a', 'b'], /^optimetrics: keys import takes one file; try/],
    [['rotate', '--store', 'cloud'], /^optimetrics: --store is file or keyring, not “cloud”\n$/],
    [['export', 'x.age', '--passphrase', 'secret'], /^optimetrics: Unknown option '--passphrase'/],
    [['export', 'x.age', '--passphrase-file', '/nowhere'], /^optimetrics: --passphrase-file: not found/],
  ];
  for (const [args, message] of wrongUsage) {
    test(`wrong usage: keys ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await home.run(['keys', ...args]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    });
  }
});

describe('optimetrics decrypt', () => {
  let home: TestHome;
  before(() => {
    home = new TestHome();
  });
  after(() => home.end());
  const read = (...names: string[]) => fs.readFileSync(path.join(home.root, ...names));

  test('writes what was sealed, by its kind, also after a rotation, and overwrites nothing', async () => {
    const csv = Buffer.from('timestamp,total_utilization\n2026-01-01T00:00:00.000Z,3.1\n');
    const file = await sealed(home, 'rows.sealed', csv, { content: 'csv' });
    const large = patterned(400_000);
    await sealed(home, 'large.parquet.sealed', large, { content: 'parquet' });
    await sealed(home, 'anything', large);
    await home.run(['keys', 'rotate']);
    const { code, stdout, stderr } = await home.run(['decrypt', file, 'large.parquet.sealed', 'anything']);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'rows.csv\nlarge.parquet\nanything.opened\n');
    assert.ok(read('rows.csv').equals(csv) && read('large.parquet').equals(large));
    assert.equal(fs.statSync(path.join(home.root, 'rows.csv')).mode & 0o777, 0o600);

    fs.writeFileSync(path.join(home.root, 'rows.csv'), 'mine');
    const again = await home.run(['decrypt', file]);
    assert.equal(again.code, 1);
    assert.match(
      again.stderr,
      /rows\.sealed: what it would be written to exists already, and is left as it is/,
    );
    assert.equal(read('rows.csv').toString(), 'mine');
    const elsewhere = await home.run(['decrypt', file, '-o', 'new/folder', '--format', 'csv']);
    assert.deepEqual([elsewhere.code, elsewhere.stdout], [0, 'new/folder/rows.csv\n']);
    const other = await home.run(['decrypt', file, '-o', 'new/folder', '--format', 'parquet']);
    assert.match(other.stderr, /it holds csv, not parquet; leave --format out/);
  });

  test('leaves nothing of a file that fails, and opens the others', async () => {
    const whole = await sealed(home, 'whole.sealed', patterned(200_000));
    const bytes = fs.readFileSync(whole);
    home.write('cut.sealed', bytes.subarray(0, 120 + 2 * 65_536));
    const damaged = Buffer.from(bytes);
    damaged[150_000] = (damaged[150_000] ?? 0) ^ 1;
    home.write('damaged.sealed', damaged);
    home.write('log.csv', 'timestamp\n');
    const files = ['cut.sealed', 'damaged.sealed', 'log.csv', 'missing.sealed', '.', 'whole.sealed'];
    const { code, stdout, stderr } = await home.run(['decrypt', ...files, '-o', 'out']);
    assert.equal(code, 1);
    assert.equal(stdout, 'out/whole\n');
    assert.deepEqual(stderr.trimEnd().split('\n'), [
      'optimetrics: cut.sealed: it is cut off after its chunk number 1; fetch it again from where it came from',
      'optimetrics: damaged.sealed: its chunk number 2 is damaged, or belongs to another place or file',
      'optimetrics: log.csv: it is not a file that OptiMetrics has sealed',
      'optimetrics: missing.sealed: not found (ENOENT)',
      'optimetrics: .: is a folder (EISDIR)',
    ]);
    assert.deepEqual(fs.readdirSync(path.join(home.root, 'out')), ['whole']);
  });

  test('leaves nothing when it is interrupted', async () => {
    const bytes = fs.readFileSync(await sealed(home, 'long.sealed', patterned(300_000)));
    const pipe = path.join(home.root, 'pipe.sealed');
    execFileSync('mkfifo', [pipe]);
    const running = home.start(['decrypt', pipe, '-o', 'interrupted']);
    const folder = path.join(home.root, 'interrupted');
    const feeding = fs.createWriteStream(pipe);
    feeding.write(bytes.subarray(0, 200_000));
    await until('a part is written', () => {
      if (!fs.existsSync(folder)) return false;
      const part = fs.readdirSync(folder).find(name => name.endsWith('.part'));
      return part !== undefined && fs.statSync(path.join(folder, part)).size > 100_000;
    });
    running.child.kill('SIGINT');
    assert.equal((await running.finished).signal, 'SIGINT');
    assert.deepEqual(fs.readdirSync(folder), []);
    feeding.destroy();
  });

  test('opens with an age identity what was sealed for its recipient', async () => {
    const keygen = path.join(home.root, 'study.txt');
    execFileSync('age-keygen', ['-o', keygen], { stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', keygen], { encoding: 'utf8' }).trim();
    const other = await identityToRecipient(await generateIdentity());
    const plaintext = patterned(70_000);
    await sealed(home, 'study.sealed', plaintext, { recipients: [other, recipient] });

    const study = new TestHome();
    try {
      const file = path.join(home.root, 'study.sealed');
      const without = await study.run(['decrypt', file]);
      assert.match(without.stderr, /none of the keys at hand opens it: none of 0 local keys is for it/);
      const { code, stderr } = await study.run(['decrypt', file, '--identity', keygen]);
      assert.equal(code, 0, stderr);
      assert.ok(fs.readFileSync(path.join(study.root, 'study')).equals(plaintext));
      const stranger = study.write('stranger.txt', `# mine\n${await generateIdentity()}\n`);
      const refused = await study.run(['decrypt', file, '--identity', stranger]);
      assert.match(refused.stderr, /nor an identity given is for it\n$/);
      for (const wrong of ['ssh-ed25519 AAAA\n', '\n# nothing\n']) {
        const refusedFile = await study.run(['decrypt', file, '--identity', study.write('wrong.txt', wrong)]);
        assert.match(refusedFile.stderr, /(line 1 is not an age identity|there is no age identity in it)/);
        assert.ok(!refusedFile.stderr.includes('AAAA'));
      }
    } finally {
      await study.end();
    }
  });

  test('the age command takes the data key out of the header', async () => {
    const keygen = path.join(home.root, 'raw.txt');
    execFileSync('age-keygen', ['-o', keygen], { stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', keygen], { encoding: 'utf8' }).trim();
    const bytes = fs.readFileSync(
      await sealed(home, 'raw.sealed', patterned(5), { recipients: [recipient] }),
    );
    const age = bytes.subarray(88, 88 + bytes.readUInt16BE(86));
    const { status, stdout } = spawnSync('age', ['-d', '-i', keygen], { input: age });
    assert.deepEqual([status, stdout.length], [0, 32]);
  });

  test('wrong usage', async () => {
    for (const [args, message] of [
      [[], /^optimetrics: decrypt takes one or more files; try/],
      [['x', '--format', 'xml'], /^optimetrics: --format is csv or parquet, not “xml”\n$/],
      [['x', '-o', 'raw.txt/below'], /^optimetrics: -o raw\.txt\/below: not a folder \(ENOTDIR\)/],
    ] as const) {
      const { code, stderr } = await home.run(['decrypt', ...args]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
  });

  test('no key is in what the commands print or in what they leave beside the keys', async () => {
    const secrets = (await new KeyFolder(dataOf(home)).load()).local.map(key => key.reveal());
    assert.ok(secrets.length > 0);
    const forms = secrets.flatMap(secret => [secret, secret.toString('hex'), secret.toString('base64')]);
    for (const entry of fs.readdirSync(home.root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.parentPath.endsWith('sync-keys')) continue;
      const bytes = fs.readFileSync(path.join(entry.parentPath, entry.name));
      for (const form of forms) assert.equal(bytes.indexOf(form), -1, entry.name);
    }
  });
});

/**
 * Runs a command in a terminal of its own (Python's pty) and types what is to be typed when it asks.
 *
 * @returns its exit code and all that the terminal showed
 */
async function inTerminal(
  home: TestHome,
  command: readonly string[],
  answers: readonly (readonly [question: string, answer: string])[],
): Promise<{ code: number | null; shown: string }> {
  const python = `
import json, os, pty, sys
command, answers = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = b""
for question, answer in answers:
    while question.encode() not in shown[-len(question) - 2:]:
        shown += os.read(fd, 1)
    os.write(fd, answer.encode())
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
`;
  const program = findProgram('python3') ?? 'python3';
  const { code, stdout, stderr } = await home.startCommand(program, [
    '-c',
    python,
    JSON.stringify([command, answers]),
  ]).finished;
  return { code, shown: `${stdout}${stderr}` };
}
