import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import {
  isBelowUnmounted,
  isLocalOnLinux,
  isLocalOnMac,
  isLocalOnWindows,
  isOnThisMachine,
} from '../../../src/sync/targets/mounts.ts';

const MOUNTINFO = String.raw`22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
23 22 0:21 / /proc rw - proc proc rw
30 22 0:50 / /home/jo/nas rw - nfs4 nas:/export rw
31 30 8:17 / /home/jo/nas/stick rw - vfat /dev/sdb1 rw
32 22 0:51 / /home/jo/my\040cloud rw - fuse.rclone remote: rw
33 22 0:52 / /mnt/c rw - 9p C:\134 rw
34 22 0:53 / /mnt/share rw - cifs //server/share rw
35 22 0:54 / /media/jo/ÃŸ rw - exfat /dev/sdc1 rw
36 22 0:55 / /over rw - ext4 /dev/sdd1 rw
37 36 0:56 / /over rw - nfs nas:/b rw
38 22 0:57 / /odd rw - newfs thing rw
`;

for (const [folder, isLocal] of [
  ['/home/jo/uploads', true],
  ['/home/jo/nas', false],
  ['/home/jo/nas/uploads', false],
  ['/home/jo/nas/stick/uploads', true],
  ['/home/jo/nasty', true],
  ['/home/jo/my cloud/x', false],
  ['/mnt/c/Users', false],
  ['/mnt/share', false],
  ['/media/jo/ß/uploads', true],
  ['/over/x', false],
  ['/odd/x', false],
] as const)
  test(`on Linux ${folder} is ${isLocal ? '' : 'not '}on this machine`, () => {
    assert.equal(isLocalOnLinux(folder, MOUNTINFO), isLocal);
  });

test('without a table nothing is on this machine', () => {
  assert.equal(isLocalOnLinux('/home', ''), false);
  assert.equal(isLocalOnMac('/Users', ''), false);
});

test('on macOS the flag of mount(8) decides', () => {
  const mounts = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//jo@nas._smb._tcp.local/share on /Volumes/share (smbfs, nodev, nosuid, mounted by jo)
/dev/disk4s1 on /Volumes/My (odd) Stick (msdos, local, nodev, nosuid, noowners)
`;
  assert.equal(isLocalOnMac('/Users/jo/uploads', mounts), true);
  assert.equal(isLocalOnMac('/Volumes/share/uploads', mounts), false);
  assert.equal(isLocalOnMac('/Volumes/My (odd) Stick/uploads', mounts), true);
});

test('on Windows a share is not on this machine', () => {
  assert.equal(isLocalOnWindows('C:\\Users\\jo'), true);
  assert.equal(isLocalOnWindows('\\\\?\\D:\\uploads'), true);
  assert.equal(isLocalOnWindows('\\\\server\\share\\uploads'), false);
  assert.equal(isLocalOnWindows('\\\\?\\UNC\\server\\share'), false);
});

test(
  'asks the system, for a folder that is not there yet too',
  { skip: process.platform !== 'linux' },
  async () => {
    const there = await isOnThisMachine(os.tmpdir());
    assert.equal(await isOnThisMachine(path.join(os.tmpdir(), 'not', 'there')), there);
    assert.equal(there, true, 'tests run on a disk of this machine');
    assert.equal(await isOnThisMachine('/proc'), false);
  },
);

test('what waits for a disk of fstab is known, and what is on another mount or beside it is not taken for that', () => {
  const fstab = String.raw`# /home/jo/comment a
UUID=1 / ext4 errors=remount-ro 0 1
UUID=2 none swap sw 0 0
/dev/sdx1 /mnt/usb/ vfat noauto,user 0 0
/dev/sdx2 /mnt/two\040words ext4 nofail 0 2
nas:/export /home/jo/nas nfs4 defaults 0 0
UUID=3 /home/jo/nas/stick/inner ext4 defaults 0 0
UUID=4 /home/jo ext4 defaults 0 0
`;
  assert.equal(isBelowUnmounted('/mnt/usb/uploads', fstab, MOUNTINFO), true);
  assert.equal(isBelowUnmounted('/mnt/usb', fstab, MOUNTINFO), true);
  assert.equal(isBelowUnmounted('/mnt/two words/x', fstab, MOUNTINFO), true);
  assert.equal(isBelowUnmounted('/mnt/usb2', fstab, MOUNTINFO), false);
  assert.equal(isBelowUnmounted('/home/jo/nas/uploads', fstab, MOUNTINFO), false);
  assert.equal(isBelowUnmounted('/home/jo/nas/stick/inner/x', fstab, MOUNTINFO), true);
  assert.equal(isBelowUnmounted('/home/jo/comment', '# /dev/x /home/jo/comment', MOUNTINFO), false);
  assert.equal(isBelowUnmounted('/srv', '', MOUNTINFO), false);
});
