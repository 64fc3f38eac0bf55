import type { FrameWriter } from '../../../common/frame.ts';
import { absenceOfError } from '../../native/windows/codes.ts';
import { DRIVE, type Volumes } from '../../native/windows/volumes.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import type { LocalFileSystem } from './local-file-systems.ts';
import type { SpaceOfFileSystem } from './measured-file-system.ts';
import type { FileSystemNumbers } from './file-system-numbers.ts';
import { MeasuredFileSystems } from './measured-file-systems.ts';

/** Names of Node for the errors by which a measured file system tells why there is no answer. */
const CODES = { denied: 'EACCES', unsupported: 'ENOTSUP', asleep: 'EIO', failed: 'EIO' } as const;

/**
 * Space on the local volumes with a letter, in the order of the letters at the start. A letter that `subst` made for a folder
 * is none, and neither is a second letter of a volume. Drives over the network are left out: they can keep us waiting.
 */
export class WindowsVolumes {
  readonly #volumes: Volumes;
  readonly #fileSystems: MeasuredFileSystems;

  constructor(volumes: Volumes, numbers: FileSystemNumbers, sysroot: Sysroot) {
    this.#volumes = volumes;
    this.#fileSystems = new MeasuredFileSystems(
      () => this.#choose(),
      numbers,
      sysroot,
      root => this.#spaceOf(root.toString()),
    );
  }

  /** Chooses the volumes. To be called once, first. */
  open(): { readonly count: number; readonly remote: number } {
    const remote = this.#volumes.letters().filter(letter => this.#volumes.kindOf(letter) === DRIVE.remote);
    return { count: this.#fileSystems.open(), remote: remote.length };
  }

  /** As {@link MeasuredFileSystems.hasOthers}. */
  get hasOthers(): boolean {
    return this.#fileSystems.hasOthers;
  }

  bind(slot: SlotFinder): void {
    this.#fileSystems.bind(slot);
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#fileSystems.read(frame, elapsedSeconds);
  }

  /** They are known by their devices: a letter can pass to another. */
  #choose(): LocalFileSystem[] {
    const chosen = new Map<string, LocalFileSystem>();
    for (const letter of this.#volumes.letters()) {
      if (this.#volumes.kindOf(letter) !== DRIVE.fixed) continue;
      const key = this.#volumes.deviceOf(letter);
      if (key?.startsWith('\\Device\\') !== true || chosen.has(key)) continue;
      chosen.set(key, { key, mountPoint: `${letter}:\\` });
    }
    return [...chosen.values()];
  }

  #spaceOf(root: string): SpaceOfFileSystem {
    const space = this.#volumes.spaceOf(root);
    if (!space) {
      const code = CODES[absenceOfError(this.#volumes.lastError)];
      throw Object.assign(new Error('GetDiskFreeSpaceExW'), { code });
    }
    const { total, free, available } = space;
    return { type: 0, bsize: 1, blocks: total, bfree: free, bavail: available };
  }
}
