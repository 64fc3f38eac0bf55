import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import {
  decodeMemoryStatus,
  decodePageFiles,
} from '../../../../src/sampler/adapters/memory/windows-memory.ts';
import { createMemoryAdapter } from '../../../../src/sampler/adapters/memory/windows.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';
import { FakeWindows } from '../../../fixtures/windows/fake-windows.ts';
import { memoryStatusOf, pageFilesOf } from '../../../fixtures/windows/structures.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../proc/fixture-tree.ts';

const GIB = 2n ** 30n;
const PAGE_FILES = 18;

/** 16 GiB of memory, 12 of which are free, and page files of 1 and 3 GiB. */
function makeMachine(without: readonly string[] = []): FakeWindows {
  return new FakeWindows(without)
    .setMemory(memoryStatusOf(16n * GIB, 12n * GIB))
    .setInformation(PAGE_FILES, pageFilesOf([262_144, 1], [786_432, 262_143]));
}

const open = (t: TestContext, windows: FakeWindows): Promise<OpenedAdapter> =>
  openAdapter(t, createMemoryAdapter(windows.options), new Sysroot());

const memory = ({ readings }: OpenedAdapter): unknown[] =>
  ['ram_total_mb', 'ram_used_mb', 'ram_available_mb', 'ram_percent'].map(column => readings[column]);
const swap = ({ readings }: OpenedAdapter): unknown[] =>
  ['swap_total_mb', 'swap_used_mb', 'swap_percent'].map(column => readings[column]);

describe('memory adapter for Windows', () => {
  test('physical memory and page files', async t => {
    const windows = makeMachine();
    const adapter = await open(t, windows);
    assert.equal(adapter.info.found, '16.0 GiB');
    assert.deepEqual(
      adapter.info.limitations?.map(({ what }) => what),
      ['pressure (PSI)'],
    );
    adapter.read(Number.NaN);
    assert.deepEqual(memory(adapter), [16_384, 4096, 12_288, 25]);
    // 1 048 576 pages of 4 KiB, of which 262 144 are in use
    assert.deepEqual(swap(adapter), [4096, 1024, 25]);
    windows.assertNoMisuse();
  });

  test('a machine without a page file uses none', async t => {
    const adapter = await open(t, makeMachine().setInformation(PAGE_FILES, Buffer.alloc(0)));
    assert.deepEqual(swap(adapter.read(1)), [0, 0, 0]);
  });

  test('each failure costs what is read with it', async t => {
    const windows = makeMachine();
    const adapter = await open(t, windows);
    windows.fail('NtQuerySystemInformation', 0xc000_0022);
    adapter.read(1);
    assert.deepEqual(memory(adapter), [16_384, 4096, 12_288, 25]);
    assert.deepEqual(swap(adapter), ['denied', 'denied', 'denied']);
    windows.fail('NtQuerySystemInformation', 0).fail('GlobalMemoryStatusEx', 5);
    adapter.read(1);
    assert.deepEqual(memory(adapter), ['failed', 'failed', 'failed', 'failed']);
    assert.deepEqual(swap(adapter), [4096, 1024, 25]);
    windows.setInformation(PAGE_FILES, pageFilesOf([5, 6]));
    assert.deepEqual(swap(adapter.read(1)), ['failed', 'failed', 'failed']);
  });

  test('says what cannot be read', async t => {
    for (const windows of [
      makeMachine(['NtQuerySystemInformation']),
      new FakeWindows().setMemory(memoryStatusOf(GIB, 0n)),
    ]) {
      const adapter = await open(t, windows);
      assert.ok(adapter.info.limitations?.some(({ what }) => what === 'swap'));
      assert.deepEqual(swap(adapter.read(1)), ['unsupported', 'unsupported', 'unsupported']);
    }
    const reason = async (windows: FakeWindows): Promise<string> => {
      const outcome = await tryOpen(t, createMemoryAdapter(windows.options), new Sysroot());
      return outcome.available ? 'available' : outcome.reason;
    };
    assert.equal(await reason(makeMachine(['GlobalMemoryStatusEx'])), 'unsupported');
    assert.equal(await reason(makeMachine().fail('GlobalMemoryStatusEx', 5)), 'failed');
    assert.equal(await reason(makeMachine().setMemory(memoryStatusOf(0n, 0n))), 'failed');
  });

  test('any answer leaves values in their range, or reasons', async t => {
    const windows = makeMachine();
    const adapter = await open(t, windows);
    const status = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(status, fc.uint8Array({ maxLength: 200 }), (bytes, files) => {
        windows.setMemory(bytes).setInformation(PAGE_FILES, files);
        adapter.read(1);
      }),
      { numRuns: 300 },
    );
    windows.assertNoMisuse();
  });
});

describe('structures of memory', () => {
  test('memory that contradicts itself is none', () => {
    assert.deepEqual(decodeMemoryStatus(memoryStatusOf(GIB, GIB)), { total: 2 ** 30, available: 2 ** 30 });
    assert.equal(decodeMemoryStatus(memoryStatusOf(GIB, GIB + 1n)), undefined);
    assert.equal(decodeMemoryStatus(memoryStatusOf(0n, 0n)), undefined);
  });

  test('a list of page files that is cut off, or goes round in circles, is none', () => {
    const files = pageFilesOf([100, 10], [200, 20]);
    assert.deepEqual(decodePageFiles(files, files.length), { total: 300, used: 30 });
    assert.deepEqual(decodePageFiles(files, 0), { total: 0, used: 0 });
    const second = files.readUInt32LE(0);
    for (const length of [1, 31, second, second + 31])
      assert.equal(decodePageFiles(files, length), undefined);
    // The name, which is not looked at, may be cut off.
    assert.deepEqual(decodePageFiles(files, second + 32), { total: 300, used: 30 });
    assert.equal(decodePageFiles(files.subarray(0, 40), files.length), undefined);
    for (const next of [1, 31, 0xffff_ffff, 0x7fff_ffff]) {
      const broken = Buffer.from(files);
      broken.writeUInt32LE(next, 0);
      assert.equal(decodePageFiles(broken, broken.length), undefined, String(next));
    }
    const overlapping = Buffer.alloc(64);
    overlapping.set(Uint32Array.of(16, 0, 0, 0));
    assert.equal(decodePageFiles(overlapping, overlapping.length), undefined);
    const many = pageFilesOf(...Array.from({ length: 16 }, () => [0xffff_ffff, 0xffff_ffff] as const));
    assert.deepEqual(decodePageFiles(many, many.length), { total: 16 * 0xffff_ffff, used: 16 * 0xffff_ffff });
  });

  test('any list ends, with no more in use than there is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(400), (bytes, length) => {
        const files = decodePageFiles(Buffer.from(bytes), length);
        if (files) assert.ok(files.used <= files.total);
      }),
    );
  });
});
