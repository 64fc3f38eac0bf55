import { nothing, type Scenario, versionOf } from '../scenario.ts';

export function listSystemMaintenance(): readonly Scenario[] {
  return [
    {
      name: 'backup',
      class: 'system_maintenance',
      program: 'tar and xz',
      version: 'xz --version | head -1',
      packages: ['xz-utils'],
      driven: 'a system folder is backed up compressed, checked, and copied without compression',
      open: nothing,
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.shell('tar -cf - /usr/share/doc /usr/lib/gcc | xz -T1 -1 > backup.tar.xz');
          await desktop.shell('xz -t backup.tar.xz && sync');
          await desktop.shell('tar -cf copy.tar /usr/lib/x86_64-linux-gnu; sync; rm -f copy.tar');
          await desktop.pause(0.5, 3);
        }),
    },
    {
      name: 'packages',
      class: 'system_maintenance',
      program: 'dpkg and find',
      version: 'dpkg --version | head -1',
      packages: [],
      driven:
        'installed packages are verified against their checksums, archives unpacked, the file system searched',
      open: desktop =>
        desktop.shell(
          'apt-get download -q libreoffice-core blender-data openscad gimp-data 2>/dev/null; true',
        ),
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.shell('dpkg --verify coreutils perl libc6 git chromium > /dev/null');
          await desktop.shell('for d in *.deb; do rm -rf unpacked; dpkg-deb -x "$d" unpacked; done; sync');
          await desktop.shell(
            'find / -xdev -type f -newer /etc/hostname > found.txt 2>/dev/null; sort found.txt > sorted.txt',
          );
          await desktop.pause(0.5, 4);
        }),
    },
    {
      name: 'rsync',
      class: 'system_maintenance',
      program: 'rsync and sha256sum',
      version: 'rsync --version | head -1',
      packages: ['rsync'],
      driven:
        'a system folder is mirrored, the mirror compared by content and its checksums taken, then made anew',
      open: nothing,
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.shell('rm -rf mirror; rsync -a /usr/lib/x86_64-linux-gnu/ mirror/; sync');
          await desktop.shell('rsync -a --checksum /usr/lib/x86_64-linux-gnu/ mirror/');
          await desktop.shell('find mirror -type f -print0 | xargs -0 sha256sum > checksums.txt');
          await desktop.pause(0.5, 4);
        }),
    },
    {
      name: 'file-systems',
      class: 'system_maintenance',
      program: 'mke2fs, e2fsck and updatedb',
      version: versionOf('e2fsprogs'),
      packages: ['e2fsprogs', 'plocate'],
      driven: 'a file system is made of a folder, checked and shrunk, and the index of all files made anew',
      open: nothing,
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.shell('/sbin/mke2fs -q -F -t ext4 -d /usr/share/doc disk.img 3G; sync');
          await desktop.shell('/sbin/e2fsck -f -y disk.img; /sbin/resize2fs -M disk.img; sync; rm disk.img');
          await desktop.shell('/usr/sbin/updatedb.plocate --database-root / --output files.db');
          await desktop.pause(0.5, 5);
        }),
    },
    {
      name: 'logs',
      class: 'system_maintenance',
      program: 'gzip, zstd, grep and sort',
      version: 'gzip --version | head -1; zstd --version',
      packages: ['gzip', 'zstd'],
      driven: 'logs of 300 MB are compressed, searched and counted, the old ones removed',
      open: desktop =>
        desktop.shell(
          `awk 'BEGIN { for (n = 0; n < 3500000; n++) print "2026-11-26T08:00:" n % 60, "host service[" n % 977 "]:", rand() < .01 ? "error" : "ok", "request", int(rand() * 1e9) }' > today.log`,
        ),
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.shell('cp today.log old.log && gzip -f old.log && sync');
          await desktop.shell('zcat old.log.gz | grep error | sort | uniq -c > errors.txt');
          await desktop.shell('zstd -q -f -9 today.log -o today.log.zst && sync && rm today.log.zst');
          await desktop.pause(0.5, 6);
        }),
    },
  ];
}
