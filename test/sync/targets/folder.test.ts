import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { PassingFault, RefusedFault, type TargetFault } from '../../../src/sync/targets/faults.ts';
import { folderTarget } from '../../../src/sync/targets/folder.ts';
import { assertFault as assertAnyFault } from './assert-fault.ts';
import { bytesOf, contextOf, NEVER, parcelOf } from './parcels.ts';
import { CANNOT_MOUNT, makeReadOnly, mountSmallDisk, unmount } from '../../fixtures/small-disk.ts';

describe('a folder as a target', () => {
  let home = '';
  const mounted: string[] = [];
  const root = () => path.join(home, 'uploads');
  const target = () => folderTarget({ path: root() });
  const filesIn = (folder: string) =>
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => !entry.isDirectory())
      .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'folder-'));
  });
  afterEach(() => {
    for (const folder of mounted.splice(0)) unmount(folder);
    fs.rmSync(home, { recursive: true, force: true });
  });

  const assertFault = (
    does: Promise<unknown>,
    kind: new (...args: never[]) => TargetFault,
    message: RegExp,
  ) => assertAnyFault(() => does, kind, message, [home]);

  test('takes files of any size, gives back their bytes, and forgets them with the folders that held them', async () => {
    for (const length of [0, 1, 65_536, 1_000_003]) {
      const bytes = bytesOf(length);
      const parcel = parcelOf(bytes);
      const context = contextOf();
      assert.equal(await target().confirm(parcel, NEVER), 'missing');
      await target().send(parcel, context);
      assert.deepEqual(context.progress, [length]);
      assert.deepEqual(filesIn(root()), [parcel.path]);
      assert.ok(fs.readFileSync(path.join(root(), parcel.path)).equals(bytes));
      assert.equal(await target().confirm(parcel, NEVER), 'whole');
      await target().remove(parcel.path, NEVER);
      await target().remove(parcel.path, NEVER);
      assert.deepEqual(fs.readdirSync(root()), []);
    }
  });

  test('what is there is not sent again, what is damaged is seen and sent anew', async () => {
    const bytes = bytesOf(100_000);
    const parcel = parcelOf(bytes);
    await target().send(parcel, contextOf());
    await target().send(parcel, contextOf());
    assert.equal(parcel.reads.length, 1);
    const file = path.join(root(), parcel.path);
    for (const damage of [
      () => fs.truncateSync(file, 99_999),
      () => fs.writeFileSync(file, Buffer.alloc(100_000)),
    ]) {
      damage();
      assert.equal(await target().confirm(parcel, NEVER), 'different');
      await target().send(parcel, contextOf());
      assert.equal(await target().confirm(parcel, NEVER), 'whole');
    }
  });

  test('keeps other files and the folders that they are in', async () => {
    const [one, other] = [parcelOf(bytesOf(10, 'one')), parcelOf(bytesOf(10, 'other'))];
    await target().send(one, contextOf());
    await target().send(other, contextOf());
    fs.writeFileSync(path.join(root(), 'mine.txt'), 'mine');
    await target().remove(one.path, NEVER);
    assert.deepEqual(filesIn(root()).sort(), ['mine.txt', other.path].sort());
  });

  test('files and folders are this user’s alone', async () => {
    const previous = process.umask(0);
    try {
      await target().send(parcelOf(bytesOf(10)), contextOf());
    } finally {
      process.umask(previous);
    }
    for (const name of fs.readdirSync(root(), { recursive: true, encoding: 'utf8' }))
      assert.equal(fs.statSync(path.join(root(), name)).mode & 0o077, 0, name);
  });

  test('leaves nothing of a send that was cancelled or had not all bytes', async () => {
    const parcel = parcelOf(bytesOf(500_000));
    const cancelled = new AbortController();
    const slow = {
      ...parcel,
      async *read() {
        yield bytesOf(65_536);
        cancelled.abort(new Error('cancelled by the user'));
        await Promise.resolve();
        yield bytesOf(65_536);
      },
    };
    await assert.rejects(
      target().send(slow, contextOf(undefined, cancelled.signal)),
      /^Error: cancelled by the user$/,
    );
    const failing = {
      ...parcel,
      async *read(): AsyncGenerator<Uint8Array> {
        await fs.promises.readFile(path.join(home, 'nothing'));
      },
    };
    await assertFault(
      target().send(failing, contextOf()),
      PassingFault,
      /file to be sent cannot be read: not found/,
    );
    for (const length of [499_999, 500_001]) {
      const other = parcelOf(bytesOf(length));
      const wrong = { ...other, bytes: 500_000, read: () => other.read() };
      await assertFault(target().send(wrong, contextOf()), PassingFault, /has not the length/);
    }
    assert.deepEqual(filesIn(root()), []);
    await assert.rejects(target().confirm(parcel, cancelled.signal), /cancelled by the user/);
  });

  test('a process that is killed in the middle leaves nothing but what the next try removes', async () => {
    const parcel = parcelOf(bytesOf(200_000));
    const from = (file: string) => JSON.stringify(path.join(import.meta.dirname, '../../..', file));
    const script = path.join(home, 'send.mts');
    fs.writeFileSync(
      script,
      `import { folderTarget } from ${from('src/sync/targets/folder.ts')};
import { bytesOf, contextOf, parcelOf } from ${from('test/sync/targets/parcels.ts')};
const parcel = parcelOf(bytesOf(200_000));
await folderTarget({ path: process.argv[2] }).send({
  ...parcel,
  async *read() {
    yield bytesOf(100_000);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
    await new Promise(() => undefined);
  },
}, contextOf());
`,
    );
    const child = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), script, root()]);
    assert.equal(child.signal, 'SIGKILL', String(child.stderr));
    const [left = ''] = filesIn(root());
    assert.match(path.basename(left), /^\.[0-9a-f.]+$/);
    assert.equal(fs.statSync(path.join(root(), left)).size, 100_000);
    assert.equal(await target().confirm(parcel, NEVER), 'missing');
    await target().send(parcel, contextOf());
    assert.deepEqual(filesIn(root()), [parcel.path]);
    assert.equal(await target().confirm(parcel, NEVER), 'whole');
  });

  test('removes what an older process left that died, and nothing that may still be written', async () => {
    const parcel = parcelOf(bytesOf(10));
    const folder = path.join(root(), path.dirname(parcel.path));
    fs.mkdirSync(folder, { recursive: true });
    const [old, fresh, foreign] = [
      `.${'a'.repeat(64)}.0123456789abcdef`,
      `.${'b'.repeat(64)}.0123456789abcdef`,
      '.mine',
    ];
    for (const name of [old, fresh, foreign]) fs.writeFileSync(path.join(folder, name), 'x');
    for (const name of [old, foreign]) fs.utimesSync(path.join(folder, name), 1_000_000, 1_000_000);
    await target().send(parcel, contextOf());
    assert.deepEqual(fs.readdirSync(folder).sort(), [foreign, fresh, path.basename(parcel.path)].sort());
  });

  test('a folder that is not there with all above it comes back; one that is missing alone is made', async () => {
    const parcel = parcelOf(bytesOf(10));
    const unplugged = folderTarget({ path: path.join(home, 'disk', 'uploads') });
    await assertFault(unplugged.send(parcel, contextOf()), PassingFault, /not there; if it is on a disk/);
    await assertFault(unplugged.confirm(parcel, NEVER), PassingFault, /not there/);
    await assertFault(unplugged.remove(parcel.path, NEVER), PassingFault, /not there/);
    fs.mkdirSync(path.join(home, 'disk'));
    await unplugged.send(parcel, contextOf());
    assert.equal(await unplugged.confirm(parcel, NEVER), 'whole');

    await target().remove(parcel.path, NEVER);
    assert.equal(await target().confirm(parcel, NEVER), 'missing');
  });

  test('a link that leads to a disk that is unplugged is not taken for a folder without files', async () => {
    const parcel = parcelOf(bytesOf(10));
    fs.symlinkSync(path.join(home, 'disk'), root());
    await assertFault(target().send(parcel, contextOf()), PassingFault, /not there/);
    await assertFault(target().confirm(parcel, NEVER), PassingFault, /not there/);
    await assertFault(target().remove(parcel.path, NEVER), PassingFault, /not there/);
    fs.mkdirSync(path.join(home, 'disk'));
    await target().send(parcel, contextOf());
    assert.equal(filesIn(path.join(home, 'disk')).length, 1);
  });

  test('does not write over or through what is not its own', async () => {
    const parcel = parcelOf(bytesOf(10));
    fs.writeFileSync(root(), 'a file');
    await assertFault(target().send(parcel, contextOf()), RefusedFault, /not a folder \(ENOTDIR\)/);
    fs.rmSync(root());
    const file = path.join(root(), parcel.path);
    fs.mkdirSync(file, { recursive: true });
    await assertFault(target().send(parcel, contextOf()), RefusedFault, /no file has the name/);
    await assertFault(target().remove(parcel.path, NEVER), RefusedFault, /cannot be used/);
    fs.rmdirSync(file);
    fs.writeFileSync(path.join(home, 'elsewhere'), 'mine');
    fs.symlinkSync(path.join(home, 'elsewhere'), file);
    await assertFault(target().send(parcel, contextOf()), RefusedFault, /no file has the name/);
    await assertFault(target().confirm(parcel, NEVER), RefusedFault, /no file has the name/);
    assert.equal(fs.readFileSync(path.join(home, 'elsewhere'), 'utf8'), 'mine');
  });

  test('a link that somebody has put in the place of one of its folders leads nowhere', async () => {
    const parcel = parcelOf(bytesOf(10));
    const [first = ''] = parcel.path.split('/');
    fs.mkdirSync(root());
    fs.mkdirSync(path.join(home, 'elsewhere'));
    fs.symlinkSync(path.join(home, 'elsewhere'), path.join(root(), first));
    await assertFault(target().send(parcel, contextOf()), RefusedFault, /a link stands in the place/);
    assert.deepEqual(filesIn(path.join(home, 'elsewhere')), []);
  });

  for (const name of [
    '../outside',
    '/etc/passwd',
    'a/../../b',
    'a//b',
    '',
    '.',
    '.hidden',
    'a\\b',
    'C:x',
    'a/b\0',
    'é',
    'a ',
  ])
    test(`a path that is none of ours is refused: ${JSON.stringify(name)}`, async () => {
      const parcel = { ...parcelOf(bytesOf(10)), path: name };
      await assertFault(target().send(parcel, contextOf()), RefusedFault, /not one that OptiMetrics makes/);
      await assertFault(target().confirm(parcel, NEVER), RefusedFault, /not one/);
      await assertFault(target().remove(name, NEVER), RefusedFault, /not one/);
      assert.deepEqual(fs.readdirSync(home), []);
    });

  describe('on a file system of its own', { skip: CANNOT_MOUNT }, () => {
    function mount(options: string): void {
      fs.mkdirSync(root());
      mountSmallDisk(root(), options);
      mounted.push(root());
    }

    test('that is full refuses, keeps nothing of it, and takes it when there is room', async () => {
      mount('size=300k');
      const [first, second] = [parcelOf(bytesOf(150_000, 'first')), parcelOf(bytesOf(200_000, 'second'))];
      await target().send(first, contextOf());
      await assertFault(
        target().send(second, contextOf()),
        RefusedFault,
        /no room .*no space left on the disk/,
      );
      assert.deepEqual(filesIn(root()), [first.path]);
      await target().remove(first.path, NEVER);
      await target().send(second, contextOf());
      assert.equal(await target().confirm(second, NEVER), 'whole');
    });

    test('that is read-only refuses, and can be read', async () => {
      mount('size=1m');
      const [there, other] = [parcelOf(bytesOf(10, 'there')), parcelOf(bytesOf(10, 'other'))];
      await target().send(there, contextOf());
      makeReadOnly(root());
      await assertFault(target().send(other, contextOf()), RefusedFault, /may not write .*\(EROFS\)/);
      await assertFault(target().remove(there.path, NEVER), RefusedFault, /\(EROFS\)/);
      assert.equal(await target().confirm(there, NEVER), 'whole');
      const below = folderTarget({ path: path.join(root(), 'disk') });
      await assertFault(below.send(other, contextOf()), PassingFault, /cannot be made: read-only/);
    });
  });
});
