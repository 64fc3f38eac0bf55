import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { diskNumbers } from '../../../../src/sampler/adapters/disk/windows-transfers.ts';
import { createDiskAdapter } from '../../../../src/sampler/adapters/disk/windows.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';
import { BALANCED, FakeWindows } from '../../../fixtures/windows/fake-windows.ts';
import { diskPerformanceOf } from '../../../fixtures/windows/structures.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../proc/fixture-tree.ts';

const GIB = 2n ** 30n;
/** Ticks until disks and letters are looked at again, at most. */
const SEARCH_TICKS = 30;

/** A laptop with two volumes on one disk, a network drive, a DVD drive and a folder with a letter. */
function makeMachine(without: readonly string[] = []): FakeWindows {
  return new FakeWindows(without)
    .setDrive('C', { device: '\\Device\\HarddiskVolume3', total: 400n * GIB, free: 100n * GIB })
    .setDrive('D', {
      device: '\\Device\\HarddiskVolume4',
      total: 64n * GIB,
      free: 48n * GIB,
      available: 16n * GIB,
    })
    .setDrive('E', { device: '\\Device\\CdRom0', kind: 5 })
    .setDrive('F', { device: '\\??\\C:\\Projects of Jane', total: 400n * GIB, free: 100n * GIB })
    .setDrive('N', { device: '\\Device\\LanmanRedirector\\;N:0\\server\\share', kind: 4 })
    .setDrive('X', { device: '\\Device\\HarddiskVolume3', total: 400n * GIB, free: 99n * GIB })
    .setDevices(['NUL', 'PhysicalDriveX', 'CdRom0', 'PhysicalDrive1Partition2'])
    .setDisk(0, {
      performance: diskPerformanceOf({ bytesRead: 10n ** 12n, bytesWritten: 5000n, reads: 70, writes: 8 }),
    });
}

const open = (t: TestContext, windows: FakeWindows): Promise<OpenedAdapter> =>
  openAdapter(t, createDiskAdapter(windows.options), new Sysroot());

const transfers = ({ readings }: OpenedAdapter): unknown[] =>
  ['disk_read_count', 'disk_write_count', 'disk_read_bytes', 'disk_write_bytes'].map(
    column => readings[column],
  );
const rates = ({ readings }: OpenedAdapter): unknown[] =>
  ['disk_read_rate_mbps', 'disk_write_rate_mbps'].map(column => readings[column]);
const volume = ({ readings }: OpenedAdapter, n: number): unknown[] =>
  ['used_gb', 'total_gb', 'percent'].map(column => readings[`disk_${n}_${column}`]);

/** A disk that has moved so many bytes each way, in so many transfers. */
const moved = (bytes: number, count: number): { performance: Buffer } => ({
  performance: diskPerformanceOf({
    bytesRead: BigInt(bytes),
    bytesWritten: BigInt(bytes),
    reads: count,
    writes: count,
  }),
});

describe('disk adapter for Windows', () => {
  test('space on local volumes, each once, and transfers of the disks', async t => {
    const windows = makeMachine();
    const disk = await open(t, windows);
    assert.equal(disk.info.found, '2 local volumes, 1 physical disk');
    assert.deepEqual(
      disk.info.limitations?.map(({ what }) => what),
      ['space on network drives'],
    );
    disk.read(Number.NaN);
    assert.deepEqual(volume(disk, 0), [300, 400, 75]);
    // A quota leaves 16 GiB of the 48 that are free.
    assert.deepEqual(volume(disk, 1), [16, 64, 50]);
    assert.deepEqual(transfers(disk), [70, 8, 1e12, 5000]);
    assert.deepEqual(rates(disk), ['failed', 'failed'], 'there is nothing to compare with yet');
    windows.setDisk(0, {
      performance: diskPerformanceOf({
        bytesRead: 10n ** 12n + 3_000_000n,
        bytesWritten: 1_005_000n,
        reads: 80,
        writes: 9,
      }),
    });
    disk.read(2);
    assert.deepEqual(transfers(disk), [80, 9, 1e12 + 3e6, 1_005_000]);
    assert.deepEqual(rates(disk), [1.5, 0.5]);
    disk.adapter.close();
    disk.adapter.close();
    assert.deepEqual(windows.books, BALANCED);
    windows.assertNoMisuse();
  });

  test('counts of transfers go on when 32 bits are full', async t => {
    const windows = makeMachine().setDisk(0, moved(5, 4_294_967_295));
    const disk = await open(t, windows);
    windows.setDisk(0, moved(10, 2));
    assert.deepEqual(transfers(disk.read(1)), [4_294_967_298, 4_294_967_298, 10, 10]);
  });

  test('a volume that is gone or locked, and one that took its letter', async t => {
    const windows = makeMachine();
    const disk = await open(t, windows);
    disk.read(1);
    windows.fail('GetDiskFreeSpaceExW', 0x8031_0000);
    assert.deepEqual(volume(disk.read(1), 0), ['denied', 'denied', 'denied']);
    windows.fail('GetDiskFreeSpaceExW', 0);
    windows.dropDrive('D');
    for (let i = 0; i <= SEARCH_TICKS; i++) disk.read(1);
    assert.deepEqual(volume(disk, 0), [300, 400, 75]);
    assert.deepEqual(volume(disk, 1), ['failed', 'failed', 'failed']);
    windows.setDrive('D', { device: '\\Device\\HarddiskVolume9', total: 2n * GIB, free: GIB });
    for (let i = 0; i <= SEARCH_TICKS; i++) disk.read(1);
    assert.deepEqual(volume(disk, 1), ['failed', 'failed', 'failed'], 'it is another volume');
    windows.setDrive('G', { device: '\\Device\\HarddiskVolume4', total: 64n * GIB, free: 32n * GIB });
    for (let i = 0; i <= SEARCH_TICKS; i++) disk.read(1);
    assert.deepEqual(volume(disk, 1), [32, 64, 50], 'it has another letter');
    windows.assertNoMisuse();
  });

  test('disks come and go, and their transfers with them', async t => {
    const windows = makeMachine().setDisk(0, moved(100, 1)).setDisk(2, moved(1000, 10));
    const disk = await open(t, windows);
    assert.deepEqual(transfers(disk.read(1)), [11, 11, 1100, 1100]);
    windows.dropDisk(2);
    assert.deepEqual(transfers(disk.read(1)), [1, 1, 100, 100]);
    windows.setDisk(10, moved(5_000_000, 7));
    for (let i = 0; i <= SEARCH_TICKS; i++) disk.read(1);
    assert.deepEqual(transfers(disk), [8, 8, 5_000_100, 5_000_100]);
    assert.deepEqual(rates(disk), [0, 0], 'what a new disk did before is no rate');
    assert.deepEqual(windows.books, { handles: 2, tables: 0 });
    windows.dropDisk(0).dropDisk(10);
    for (let i = 0; i <= SEARCH_TICKS; i++) disk.read(1);
    assert.deepEqual(transfers(disk), ['unsupported', 'unsupported', 'unsupported', 'unsupported']);
    assert.deepEqual(windows.books, BALANCED);
    windows.assertNoMisuse();
  });

  test('the transfers of an image are those of the disk that it lies on', async t => {
    const windows = makeMachine().setDisk(0, moved(100, 1));
    windows.setDisk(1, { ...moved(77, 1), bus: 15 }).setDisk(2, { ...moved(1, 1), bus: 16 });
    const disk = await open(t, windows);
    assert.equal(disk.info.found, '2 local volumes, 2 physical disks');
    assert.deepEqual(transfers(disk.read(1)), [2, 2, 101, 101]);
    windows.assertNoMisuse();
  });

  test('why there are no transfers', async t => {
    for (const [symbol, code, reason] of [
      ['IOCTL_DISK_PERFORMANCE', 50, 'unsupported'], // as Wine answers
      ['IOCTL_DISK_PERFORMANCE', 1, 'unsupported'], // counting is switched off: diskperf -n
      ['IOCTL_DISK_PERFORMANCE', 5, 'denied'],
      ['IOCTL_DISK_PERFORMANCE', 1117, 'failed'], // ERROR_IO_DEVICE
      ['CreateFileW', 5, 'denied'],
    ] as const) {
      const disk = await open(t, makeMachine().fail(symbol, code));
      assert.ok(
        disk.info.limitations?.some(({ what }) => what === 'disk transfers'),
        symbol,
      );
      assert.deepEqual(transfers(disk.read(1)), [reason, reason, reason, reason], `${symbol} ${code}`);
    }
    const cut = await open(t, makeMachine().setDisk(0, { performance: Buffer.alloc(60) }));
    assert.equal(cut.read(1).reading('disk_read_bytes'), 'failed');
    const deaf = await open(t, makeMachine(['DeviceIoControl']));
    assert.equal(deaf.read(1).reading('disk_read_bytes'), 'unsupported');
    assert.deepEqual(volume(deaf, 0), [300, 400, 75]);
  });

  test('says why there is nothing to read', async t => {
    const reason = async (windows: FakeWindows): Promise<string> => {
      const outcome = await tryOpen(t, createDiskAdapter(windows.options), new Sysroot());
      return outcome.available ? 'available' : outcome.reason;
    };
    assert.equal(await reason(new FakeWindows()), 'unsupported');
    assert.equal(await reason(makeMachine(['GetLogicalDrives'])), 'unsupported');
    assert.equal(await reason(new FakeWindows().setDisk(0, moved(1, 1))), 'available');
  });

  test('a list of devices that does not fit is asked for again', async t => {
    const names = Array.from({ length: 4000 }, (_, i) => `STORAGE#Volume#{11111111-2222-3333}#${i}`);
    const disk = await open(t, makeMachine().setDevices(names));
    assert.equal(disk.info.found, '2 local volumes, 1 physical disk');
    const broken = createDiskAdapter(makeMachine().fail('QueryDosDeviceW', 122).options);
    assert.equal((await tryOpen(t, broken, new Sysroot())).available, false, 'nothing can be told apart');
  });

  test('disks are told from other devices by their whole names', () => {
    const names = [
      'PhysicalDrive10',
      'PhysicalDrive2',
      'physicaldrive3',
      'PhysicalDrive',
      'PhysicalDrive2',
      'xPhysicalDrive4',
      'PhysicalDrive123456',
    ];
    assert.deepEqual(diskNumbers(names), [2, 10]);
  });

  test('any answer leaves values in their range, or reasons', async t => {
    const windows = makeMachine();
    const disk = await open(t, windows);
    const size = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        size,
        size,
        size,
        (performance, total, free, available) => {
          windows.setDisk(0, { performance });
          windows.setDrive('C', { device: '\\Device\\HarddiskVolume3', total, free, available });
          disk.read(1);
        },
      ),
      { numRuns: 300 },
    );
    windows.assertNoMisuse();
  });
});
