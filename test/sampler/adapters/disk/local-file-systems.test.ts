import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  chooseLocalFileSystems,
  countRemote,
  mountPointOf,
} from '../../../../src/sampler/adapters/disk/local-file-systems.ts';
import { parseMountinfo } from '../../../../src/common/mountinfo.ts';

/** Mount points chosen from lines of `id parent device root mountPoint type source`. */
function choose(...lines: readonly string[]): string[] {
  return chooseLocalFileSystems(mountsOf(lines)).map(fileSystem => fileSystem.mountPoint);
}

function mountsOf(lines: readonly string[]): ReturnType<typeof parseMountinfo> {
  const text = lines.map(line => {
    const [id, parent, device, root, mountPoint, type, source] = line.split(' ');
    return `${id} ${parent} ${device} ${root} ${mountPoint} rw shared:1 - ${type} ${source} rw\n`;
  });
  return parseMountinfo(text.join(''));
}

const ROOT = '1 0 8:1 / / ext4 /dev/sda1';

describe('chooseLocalFileSystems', () => {
  test('puts the root first and the others in the order of their mount points', () => {
    assert.deepEqual(
      choose(
        '3 1 8:3 / /home xfs /dev/sda3',
        '2 1 8:2 / /boot ext4 /dev/sda2',
        ROOT,
        '4 1 8:4 / /Data ext4 /dev/sda4',
      ),
      ['/', '/Data', '/boot', '/home'],
    );
  });

  test('counts a device once: bind mounts, subvolumes, ZFS data sets', () => {
    assert.deepEqual(
      choose(
        '2 1 8:1 /var/lib /a ext4 /dev/sda1',
        ROOT,
        '3 1 8:2 /part /b ext4 /dev/sdb',
        '4 1 8:2 / /z ext4 /dev/sdb',
        '5 1 0:40 /@a /d btrfs /dev/sdc',
        '6 1 0:41 /@b /c btrfs /dev/sdc',
        '7 1 0:42 / /e zfs tank/data',
        '8 1 0:43 / /f zfs tank/home',
        '9 1 0:44 / /g zfs backup',
      ),
      ['/', '/c', '/e', '/g', '/z'],
    );
  });

  test('leaves out images, loop devices, memory, network and FUSE file systems', () => {
    assert.deepEqual(
      choose(
        ROOT,
        '2 1 7:3 / /snap/a squashfs /dev/loop3',
        '3 1 7:4 / /snap/b ext4 /dev/loop4',
        '4 1 11:0 / /media/cd iso9660 /dev/sr0',
        '5 1 0:50 / /tmp tmpfs tmpfs',
        '6 1 0:51 / /n nfs4 server:/x',
        '7 1 0:52 / /c cifs //server/x',
        '8 1 0:53 / /s fuse.sshfs user@host:/x',
        '9 1 8:65 / /ntfs fuseblk /dev/sde1',
        '10 1 8:66 / /cluster ocfs2 /dev/sde2',
        '11 1 0:54 / /p 9p drvfs',
        '12 1 0:55 / /l btrfs /dev/loop7',
        '13 1 0:56 / /o overlay overlay',
      ),
      ['/'],
    );
  });

  test('does not walk through what could keep it waiting', () => {
    assert.deepEqual(
      choose(
        ROOT,
        '2 1 0:51 / /net autofs auto',
        '3 2 8:2 / /net/disk ext4 /dev/sdb',
        '4 1 0:52 / /fuse fuse.x x',
        '5 4 0:53 / /fuse/tmp tmpfs tmpfs',
        '6 5 8:3 / /fuse/tmp/disk ext4 /dev/sdc',
        '7 1 8:4 / /ok ext4 /dev/sdd',
      ),
      ['/', '/ok'],
    );
    // Whoever runs on such a root waits for it anyway.
    assert.deepEqual(choose('1 0 0:30 / / virtiofs rootfs', '2 1 8:2 / /disk ext4 /dev/vda'), ['/disk']);
  });

  test('what is covered by another mount is not reached, what covers it is', () => {
    assert.deepEqual(
      choose(
        ROOT,
        '2 1 8:2 / /data ext4 /dev/sdb',
        '3 2 8:3 / /data/inner ext4 /dev/sdc',
        '4 2 8:4 / /data ext4 /dev/sdd',
        '5 4 8:5 / /data/new ext4 /dev/sde',
      ).map(String),
      ['/', '/data', '/data/new'],
    );
    const mounts = mountsOf([ROOT, '2 1 0:9 / /net autofs auto', '3 2 8:2 / /net ext4 /dev/sdb']);
    assert.deepEqual(
      chooseLocalFileSystems(mounts).map(({ key }) => key),
      ['8:1', '8:2'],
      'mounted over autofs, nothing of it is walked through',
    );
  });

  test('without any block device it is the root, unless asking that could wait', () => {
    assert.deepEqual(choose('1 0 0:30 / / overlay overlay', '2 1 0:31 / /tmp tmpfs tmpfs'), ['/']);
    assert.deepEqual(choose('1 0 0:30 / / nfs server:/root'), []);
    assert.deepEqual(choose('1 0 0:30 / / fuse.fuse-overlayfs x'), []);
    assert.deepEqual(choose(), []);
  });

  test('a container’s files from the host’s disk stand for that disk', () => {
    assert.deepEqual(
      choose(
        '1 0 0:30 / / overlay overlay',
        '2 1 8:1 /var/lib/docker/x/hosts /etc/hosts ext4 /dev/sda1',
        '3 1 8:1 /var/lib/docker/x/hostname /etc/hostname ext4 /dev/sda1',
      ),
      ['/etc/hostname'],
    );
  });

  test('a table that goes round in circles does not hold it up', () => {
    assert.deepEqual(choose('1 2 8:1 / / ext4 a', '2 1 8:2 / /b ext4 b', '3 3 8:3 / /c ext4 c'), [
      '/',
      '/b',
      '/c',
    ]);
  });

  test('finds where a file system is mounted now', () => {
    const choice = chooseLocalFileSystems(mountsOf([ROOT, '2 1 8:2 / /new ext4 /dev/sdb']));
    assert.equal(mountPointOf('8:2', choice), '/new');
    assert.equal(mountPointOf('8:9', choice), undefined);
    const [bare] = chooseLocalFileSystems(mountsOf(['1 0 0:30 / / overlay overlay']));
    assert.equal(mountPointOf(bare?.key ?? '', choice), '/');
  });

  test('counts what is left out for the doctor, automounts aside', () => {
    assert.equal(
      countRemote(
        mountsOf([ROOT, '2 1 0:1 / /n nfs4 s:/x', '3 1 0:2 / /f fuse.x x', '4 1 0:3 / /a autofs a']),
      ),
      2,
    );
  });

  test('any table gives each key and mount point at most once, in order, and never a remote one', () => {
    const type = fc.constantFrom('ext4', 'btrfs', 'nfs', 'fuseblk', 'tmpfs', 'squashfs', 'zfs', 'overlay');
    const point = fc.constantFrom('/', '/a', '/a/b', '/c', '/d');
    const line = fc
      .tuple(fc.nat(12), fc.nat(3), fc.nat(3), point, type, fc.constantFrom('/dev/x', '/dev/loop1', 'pool/a'))
      .map(
        ([parent, major, minor, where, kind, source]) =>
          `${parent} ${major}:${minor} / ${where} ${kind} ${source}`,
      );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), lines => {
        const mounts = mountsOf(lines.map((text, id) => `${id} ${text}`));
        const chosen = chooseLocalFileSystems(mounts);
        const points = chosen.map(fileSystem => fileSystem.mountPoint);
        assert.equal(new Set(chosen.map(fileSystem => fileSystem.key)).size, chosen.length);
        assert.deepEqual(points, points.toSorted());
        for (const { mountPoint } of chosen) {
          const types = mounts.filter(mount => mount.mountPoint === mountPoint).map(mount => mount.type);
          assert.ok(
            types.some(kind => ['ext4', 'btrfs', 'zfs', 'tmpfs', 'overlay', 'squashfs'].includes(kind)),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});
