import fs from 'node:fs';
import type { ByteReader } from '../../proc/byte-reader.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { DeviceFilter } from './diskstats.ts';

/**
 * Tells whole physical disks from everything else in `/proc/diskstats`, so that each transfer is counted once.
 *
 * A disk has an entry in `/sys/block`, which partitions have not, and it points to the bus that the disk is on. Loop,
 * ram, zram, mapper and RAID devices are on none: they point below `devices/virtual`. So does the device that NVMe
 * multipath puts in front of a drive's paths (`nvme0n1`). Its paths (`nvme0c0n1`) are on the bus, and each transfer
 * takes one of them; older kernels keep statistics only there.
 *
 * A device is looked up when it first appears. Nothing is allocated while the list of devices is unchanged.
 */
export class PhysicalDisks implements DeviceFilter {
  readonly #sysroot: Sysroot;
  #keys: number[] = [];
  #answers: boolean[] = [];
  #at = 0;

  constructor(sysroot: Sysroot) {
    this.#sysroot = sysroot;
  }

  /** Whether disks can be told from their partitions here at all. */
  get canTell(): boolean {
    return fs.existsSync(this.#sysroot.path('/sys/block'));
  }

  begin(): void {
    // Devices that the last read did not have are to be looked up anew if they come back.
    this.#keys.length = Math.min(this.#keys.length, this.#at);
    this.#at = 0;
  }

  isCounted(key: number, reader: ByteReader): boolean {
    const at = this.#at++;
    if (this.#keys[at] === key) return this.#answers[at] ?? false;
    const known = this.#keys.indexOf(key);
    const answer =
      known >= 0
        ? (this.#answers[known] ?? false)
        : this.#isPhysical(reader.bytes.toString('latin1', reader.keyStart, reader.keyEnd));
    this.#keys.splice(at, 0, key);
    this.#answers.splice(at, 0, answer);
    return answer;
  }

  #isPhysical(name: string): boolean {
    try {
      // A slash in a device's name is written as an exclamation mark in sysfs.
      const entry = `/sys/block/${name.replaceAll('/', '!')}`;
      const target = fs.readlinkSync(this.#sysroot.path(entry));
      return !`/${target}`.includes('/devices/virtual/');
    } catch {
      return false;
    }
  }
}
