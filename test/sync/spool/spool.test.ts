import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { SealedFile } from '../../../src/sync/journal/records.ts';
import { nameOf, PLAIN_SUFFIX, Spool, type SpooledFile } from '../../../src/sync/spool/spool.ts';
import { collect, patterned } from '../envelope/collect.ts';
import { MemoryDisk, systemError } from '../round/memory-disk.ts';
import { Random } from '../round/random.ts';

const FOLDER = '/state/spool';
const BYTES = patterned(70_000);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const MD5 = createHash('md5').update(BYTES).digest('hex');
const NAME = `${SHA256}.sealed`;

async function diskWithFolder(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeFolder(FOLDER);
  await disk.syncFolder('/');
  await disk.syncFolder('/state');
  return disk;
}

const open = (disk: MemoryDisk, ...wanted: string[]): Promise<Spool> =>
  Spool.open(disk, FOLDER, new Set(wanted));

const pieces = [BYTES.subarray(0, 1), BYTES.subarray(1, 40_000), BYTES.subarray(40_000)];

function recordOf(file: SpooledFile, isSealed = true): SealedFile {
  const path = `study=backup/device=0/date=2026-02-27/${nameOf(file.sha256, isSealed)}`;
  return { ...file, path, keyId: '', madeFor: '' };
}

describe('a spool', () => {
  test('names files by their bytes, and gives them back, whole and in part', async () => {
    const disk = await diskWithFolder();
    const spool = await open(disk);
    assert.equal(spool.isEmpty, true);
    const file = await spool.add(pieces, true);
    assert.deepEqual(file, { bytes: BYTES.length, sha256: SHA256, md5: MD5 });
    assert.deepEqual(await disk.list(FOLDER), [NAME]);
    assert.deepEqual([spool.isEmpty, spool.bytes], [false, BYTES.length]);
    const record = recordOf(file);
    const parcel = spool.parcel(record);
    assert.deepEqual(
      [parcel.path, parcel.bytes, parcel.sha256, parcel.md5],
      [record.path, 70_000, SHA256, MD5],
    );
    assert.deepEqual(await collect(parcel.read()), BYTES);
    assert.deepEqual(await collect(parcel.read(10, 20)), BYTES.subarray(10, 20));
    await spool.remove(record);
    await spool.remove(record);
    assert.deepEqual([await disk.list(FOLDER), spool.bytes, spool.isEmpty], [[], 0, true]);
  });

  test('calls what is not sealed .parquet, and keeps it once', async () => {
    const disk = await diskWithFolder();
    const spool = await open(disk);
    await spool.add(pieces, false);
    await spool.add(pieces, false);
    assert.deepEqual(await disk.list(FOLDER), [`${SHA256}${PLAIN_SUFFIX}`]);
    assert.equal(spool.bytes, BYTES.length);
  });

  test('finds every change to a file', async () => {
    const disk = await diskWithFolder();
    const spool = await open(disk);
    const record = recordOf(await spool.add([patterned(300)], true));
    const where = `${FOLDER}/${nameOf(record.sha256, true)}`;
    assert.equal(await spool.isWhole(record), true);
    for (let at = 0; at < 300; at++) {
      const copy = patterned(300);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      disk.tamper(where, copy);
      assert.equal(await spool.isWhole(record), false, `byte ${at}`);
    }
    for (const bytes of [patterned(299), patterned(301), Buffer.alloc(0)]) {
      disk.tamper(where, bytes);
      const again = await open(disk, nameOf(record.sha256, true));
      assert.equal(await again.isWhole(record), false, `${bytes.length} bytes`);
    }
    disk.tamper(where, undefined);
    assert.equal(await (await open(disk, nameOf(record.sha256, true))).isWhole(record), false);
  });

  test('keeps what is wanted when it is opened, and nothing else', async () => {
    const disk = await diskWithFolder();
    const spool = await open(disk);
    await spool.add(pieces, true);
    await spool.add([Buffer.from('x')], true);
    const left = await disk.create(`${FOLDER}/0123456789abcdef.new`);
    await left.close();
    const again = await open(disk, NAME, 'of which there is none');
    assert.deepEqual(await disk.list(FOLDER), [NAME]);
    assert.equal(again.bytes, BYTES.length);
  });

  test('leaves nothing of a file that could not be written', async () => {
    for (let failing = 0; failing < 7; failing++) {
      const disk = await diskWithFolder();
      const spool = await open(disk);
      disk.expect({ failAt: new Map([[failing, 'ENOSPC']]) });
      await assert.rejects(spool.add(pieces, true), systemError('ENOSPC'));
      assert.equal(spool.bytes, 0);
      assert.deepEqual([...disk.files().keys()], [], `operation ${failing}`);
    }
  });

  test('after a power cut at any moment has no file that is not what its name says', async () => {
    let arrived = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const disk = await diskWithFolder();
      const spool = await open(disk);
      disk.expect({ crashAt: random.below(12) });
      let isAdded = false;
      try {
        await spool.add(pieces, true);
        isAdded = true;
      } catch (error) {
        assert.ok(disk.hasCrashed, String(error));
      }
      const after = disk.afterPowerCut(random);
      const again = await open(after, NAME);
      const record = recordOf({ bytes: BYTES.length, sha256: SHA256, md5: MD5 });
      const isThere = (await after.list(FOLDER)).includes(NAME);
      if (isThere) assert.equal(await again.isWhole(record), true, `seed ${seed}`);
      if (isAdded) assert.equal(isThere, true, `seed ${seed}`);
      if (isAdded) arrived++;
    }
    assert.ok(arrived > 0 && arrived < 300);
  });
});
