import fs from 'node:fs';
import type { FrameWriter } from '../../../common/frame.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import type { FileSystemNumbers } from './file-system-numbers.ts';
import { type LocalFileSystem, mountPointOf } from './local-file-systems.ts';
import { MeasuredFileSystem, type Statfs } from './measured-file-system.ts';

/** Ticks between two looks at what is mounted. */
const LOOK_TICKS = 30;

/** Chooses the file systems to show from what is mounted now; `undefined` where nothing has changed, or is told. */
export type ChooseFileSystems = () => readonly LocalFileSystem[] | undefined;

/** Space on the file systems that have a number, wherever they are mounted now. */
export class MeasuredFileSystems {
  readonly #choose: ChooseFileSystems;
  readonly #numbers: FileSystemNumbers;
  readonly #sysroot: Sysroot;
  readonly #statfs: Statfs;
  #ticksToLook = LOOK_TICKS;
  #fileSystems: readonly MeasuredFileSystem[] = [];
  #hasOthers = false;

  constructor(
    choose: ChooseFileSystems,
    numbers: FileSystemNumbers,
    sysroot: Sysroot,
    statfs: Statfs = path => fs.statfsSync(path),
  ) {
    this.#choose = choose;
    this.#numbers = numbers;
    this.#sysroot = sysroot;
    this.#statfs = statfs;
  }

  /** Whether there are file systems without a number, mounted since the start, and it is time to number them. */
  get hasOthers(): boolean {
    return this.#hasOthers && this.#numbers.mayGrow;
  }

  /** Chooses, numbers those that have no number, and returns how many have one. To be called once, first. */
  open(): number {
    const choice = this.#choose() ?? [];
    this.#fileSystems = this.#numbers.number(choice.map(({ key }) => key)).map(key => {
      const mountPoint = mountPointOf(key, choice);
      const measured = new MeasuredFileSystem(
        { key, mountPoint: mountPoint ?? '/' },
        this.#sysroot,
        this.#statfs,
      );
      measured.moveTo(mountPoint);
      return measured;
    });
    return this.#fileSystems.length;
  }

  bind(slot: SlotFinder): void {
    this.#fileSystems.forEach((fileSystem, n) => {
      fileSystem.bind(slot, n);
    });
  }

  /** @param elapsedSeconds time since the last read; NaN on the first */
  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#numbers.tick(elapsedSeconds);
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
    this.#hasOthers = choice.some(({ key }) => !this.#numbers.keys.includes(key));
  }
}
