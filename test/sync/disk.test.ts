import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { codeOf } from '../../src/common/faults.ts';
import { type Disk, type OpenFile, realDisk, writeWhole } from '../../src/sync/disk.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { collect } from './envelope/collect.ts';
import { MemoryDisk } from './round/memory-disk.ts';
import { Random } from './round/random.ts';

const NAMES = ['a', 'b', 'c', 'c.new'] as const;

const operation = fc.oneof(
  fc.record({
    do: fc.constant('write' as const),
    name: fc.constantFrom(...NAMES),
    at: fc.nat(40),
    bytes: fc.uint8Array({ maxLength: 30 }),
  }),
  fc.record({ do: fc.constant('create' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant('remove' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({
    do: fc.constant('rename' as const),
    name: fc.constantFrom(...NAMES),
    to: fc.constantFrom(...NAMES),
  }),
  fc.record({
    do: fc.constant('read' as const),
    name: fc.constantFrom(...NAMES),
    from: fc.nat(50),
    to: fc.option(fc.nat(60), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('whole' as const), name: fc.constantFrom(...NAMES), bytes: fc.uint8Array() }),
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** What an operation gives, or the code with which it fails. */
async function outcome(disk: Disk, folder: string, what: Operation): Promise<string> {
  const file = path.join(folder, what.name);
  const using = async (open: Promise<OpenFile>, use: (file: OpenFile) => Promise<void>): Promise<string> => {
    const opened = await open;
    await use(opened);
    await opened.sync();
    await opened.close();
    return 'done';
  };
  try {
    switch (what.do) {
      case 'write':
        return await using(disk.open(file), opened => opened.write(what.bytes, what.at));
      case 'create':
        return await using(disk.create(file), () => Promise.resolve());
      case 'remove':
        await disk.remove(file);
        return 'removed';
      case 'rename':
        await disk.rename(file, path.join(folder, what.to));
        return 'renamed';
      case 'read':
        return (await collect(disk.read(file, what.from, what.to))).toString('hex');
      case 'whole':
        await writeWhole(disk, file, [what.bytes]);
        return 'written';
    }
  } catch (error) {
    return codeOf(error) ?? String(error);
  }
}

async function contents(disk: Disk, folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await disk.list(folder)).sort()) {
    const bytes = await collect(disk.read(path.join(folder, name)));
    assert.equal(await disk.sizeOf(path.join(folder, name)), bytes.length);
    found[name] = bytes.toString('hex');
  }
  return found;
}

describe('a disk', () => {
  test('that tests make up does what the real one does', async t => {
    const root = temporaryDirectory(t);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async operations => {
        const folder = path.join(root, String(run++), 'x', 'y');
        const memory = new MemoryDisk();
        for (const disk of [realDisk, memory]) {
          assert.deepEqual(await disk.list(folder), []);
          await disk.makeFolder(folder);
          await disk.makeFolder(folder);
          await disk.syncFolder(path.dirname(folder));
        }
        for (const what of operations)
          assert.equal(await outcome(memory, folder, what), await outcome(realDisk, folder, what), what.do);
        assert.deepEqual(await contents(memory, folder), await contents(realDisk, folder));
      }),
      { numRuns: 60 },
    );
  });

  test('gives folders and files to this user alone', { skip: process.platform === 'win32' }, async t => {
    const folder = path.join(temporaryDirectory(t), 'a', 'b');
    await realDisk.makeFolder(folder);
    await writeWhole(realDisk, path.join(folder, 'file'), [Buffer.from('x')]);
    const modeOf = (file: string): number => fs.statSync(file).mode & 0o777;
    assert.equal(modeOf(folder), 0o700);
    assert.equal(modeOf(path.dirname(folder)), 0o700);
    assert.equal(modeOf(path.join(folder, 'file')), 0o600);
  });

  test('has nothing against syncing a file that has gone', async t => {
    await realDisk.syncFile(path.join(temporaryDirectory(t), 'nowhere'));
  });
});

describe('after a power cut', () => {
  const survivors = async (work: (disk: MemoryDisk) => Promise<void>): Promise<Set<string>> => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 300; seed++) {
      const disk = new MemoryDisk();
      await disk.makeFolder('/x');
      await disk.syncFolder('/');
      await work(disk);
      const left = disk.afterPowerCut(new Random(seed));
      seen.add(JSON.stringify(await contents(left, '/x')));
    }
    return seen;
  };

  test('what was written whole is there', async () => {
    const seen = await survivors(disk => writeWhole(disk, '/x/a', [Buffer.from('abc')]));
    assert.deepEqual([...seen], ['{"a":"616263"}']);
  });

  test('a file that was not synced is there, or not, or in part', async () => {
    const seen = await survivors(async disk => {
      const file = await disk.create('/x/a');
      await file.write(Buffer.from('abc'), 0);
      await file.close();
    });
    for (const state of ['{}', '{"a":""}', '{"a":"616263"}', '{"a":"6162"}', '{"a":"000000"}'])
      assert.ok(seen.has(state), state);
  });

  test('a name that was not synced is the old one or the new', async () => {
    const seen = await survivors(async disk => {
      await writeWhole(disk, '/x/a', [Buffer.from('old')]);
      const file = await disk.create('/x/a.new');
      await file.write(Buffer.from('new'), 0);
      await file.sync();
      await disk.rename('/x/a.new', '/x/a');
    });
    assert.deepEqual(
      [...seen].sort(),
      ['{"a":"6e6577"}', '{"a":"6f6c64","a.new":"6e6577"}', '{"a":"6f6c64"}'].sort(),
    );
  });

  test('a process that was killed has not lost what it had written', async () => {
    const disk = new MemoryDisk();
    await disk.makeFolder('/x');
    const file = await disk.create('/x/a');
    await file.write(Buffer.from('abc'), 0);
    assert.deepEqual(await contents(disk.afterKill(), '/x'), { a: '616263' });
    await assert.rejects(disk.list('/x'), { name: 'CrashError' });
  });
});
