import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { GIB } from '../../../../src/common/units.ts';
import { createDiskAdapter } from '../../../../src/sampler/adapters/disk/linux.ts';
import type { SpaceOfFileSystem } from '../../../../src/sampler/adapters/disk/measured-file-system.ts';
import { FixtureTree, openAdapter, tryOpen } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

const DISKSTATS = '/proc/diskstats';
const MOUNTINFO = '/proc/self/mountinfo';
const EXT = 0xef53;

function space(totalGb: number, freeGb: number, availableGb = freeGb, type = EXT): SpaceOfFileSystem {
  const blocks = (gb: number): number => (gb * GIB) / 4096;
  return { type, bsize: 4096, blocks: blocks(totalGb), bfree: blocks(freeGb), bavail: blocks(availableGb) };
}

/** Answers for mount points below a tree, and notes who was asked. */
class FakeStatfs {
  readonly answers = new Map<string, SpaceOfFileSystem | string>();
  readonly asked: string[] = [];
  readonly #root: string;

  constructor(tree: FixtureTree, answers: Readonly<Record<string, SpaceOfFileSystem | string>> = {}) {
    this.#root = tree.sysroot.root;
    for (const [mountPoint, answer] of Object.entries(answers)) this.answers.set(mountPoint, answer);
  }

  readonly statfs = (path: string | Buffer): SpaceOfFileSystem => {
    const text = Buffer.from(path).toString('latin1');
    assert.ok(text.startsWith(this.#root), 'nothing outside of the tree is asked');
    const mountPoint = text.slice(this.#root.length).replace(/^\/?/, '/');
    this.asked.push(mountPoint);
    const answer = this.answers.get(mountPoint) ?? 'ENOENT';
    if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
    return answer;
  };
}

/** `/proc/diskstats` of disks that have read and written so many sectors. */
function statsOf(disks: Readonly<Record<string, readonly [read: number, written: number]>>): string {
  return Object.entries(disks)
    .map(([name, [read, written]]) => `   8 0 ${name} 0 0 ${read} 0 0 0 ${written} 0 0 0 0\n`)
    .join('');
}

function linkDisk(tree: FixtureTree, name: string): void {
  tree.link(`/sys/block/${name}`, `../devices/pci0000:00/ata1/block/${name}`);
}

describe('disk adapter for Linux', () => {
  test('a workstation: three file systems, four disks among partitions, mapper, RAID, loop and RAM devices', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const fake = new FakeStatfs(tree, {
      '/': space(100, 60, 55),
      '/boot/efi': { type: 0x4d44, bsize: 512, blocks: 1_048_576, bfree: 524_288, bavail: 524_288 },
      '/home': space(2000, 500, 500, 0x9123683e),
    });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    assert.equal(disk.info.found, '3 local file systems, 4 physical disks');
    assert.deepEqual(disk.info.instances, { disk: 3 });
    assert.match(disk.info.limitations?.[0]?.what ?? '', /network and FUSE/);

    disk.read(Number.NaN);
    assert.equal(disk.reading('disk_read_rate_mbps'), 'failed', 'there is nothing to compare with yet');
    // 1000 + 500 + 300 + 7
    assert.equal(disk.reading('disk_read_count'), 1807);

    tree.apply('workstation/second');
    assert.deepEqual(disk.read(2).readings, {
      // 100 − 60; of what users may have, 40 / (40 + 55)
      disk_0_used_gb: 40,
      disk_0_total_gb: 100,
      disk_0_percent: 42.1,
      // 524 288 of 1 048 576 blocks of 512 bytes
      disk_1_used_gb: 0.25,
      disk_1_total_gb: 0.5,
      disk_1_percent: 50,
      disk_2_used_gb: 1500,
      disk_2_total_gb: 2000,
      disk_2_percent: 75,
      // (20 000 + 5000) sectors of 512 bytes in 2 s
      disk_read_rate_mbps: 6.4,
      // (10 000 + 10 000) sectors of 512 bytes in 2 s
      disk_write_rate_mbps: 5.12,
      // 1100 + 500 + 325 + 7
      disk_read_count: 1932,
      // 2000 + 760 + 420 + 9
      disk_write_count: 3189,
      // (100 000 + 40 000 + 29 000 + 56) × 512
      disk_read_bytes: 86_556_672,
      // (160 000 + 66 000 + 42 000 + 72) × 512
      disk_write_bytes: 137_252_864,
    });
    assert.deepEqual([...new Set(fake.asked)], ['/', '/boot/efi', '/home']);
    assert.deepEqual(disk.log, []);
  });

  test('a container: its root, and no transfers rather than none', async t => {
    const tree = new FixtureTree(t).apply('container/first');
    const fake = new FakeStatfs(tree, { '/': space(50, 25) });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    assert.equal(disk.info.found, '1 local file system, 0 physical disks');
    disk.read(Number.NaN).read(1);
    assert.equal(disk.reading('disk_0_percent'), 50);
    assert.equal(disk.reading('disk_write_rate_mbps'), 'unsupported');
    assert.equal(disk.reading('disk_write_bytes'), 'unsupported');
  });

  test('without /sys/block, disks and partitions cannot be told apart', async t => {
    const tree = new FixtureTree(t)
      .write(MOUNTINFO, '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n')
      .write(DISKSTATS, statsOf({ sda: [1, 1], sda1: [1, 1] }));
    const fake = new FakeStatfs(tree, { '/': space(1, 1) });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    assert.match(disk.info.limitations?.[0]?.remedy ?? '', /sysfs/);
    assert.equal(disk.read(1).reading('disk_read_bytes'), 'unsupported');
    assert.equal(disk.reading('disk_0_percent'), 0);
  });

  test('nothing at all to read', async t => {
    const info = await tryOpen(t, createDiskAdapter(), new FixtureTree(t).sysroot);
    assert.ok(!info.available);
    assert.equal(info.reason, 'unsupported');
  });

  test('disks that appear, vanish or are reset make the rate neither negative nor huge', async t => {
    const tree = new FixtureTree(t).write(DISKSTATS, statsOf({ sda: [1000, 1000], sdb: [9e12, 9e12] }));
    for (const name of ['sda', 'sdb', 'sdc']) linkDisk(tree, name);
    const disk = await openAdapter(t, createDiskAdapter(), tree.sysroot);
    const rates = (): unknown[] => [
      disk.reading('disk_read_rate_mbps'),
      disk.reading('disk_write_rate_mbps'),
    ];
    disk.read(Number.NaN);
    tree.write(DISKSTATS, statsOf({ sdc: [5e12, 5e12], sda: [3000, 5000] }));
    // 2000 and 4000 sectors of 512 bytes
    assert.deepEqual((disk.read(1), rates()), [1.024, 2.048]);
    tree.write(DISKSTATS, statsOf({ sdc: [5e12 + 2000, 5e12], sda: [10, 9000] }));
    assert.deepEqual((disk.read(1), rates()), [1.024, 0]);
    tree.write(DISKSTATS, statsOf({ sdc: [5e12 + 2000, 5e12], sda: [2010, 9000] }));
    assert.deepEqual((disk.read(1), rates()), [1.024, 0]);
  });

  test('a disk plugged in while running is counted, its partition is not, and each is looked up once', async t => {
    const tree = new FixtureTree(t).write(DISKSTATS, statsOf({ sda: [100, 0], sda1: [100, 0] }));
    linkDisk(tree, 'sda');
    const disk = await openAdapter(t, createDiskAdapter(), tree.sysroot);
    disk.read(Number.NaN).read(1);
    assert.equal(disk.reading('disk_read_bytes'), 100 * 512);
    linkDisk(tree, 'sdb');
    const lookups = t.mock.method(fs, 'readlinkSync');
    for (let tick = 0; tick < 10; tick++) {
      tree.write(DISKSTATS, statsOf({ sdb: [50, 0], sdb1: [50, 0], sda: [100, 0], sda1: [100, 0] }));
      assert.equal(disk.read(1).reading('disk_read_bytes'), 150 * 512);
    }
    assert.equal(lookups.mock.callCount(), 2);
    for (let tick = 0; tick < 3; tick++) {
      tree.write(DISKSTATS, statsOf({ sda: [100, 0], sda1: [100, 0] }));
      assert.equal(disk.read(1).reading('disk_read_bytes'), 100 * 512);
    }
    assert.equal(lookups.mock.callCount(), 2);
  });

  test('64 disks with two partitions each, some of which come and go', async t => {
    const names = Array.from(
      { length: 64 },
      (_, i) => `sd${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i / 26)}`,
    );
    const tree = new FixtureTree(t);
    for (const name of names) linkDisk(tree, name);
    const stats = (missing: number, sectors: number): string =>
      statsOf(
        Object.fromEntries(
          names
            .filter((_, i) => i % 8 !== missing)
            .flatMap(name => ['', '1', '2'].map(part => [name + part, [sectors, 2 * sectors]] as const)),
        ),
      );
    tree.write(DISKSTATS, stats(-1, 0));
    const disk = await openAdapter(t, createDiskAdapter(), tree.sysroot);
    assert.equal(disk.info.found, '0 local file systems, 64 physical disks');
    disk.read(Number.NaN);
    for (let tick = 1; tick < 20; tick++) {
      tree.write(DISKSTATS, stats(tick % 8, tick * 1000));
      disk.read(1);
      const counted = tick === 1 ? 56 : 48;
      assert.equal(disk.reading('disk_read_rate_mbps'), (counted * 1000 * 512) / 1e6);
      assert.equal(disk.reading('disk_write_rate_mbps'), (counted * 2000 * 512) / 1e6);
    }
  });

  test('a file system that is unmounted reads failed at once, and is back when it is mounted again', async t => {
    const root = '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n';
    const data = (where: string): string => `2 1 8:2 / ${where} rw - ext4 /dev/sdb1 rw\n`;
    const tree = new FixtureTree(t).write(MOUNTINFO, root + data('/data'));
    const fake = new FakeStatfs(tree, {
      '/': space(100, 50),
      '/data': space(200, 150),
      '/moved': space(200, 150),
    });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    disk.read(Number.NaN);
    assert.equal(disk.reading('disk_1_percent'), 25);

    // Its empty mount point answers for the root file system.
    tree.write(MOUNTINFO, root);
    fake.answers.set('/data', space(100, 50));
    disk.read(1);
    assert.equal(disk.reading('disk_1_percent'), 'failed');
    assert.equal(disk.reading('disk_1_total_gb'), 'failed');
    assert.equal(disk.reading('disk_0_percent'), 50);

    tree.write(MOUNTINFO, root + data('/moved'));
    let ticks = 0;
    while (disk.read(1).reading('disk_1_percent') !== 25) assert.ok(ticks++ < 60);
    assert.equal(disk.reading('disk_1_total_gb'), 200);
  });

  test('a file system that grows is the same one', async t => {
    const tree = new FixtureTree(t).write(MOUNTINFO, '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n');
    const fake = new FakeStatfs(tree, { '/': space(100, 50) });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    disk.read(Number.NaN);
    fake.answers.set('/', space(200, 150));
    assert.equal(disk.read(1).reading('disk_0_total_gb'), 200);
    assert.equal(disk.reading('disk_0_percent'), 25);
  });

  test('a file system mounted later does not take the place of another', async t => {
    const root = '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n';
    const home = '2 1 8:2 / /home rw - ext4 /dev/sdb1 rw\n';
    const tree = new FixtureTree(t).write(MOUNTINFO, root + home);
    const fake = new FakeStatfs(tree, { '/': space(100, 50), '/home': space(200, 150), '/a': space(10, 0) });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    tree.write(MOUNTINFO, `${root}3 1 8:3 / /a rw - ext4 /dev/sdc1 rw\n${home}`);
    for (let tick = 0; tick < 70; tick++) disk.read(1);
    assert.equal(disk.reading('disk_1_total_gb'), 200);
    assert.ok(!fake.asked.includes('/a'));
  });

  test('a file system mounted later gets the next number when the adapter is opened anew, not more often than every ten minutes', async t => {
    const line = (n: number, where: string): string => `${n} 1 8:${n} / ${where} rw - ext4 /dev/sd${n} rw\n`;
    const tree = new FixtureTree(t).write(MOUNTINFO, line(1, '/') + line(2, '/home'));
    const fake = new FakeStatfs(tree, {
      '/': space(100, 50),
      '/home': space(200, 150),
      '/a': space(10, 0),
      '/b': space(20, 0),
    });
    const adapter = createDiskAdapter({ statfs: fake.statfs });
    let disk = await openAdapter(t, adapter, tree.sysroot);
    const ticksUntilNews = (): number => {
      for (let tick = 1; tick < 2000; tick++) {
        disk.read(1);
        if (adapter.hasOtherDevices === true) return tick;
      }
      return Number.POSITIVE_INFINITY;
    };
    disk.read(Number.NaN);
    assert.equal(ticksUntilNews(), Number.POSITIVE_INFINITY);
    tree.write(MOUNTINFO, line(1, '/') + line(3, '/a'));
    assert.ok(ticksUntilNews() <= 30);
    adapter.close();
    disk = await openAdapter(t, adapter, tree.sysroot);
    assert.deepEqual(disk.info.instances, { disk: 3 });
    disk.read(1);
    assert.equal(disk.reading('disk_1_total_gb'), 'failed', 'unmounted, it keeps its number');
    assert.equal(disk.reading('disk_2_total_gb'), 10);
    assert.equal(adapter.hasOtherDevices, false);

    tree.write(MOUNTINFO, line(1, '/') + line(3, '/a') + line(4, '/b') + line(2, '/home'));
    assert.equal(ticksUntilNews(), 599);
    adapter.close();
    disk = await openAdapter(t, adapter, tree.sysroot);
    disk.read(1);
    assert.deepEqual(
      [0, 1, 2, 3].map(n => disk.reading(`disk_${n}_total_gb`)),
      [100, 200, 10, 20],
    );
  });

  test('the mount table is read now and then, not every tick', async t => {
    const tree = new FixtureTree(t).write(MOUNTINFO, '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n');
    const fake = new FakeStatfs(tree, { '/': space(100, 50) });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    disk.read(Number.NaN);
    const read = t.mock.method(fs, 'readSync');
    for (let tick = 0; tick < 90; tick++) disk.read(1);
    assert.equal(read.mock.callCount(), 3);
  });

  test('a file system that does not answer says why, is left in peace, and recovers', async t => {
    const tree = new FixtureTree(t).write(MOUNTINFO, '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n');
    const fake = new FakeStatfs(tree, { '/': 'EACCES' });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    for (let tick = 0; tick < 100; tick++) assert.equal(disk.read(1).reading('disk_0_percent'), 'denied');
    assert.ok(fake.asked.length < 10);
    fake.answers.set('/', 'EIO');
    while (disk.read(1).reading('disk_0_percent') === 'denied');
    assert.equal(disk.reading('disk_0_percent'), 'failed');
    fake.answers.set('/', space(100, 75));
    let ticks = 0;
    while (disk.read(1).reading('disk_0_percent') !== 25) assert.ok(ticks++ < 60);
  });

  test('mount points with escaped bytes and such as are no text are asked as they are', async t => {
    const tree = new FixtureTree(t).write(
      MOUNTINFO,
      Buffer.from(
        '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n' +
          '2 1 8:2 / /a\\040b\\134c rw - ext4 /dev/sdb rw\n' +
          '3 1 8:3 / /\xc3\xa4 rw - ext4 /dev/sdc rw\n' +
          '4 1 8:4 / /\xff rw - ext4 /dev/sdd rw\n',
        'latin1',
      ),
    );
    const points = ['/', '/a b\\c', '/\xc3\xa4', '/\xff'];
    const fake = new FakeStatfs(tree, Object.fromEntries(points.map(point => [point, space(4, 3)])));
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    disk.read(1);
    assert.deepEqual(fake.asked, points);
    for (let n = 0; n < 4; n++) assert.equal(disk.reading(`disk_${n}_percent`), 25);
  });

  test('impossible answers are no values', async t => {
    const tree = new FixtureTree(t).write(MOUNTINFO, '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n');
    const fake = new FakeStatfs(tree, { '/': { type: EXT, bsize: 4096, blocks: 10, bfree: 20, bavail: 20 } });
    const disk = await openAdapter(t, createDiskAdapter({ statfs: fake.statfs }), tree.sysroot);
    assert.equal(disk.read(1).reading('disk_0_used_gb'), 'failed');
    assert.equal(disk.reading('disk_0_percent'), 'failed');
    fake.answers.set('/', { type: EXT, bsize: 4096, blocks: 0, bfree: 0, bavail: 0 });
    assert.equal(disk.read(1).reading('disk_0_percent'), 'failed');
  });

  test('/proc/diskstats fails and recovers', async t => {
    const tree = new FixtureTree(t).write(DISKSTATS, statsOf({ sda: [0, 0] }));
    linkDisk(tree, 'sda');
    const disk = await openAdapter(t, createDiskAdapter(), tree.sysroot);
    disk.read(Number.NaN);
    tree.vanish(DISKSTATS);
    disk.read(1).read(1);
    tree.write(DISKSTATS, statsOf({ sda: [1e9, 1e9] }));
    let ticks = 0;
    while (disk.read(1).reading('disk_read_bytes') !== 1e9 * 512) assert.ok(ticks++ < 60);
    assert.equal(
      disk.reading('disk_read_rate_mbps'),
      'failed',
      'what was read in the gap is not of one second',
    );
    tree.write(DISKSTATS, statsOf({ sda: [1e9 + 2000, 1e9] }));
    assert.equal(disk.read(1).reading('disk_read_rate_mbps'), 1.024);
    assert.deepEqual(disk.log, ['disk counters cannot be read (empty)', 'disk counters can be read again']);
  });

  test('no name of a device or mount point is in what the doctor or the log get', async t => {
    const canary = 'canary';
    const tree = new FixtureTree(t)
      .write(
        MOUNTINFO,
        `1 0 8:1 / /${canary} rw - ext4 /dev/${canary} rw\n2 0 0:9 / /${canary}2 rw - nfs ${canary}:/ rw\n`,
      )
      .write(DISKSTATS, statsOf({ [canary]: [1, 1] }));
    linkDisk(tree, canary);
    const disk = await openAdapter(
      t,
      createDiskAdapter({ statfs: new FakeStatfs(tree).statfs }),
      tree.sysroot,
    );
    disk.read(1);
    tree.vanish(DISKSTATS);
    disk.read(1);
    assert.ok(disk.log.length > 0);
    assert.doesNotMatch(JSON.stringify([disk.info, disk.log]), new RegExp(canary));
  });

  test('whatever its files hold, it never throws and writes no impossible value', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    const files = [DISKSTATS, MOUNTINFO] as const;
    const samples = files.map(file => fs.readFileSync(tree.sysroot.path(file), 'utf8'));
    const disk = await openAdapter(t, createDiskAdapter(), tree.sysroot);
    fc.assert(
      fc.property(
        fc.tuple(...samples.map(hostileText)),
        fc.constantFrom(1, 0.1, 0, Number.NaN),
        (contents, elapsed) => {
          contents.forEach((content, i) => void tree.write(files[i] ?? DISKSTATS, content));
          disk.read(elapsed);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('whatever a file system says of itself, its columns hold a possible value or a reason', async t => {
    const tree = new FixtureTree(t).apply('workstation/first');
    let answer: SpaceOfFileSystem = space(100, 60, 55);
    const disk = await openAdapter(t, createDiskAdapter({ statfs: () => answer }), tree.sysroot);
    const number = fc.oneof(
      fc.constantFrom(0, -1, 4096, 2 ** 63, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY),
      fc.integer({ min: 0, max: 2 ** 40 }),
    );
    const answers = fc.record({ type: number, bsize: number, blocks: number, bfree: number, bavail: number });
    fc.assert(
      fc.property(answers, hostile => {
        answer = hostile;
        for (const reading of Object.values(disk.read(1).readings)) {
          assert.notEqual(reading, 'neither value nor reason');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a mount table that is hostile from the start is opened or refused, not thrown on', async t => {
    const sample = fs.readFileSync(
      new FixtureTree(t).apply('workstation/first').sysroot.path(MOUNTINFO),
      'utf8',
    );
    await fc.assert(
      fc.asyncProperty(hostileText(sample), async mountinfo => {
        const tree = new FixtureTree(t).write(MOUNTINFO, mountinfo);
        const info = await tryOpen(t, createDiskAdapter(), tree.sysroot);
        assert.ok(!info.available || (info.instances?.disk ?? 0) > 0);
      }),
      { numRuns: 60 },
    );
  });
});
