import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createDiskAdapter } from '../../../../src/sampler/adapters/disk/darwin.ts';
import type { SpaceOfFileSystem } from '../../../../src/sampler/adapters/disk/measured-file-system.ts';
import { Sysroot } from '../../../../src/sampler/sysroot.ts';
import { NO_FAKE_DARWIN } from '../../../fixtures/darwin/build.ts';
import { BALANCED, FakeDarwin, type PropertyList } from '../../../fixtures/darwin/fake-darwin.ts';
import { MNT, statfsOf } from '../../../fixtures/darwin/structures.ts';
import { openAdapter, tryOpen, type OpenedAdapter } from '../../proc/fixture-tree.ts';

const GIB = 2 ** 30;
const ROOT = statfsOf({
  device: '/dev/disk3s1s1',
  mountPoint: '/',
  type: 'apfs',
  flags: MNT.local | MNT.readOnly,
});
const STICK = statfsOf({ device: '/dev/disk6s1', mountPoint: '/Volumes/S', type: 'exfat', flags: MNT.local });

/** Statistics of a driver as `ioreg -c IOBlockStorageDriver` shows them. */
const statistics = (reads: number, writes: number, read: number, written: number): PropertyList => ({
  'Operations (Read)': reads,
  'Operations (Write)': writes,
  'Bytes (Read)': read,
  'Bytes (Write)': written,
  'Total Time (Read)': 123_456,
  'Retries (Read)': 0,
});

/** A block device, and below it its driver; returns the driver's number. */
function addDisk(mac: FakeDarwin, id: number, location: PropertyList, counters: PropertyList): number {
  const device = mac.addService({
    class: 'IOBlockStorageDevice',
    id: id - 1,
    properties: { 'Protocol Characteristics': location },
  });
  return mac.addService({
    class: 'IOBlockStorageDriver',
    id,
    parent: device,
    properties: { Statistics: counters },
  });
}

const INTERNAL = { 'Physical Interconnect': 'Apple Fabric', 'Physical Interconnect Location': 'Internal' };
const IMAGE = { 'Physical Interconnect': 'Virtual Interface', 'Physical Interconnect Location': 'File' };
const RAM_DISK = { 'Physical Interconnect': 'Virtual Interface', 'Physical Interconnect Location': 'RAM' };
const SSD_ID = 0x1_0000_0401;

class Spaces {
  readonly byPath = new Map<string, SpaceOfFileSystem>();

  readonly statfs = (path: string | Buffer): SpaceOfFileSystem => {
    const space = this.byPath.get(String(path));
    if (!space) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return space;
  };

  set(path: string, totalGib: number, freeGib: number): this {
    const blocks = (totalGib * GIB) / 4096;
    const free = (freeGib * GIB) / 4096;
    this.byPath.set(path, { type: 26, bsize: 4096, blocks, bfree: free, bavail: free });
    return this;
  }
}

const open = (
  t: TestContext,
  mac: FakeDarwin,
  spaces = new Spaces(),
  arch = 'arm64',
): Promise<OpenedAdapter> =>
  openAdapter(t, createDiskAdapter({ ...mac.options, arch, statfs: spaces.statfs }), new Sysroot());

const transfers = ({ readings }: OpenedAdapter): unknown[] => [
  readings['disk_read_rate_mbps'],
  readings['disk_write_rate_mbps'],
  readings['disk_read_count'],
  readings['disk_write_count'],
  readings['disk_read_bytes'],
  readings['disk_write_bytes'],
];

describe('disk adapter for macOS', { skip: NO_FAKE_DARWIN }, () => {
  test('space of the containers, and transfers of the physical disks', async t => {
    const mac = new FakeDarwin().setMounts([ROOT, STICK]);
    const ssd = addDisk(mac, SSD_ID, INTERNAL, statistics(1000, 2000, 5_000_000_000, 7_000_000_000));
    const stick = addDisk(mac, SSD_ID + 100, {}, statistics(10, 20, 300, 400));
    addDisk(mac, SSD_ID + 200, IMAGE, statistics(9, 9, 9e9, 9e9));
    addDisk(mac, SSD_ID + 300, RAM_DISK, statistics(9, 9, 9e9, 9e9));
    const spaces = new Spaces().set('/', 500, 300).set('/Volumes/S', 32, 24);
    const disk = await open(t, mac, spaces);
    assert.equal(disk.info.found, '2 local file systems, 2 physical disks');
    disk.read(Number.NaN);
    assert.deepEqual(transfers(disk), ['failed', 'failed', 1010, 2020, 5_000_000_300, 7_000_000_400]);
    mac.setProperty(ssd, 'Statistics', statistics(1001, 2004, 5_003_000_000, 7_010_000_000));
    mac.setProperty(stick, 'Statistics', statistics(11, 20, 1_000_300, 400));
    disk.read(2);
    // 4 000 000 bytes read and 10 000 000 written in 2 s.
    assert.deepEqual(transfers(disk), [2, 5, 1012, 2024, 5_004_000_300, 7_010_000_400]);
    assert.equal(disk.reading('disk_0_total_gb'), 500);
    assert.equal(disk.reading('disk_0_used_gb'), 200);
    assert.equal(disk.reading('disk_0_percent'), 40);
    assert.equal(disk.reading('disk_1_percent'), 25);
    for (let tick = 0; tick < 200; tick++) disk.read(1);
    disk.adapter.close();
    disk.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('a disk that is unplugged or plugged in is noticed, and makes no rate', async t => {
    const mac = new FakeDarwin().setMounts([ROOT]);
    addDisk(mac, SSD_ID, INTERNAL, statistics(1, 1, 100, 100));
    const stick = addDisk(mac, SSD_ID + 100, {}, statistics(1, 1, 1e9, 1e9));
    const disk = await open(t, mac, new Spaces().set('/', 1, 1));
    disk.read(Number.NaN).read(1);
    mac.vanish(stick);
    disk.read(1);
    assert.deepEqual(transfers(disk), [0, 0, 1, 1, 100, 100]);
    addDisk(mac, SSD_ID + 500, {}, statistics(5, 5, 5e9, 5e9));
    const seen = new Set<unknown>();
    for (let tick = 0; tick < 60; tick++) {
      disk.read(1);
      seen.add(disk.reading('disk_read_count'));
      assert.equal(disk.reading('disk_read_rate_mbps'), 0);
    }
    assert.deepEqual([...seen], [1, 6]);
    disk.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('a search that is cut short is made again, and one that always is fails', async t => {
    const mac = new FakeDarwin().setMounts([ROOT]);
    addDisk(mac, SSD_ID, INTERNAL, statistics(1, 1, 1, 1));
    addDisk(mac, SSD_ID + 100, INTERNAL, statistics(1, 1, 1, 1));
    const disk = await open(t, mac.breakIterators(2), new Spaces().set('/', 1, 1));
    assert.equal(disk.info.found, '1 local file system, 2 physical disks');
    disk.read(Number.NaN);
    mac.breakIterators(1000);
    for (let tick = 0; tick < 40; tick++) disk.read(1);
    assert.equal(disk.reading('disk_read_count'), 'failed');
    mac.breakIterators(0);
    assert.equal(disk.read(1).reading('disk_read_count'), 2);
    mac.fail('IOServiceGetMatchingServices', 1);
    for (let tick = 0; tick < 40; tick++) disk.read(1);
    assert.equal(disk.reading('disk_read_count'), 'failed');
    disk.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('statistics that are none make all transfers failed', async t => {
    const mac = new FakeDarwin().setMounts([ROOT]);
    const ssd = addDisk(mac, SSD_ID, INTERNAL, statistics(1, 1, 1, 1));
    const disk = await open(t, mac, new Spaces().set('/', 1, 1));
    for (const nonsense of [
      statistics(-1, 1, 1, 1),
      statistics(1, NaN, 1, 1),
      { 'Operations (Read)': 1 },
      { ...(statistics(1, 1, 1, 1) as object), 'Bytes (Read)': 'many' },
      { ...(statistics(1, 1, 1, 1) as object), 'Bytes (Read)': Buffer.alloc(8) },
      {},
    ]) {
      mac.setProperty(ssd, 'Statistics', nonsense);
      disk.read(1);
      assert.deepEqual(
        transfers(disk),
        Array.from({ length: 6 }, () => 'failed'),
      );
    }
    for (const nothing of ['text', 5, true]) {
      mac.setProperty(ssd, 'Statistics', nothing);
      disk.read(1);
      assert.deepEqual(
        transfers(disk),
        Array.from({ length: 6 }, () => 'unsupported'),
      );
    }
    disk.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('what is not said of a disk’s connection, or not as it should be, makes it a disk', async t => {
    for (const protocol of [{}, 'File', 5, { 'Physical Interconnect Location': 7 }] as const) {
      const mac = new FakeDarwin().setMounts([]);
      addDisk(mac, SSD_ID, protocol, statistics(1, 1, 1, 1));
      const disk = await open(t, mac);
      assert.equal(disk.info.found, '0 local file systems, 1 physical disk');
      disk.adapter.close();
      mac.assertNoMisuse();
    }
  });

  test('a file system that is unmounted is failed, and comes back in its place', async t => {
    const mac = new FakeDarwin().setMounts([ROOT, STICK]);
    const spaces = new Spaces().set('/', 100, 50).set('/Volumes/S', 32, 16);
    const disk = await open(t, mac, spaces);
    disk.read(1);
    assert.equal(disk.reading('disk_1_used_gb'), 16);
    // What answers at the mount point now is the root file system.
    mac.setMounts([ROOT]);
    spaces.set('/Volumes/S', 100, 50);
    disk.read(1);
    assert.equal(disk.reading('disk_1_used_gb'), 'failed');
    assert.equal(disk.reading('disk_0_used_gb'), 50);
    mac.setMounts([
      ROOT,
      statfsOf({ device: '/dev/disk6s1', mountPoint: '/Volumes/S 1', type: 'exfat', flags: MNT.local }),
    ]);
    spaces.set('/Volumes/S 1', 32, 8);
    for (let tick = 0; tick < 31; tick++) disk.read(1);
    assert.equal(disk.reading('disk_1_used_gb'), 24);
    mac.assertNoMisuse();
  });

  test('the form of the mount table fits the processor', async t => {
    for (const [arch, called, spared] of [
      ['arm64', 'getfsstat', 'getfsstat$INODE64'],
      ['x64', 'getfsstat$INODE64', 'getfsstat'],
    ] as const) {
      const mac = new FakeDarwin().setMounts([ROOT]);
      const disk = await open(t, mac, new Spaces().set('/', 1, 1), arch);
      assert.equal(disk.info.instances?.disk, 1);
      assert.ok(mac.calls(called) > 0);
      assert.equal(mac.calls(spared), 0);
      mac.assertNoMisuse();
    }
  });

  test('each function that is missing costs what is read with it', async t => {
    for (const symbol of [
      'IOServiceMatching',
      'IOIteratorIsValid',
      'CFRelease',
      'CFStringCreateWithCString',
    ]) {
      const mac = new FakeDarwin([symbol]).setMounts([ROOT]);
      addDisk(mac, SSD_ID, INTERNAL, statistics(1, 1, 1, 1));
      const disk = await open(t, mac, new Spaces().set('/', 8, 4));
      disk.read(1);
      assert.equal(disk.reading('disk_read_count'), 'unsupported', symbol);
      assert.equal(disk.reading('disk_0_used_gb'), 4, symbol);
      disk.adapter.close();
      assert.deepEqual(mac.books, BALANCED, symbol);
    }
    const mac = new FakeDarwin(['getfsstat']).setMounts([ROOT]);
    addDisk(mac, SSD_ID, INTERNAL, statistics(1, 1, 1, 1));
    const disk = await open(t, mac);
    assert.deepEqual(disk.info.instances, { disk: 0 });
    assert.equal(disk.read(1).reading('disk_read_count'), 1);
  });

  test('a Mac that shows neither, and keys that cannot be made', async t => {
    const mac = new FakeDarwin().setMounts([]).fail('getfsstat', 1);
    const outcome = await tryOpen(t, createDiskAdapter({ ...mac.options, arch: 'arm64' }), new Sysroot());
    assert.equal(outcome.available ? 'available' : outcome.reason, 'unsupported');
    assert.deepEqual(mac.books, BALANCED);
    addDisk(mac, SSD_ID, INTERNAL, statistics(1, 1, 1, 1));
    mac.fail('CFStringCreateWithCString', 1);
    const again = await tryOpen(t, createDiskAdapter({ ...mac.options, arch: 'arm64' }), new Sysroot());
    assert.equal(again.available, false);
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });

  test('any numbers of any driver leave values in their range, or reasons', async t => {
    const mac = new FakeDarwin().setMounts([ROOT]);
    const ssd = addDisk(mac, SSD_ID, INTERNAL, statistics(1, 1, 1, 1));
    const disk = await open(t, mac, new Spaces().set('/', 1, 1));
    const any = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.string(),
      fc.uint8Array({ maxLength: 10 }),
    );
    fc.assert(
      fc.property(any, any, any, any, (reads, writes, read, written) => {
        mac.setProperty(ssd, 'Statistics', {
          'Operations (Read)': reads,
          'Operations (Write)': writes,
          'Bytes (Read)': read,
          'Bytes (Write)': written,
        });
        disk.read(1);
      }),
      { numRuns: 200 },
    );
    disk.adapter.close();
    assert.deepEqual(mac.books, BALANCED);
    mac.assertNoMisuse();
  });
});
