import type { FrameWriter } from '../../../common/frame.ts';
import { absenceOfError } from '../../native/windows/codes.ts';
import { DRIVE, type Volumes } from '../../native/windows/volumes.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import type { LocalFileSystem } from './local-file-systems.ts';
import { MeasuredFileSystem, type SpaceOfFileSystem } from './measured-file-system.ts';

/** Ticks between two looks at what stands behind the letters. */
const LETTERS_TICKS = 30;

/** Names of Node for the errors by which {@link MeasuredFileSystem} tells why there is no answer. */
const CODES = { denied: 'EACCES', unsupported: 'ENOTSUP', asleep: 'EIO', failed: 'EIO' } as const;

/**
 * Space on the local volumes with a letter, in the order of the letters at the start. A letter that `subst` made for a folder
 * is none, and neither is a second letter of a volume. Drives over the network are left out: they can keep us waiting.
 */
export class WindowsVolumes {
  readonly #volumes: Volumes;
  readonly #sysroot: Sysroot;
  #ticksToLetters = LETTERS_TICKS;
  #fileSystems: MeasuredFileSystem[] = [];

  constructor(volumes: Volumes, sysroot: Sysroot) {
    this.#volumes = volumes;
    this.#sysroot = sysroot;
  }

  /** Chooses the volumes. To be called once, first. */
  open(): { readonly count: number; readonly remote: number } {
    this.#fileSystems = this.#choose().map(
      volume => new MeasuredFileSystem(volume, this.#sysroot, root => this.#spaceOf(root)),
    );
    const letters = this.#volumes.letters();
    const remote = letters.filter(letter => this.#volumes.kindOf(letter) === DRIVE.remote).length;
    return { count: this.#fileSystems.length, remote };
  }

  bind(slot: SlotFinder): void {
    this.#fileSystems.forEach((fileSystem, n) => {
      fileSystem.bind(slot, n);
    });
  }

  read(frame: FrameWriter): void {
    if (--this.#ticksToLetters <= 0) this.#refresh();
    for (const fileSystem of this.#fileSystems) {
      // Another size is another volume, unless the letter still stands for the same device.
      if (fileSystem.ask() && fileSystem.hasChanged) {
        this.#refresh();
        if (fileSystem.isMounted) fileSystem.accept();
      }
      fileSystem.write(frame);
    }
  }

  #refresh(): void {
    this.#ticksToLetters = LETTERS_TICKS;
    const choice = this.#choose();
    for (const fileSystem of this.#fileSystems) {
      fileSystem.moveTo(choice.find(({ key }) => key === fileSystem.key)?.mountPoint);
    }
  }

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

  #spaceOf(root: string | Buffer): SpaceOfFileSystem {
    const space = this.#volumes.spaceOf(root.toString());
    if (!space) {
      const code = CODES[absenceOfError(this.#volumes.lastError)];
      throw Object.assign(new Error('GetDiskFreeSpaceExW'), { code });
    }
    const { total, free, available } = space;
    return { type: 0, bsize: 1, blocks: total, bfree: Math.min(free, total), bavail: available };
  }
}
