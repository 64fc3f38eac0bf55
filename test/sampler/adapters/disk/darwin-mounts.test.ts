import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  chooseDarwinFileSystems,
  countRemoteMounts,
  decodeMounts,
} from '../../../../src/sampler/adapters/disk/darwin-mounts.ts';
import { mountPointOf } from '../../../../src/sampler/adapters/disk/local-file-systems.ts';
import { type MadeMount, MNT, statfsOf } from '../../../fixtures/darwin/structures.ts';

const { local, readOnly, root, hidden, journaled, snapshot } = MNT;

/** What is mounted on a Mac with Apple silicon and macOS 14, with some things plugged in. */
const MAC: readonly MadeMount[] = [
  {
    device: '/dev/disk3s1s1',
    mountPoint: '/',
    type: 'apfs',
    flags: local | readOnly | root | journaled | snapshot,
  },
  { device: 'devfs', mountPoint: '/dev', type: 'devfs', flags: local | hidden },
  {
    device: '/dev/disk3s6',
    mountPoint: '/System/Volumes/VM',
    type: 'apfs',
    flags: local | hidden | journaled,
  },
  {
    device: '/dev/disk3s2',
    mountPoint: '/System/Volumes/Preboot',
    type: 'apfs',
    flags: local | hidden | journaled,
  },
  {
    device: '/dev/disk1s2',
    mountPoint: '/System/Volumes/xarts',
    type: 'apfs',
    flags: local | hidden | journaled,
  },
  {
    device: '/dev/disk3s5',
    mountPoint: '/System/Volumes/Data',
    type: 'apfs',
    flags: local | hidden | journaled,
  },
  { device: 'map auto_home', mountPoint: '/System/Volumes/Data/home', type: 'autofs', flags: hidden },
  { device: '/dev/disk5s2', mountPoint: '/Volumes/Work', type: 'apfs', flags: local | journaled },
  { device: '/dev/disk5s1', mountPoint: '/Volumes/Archive', type: 'apfs', flags: local | journaled },
  { device: '/dev/disk6s2', mountPoint: '/Volumes/Backup', type: 'hfs', flags: local | journaled },
  { device: '/dev/disk6s3', mountPoint: '/Volumes/Stick', type: 'exfat', flags: local },
  { device: '/dev/disk7s1', mountPoint: '/Volumes/Installer', type: 'hfs', flags: local | readOnly },
  {
    device: '/dev/disk8s1',
    mountPoint: '/Library/Developer/CoreSimulator/Volumes/iOS',
    type: 'apfs',
    flags: local | readOnly | hidden,
  },
  { device: '//jane@nas/media', mountPoint: '/Volumes/media', type: 'smbfs', flags: 0 },
  { device: 'host:/', mountPoint: '/Users/jane/sshfs', type: 'macfuse', flags: 0 },
];

const choose = (mounts: readonly MadeMount[]): string[] =>
  chooseDarwinFileSystems(decodeMounts(Buffer.concat(mounts.map(statfsOf)))).map(
    ({ key, mountPoint }) => `${key} at ${mountPoint}`,
  );

describe('file systems of a Mac', () => {
  test('a line of the table is decoded', () => {
    const table = Buffer.concat([statfsOf(MAC[0] ?? assert.fail()), statfsOf(MAC[13] ?? assert.fail())]);
    assert.deepEqual(decodeMounts(table), [
      {
        device: '/dev/disk3s1s1',
        mountPoint: '/',
        type: 'apfs',
        isLocal: true,
        isReadOnly: true,
        isHidden: false,
      },
      {
        device: '//jane@nas/media',
        mountPoint: '/Volumes/media',
        type: 'smbfs',
        isLocal: false,
        isReadOnly: false,
        isHidden: false,
      },
    ]);
  });

  test('are those that users can write to, a container once, and the root', () => {
    assert.deepEqual(choose(MAC), [
      'disk3 at /',
      'disk5 at /Volumes/Archive',
      '/dev/disk6s2 at /Volumes/Backup',
      '/dev/disk6s3 at /Volumes/Stick',
    ]);
    assert.deepEqual(choose([...MAC].reverse()), choose(MAC));
  });

  test('those that could keep us waiting are counted', () => {
    assert.equal(countRemoteMounts(decodeMounts(Buffer.concat(MAC.map(statfsOf)))), 2);
  });

  test('a file system keeps its key when it moves, or another volume of its container stays', () => {
    const table = (mounts: readonly MadeMount[]): Buffer => Buffer.concat(mounts.map(statfsOf));
    const after = chooseDarwinFileSystems(
      decodeMounts(table(MAC.filter(({ mountPoint }) => mountPoint !== '/Volumes/Archive'))),
    );
    assert.equal(mountPointOf('disk5', after), '/Volumes/Work');
    assert.equal(mountPointOf('/dev/disk9s1', after), undefined);
  });

  test('a name with bytes that are no text stays what it is', () => {
    const table = statfsOf({ device: '/dev/disk4s1', mountPoint: '/Volumes/Ü', type: 'hfs', flags: local });
    const [mount] = decodeMounts(table);
    assert.ok(mount);
    assert.deepEqual([...Buffer.from(mount.mountPoint, 'latin1')], [...Buffer.from('/Volumes/Ü', 'utf8')]);
  });

  test('names without an end, and a table cut off', () => {
    const table = Buffer.alloc(2168 * 2 + 100, 'a');
    const mounts = decodeMounts(table);
    assert.equal(mounts.length, 2);
    assert.deepEqual(
      [mounts[0]?.type.length, mounts[0]?.mountPoint.length, mounts[0]?.device.length],
      [16, 1024, 1024],
    );
    assert.deepEqual(chooseDarwinFileSystems(mounts), []);
    assert.deepEqual(decodeMounts(Buffer.alloc(2167)), []);
  });

  test('choose at most one a device, all with a mount point, whatever the table', () => {
    const sample = Buffer.concat(MAC.map(statfsOf));
    const changed = fc
      .array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { maxLength: 200 })
      .map(changes => {
        const bytes = Buffer.from(sample);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    const table = fc.oneof(
      changed,
      fc.nat(sample.length).map(length => sample.subarray(0, length)),
      fc.uint8Array({ maxLength: 3000 }).map(bytes => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(table, bytes => {
        const chosen = chooseDarwinFileSystems(decodeMounts(bytes));
        assert.equal(new Set(chosen.map(({ key }) => key)).size, chosen.length);
        for (const { mountPoint } of chosen) assert.ok(mountPoint.startsWith('/'));
      }),
    );
  });
});
