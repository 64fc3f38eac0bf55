import fs from 'node:fs';
import type { FrameWriter } from '../../../common/frame.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import { type LocalFileSystem, mountPointOf } from './local-file-systems.ts';
import { MeasuredFileSystem, type Statfs } from './measured-file-system.ts';

/** Ticks between two looks at what is mounted. */
const LOOK_TICKS = 30;

/** Chooses the file systems to show from what is mounted now; `undefined` where nothing has changed, or is told. */
export type ChooseFileSystems = () => readonly LocalFileSystem[] | undefined;

/** Space on the file systems that were chosen at the start, wherever they are mounted now. */
export class MeasuredFileSystems {
  readonly #choose: ChooseFileSystems;
  readonly #sysroot: Sysroot;
  readonly #statfs: Statfs;
  #ticksToLook = LOOK_TICKS;
  #fileSystems: readonly MeasuredFileSystem[] = [];

  constructor(choose: ChooseFileSystems, sysroot: Sysroot, statfs: Statfs = path => fs.statfsSync(path)) {
    this.#choose = choose;
    this.#sysroot = sysroot;
    this.#statfs = statfs;
  }

  /** Chooses, and returns how many there are. To be called once, first. */
  open(): number {
    const choice = this.#choose() ?? [];
    this.#fileSystems = choice.map(
      fileSystem => new MeasuredFileSystem(fileSystem, this.#sysroot, this.#statfs),
    );
    return choice.length;
  }

  bind(slot: SlotFinder): void {
    this.#fileSystems.forEach((fileSystem, n) => {
      fileSystem.bind(slot, n);
    });
  }

  read(frame: FrameWriter): void {
    if (--this.#ticksToLook <= 0) this.#look();
    for (const fileSystem of this.#fileSystems) {
      // What answers is not what answered before: it may have been unmounted, and its parent answers now.
      if (fileSystem.ask() && fileSystem.hasChanged) {
        this.#look();
        if (fileSystem.isMounted) fileSystem.accept();
      }
      fileSystem.write(frame);
    }
  }

  #look(): void {
    this.#ticksToLook = LOOK_TICKS;
    const choice = this.#choose();
    if (!choice) return;
    for (const fileSystem of this.#fileSystems) fileSystem.moveTo(mountPointOf(fileSystem.key, choice));
  }
}
