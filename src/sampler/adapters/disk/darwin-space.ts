import fs from 'node:fs';
import type { FrameWriter } from '../../../common/frame.ts';
import type { MountTable } from '../../native/darwin/mount-table.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import {
  chooseDarwinFileSystems,
  countRemoteMounts,
  darwinMountPointOf,
  decodeMounts,
} from './darwin-mounts.ts';
import { MeasuredFileSystem, type Statfs } from './measured-file-system.ts';

/** Ticks between two looks at the mount table. */
const TABLE_TICKS = 30;

/** Space on the file systems that {@link chooseDarwinFileSystems} chooses at the start. */
export class DarwinFileSystemSpace {
  readonly #table: MountTable;
  readonly #sysroot: Sysroot;
  readonly #statfs: Statfs;
  #ticksToTable = TABLE_TICKS;
  #fileSystems: MeasuredFileSystem[] = [];

  constructor(table: MountTable, sysroot: Sysroot, statfs: Statfs = path => fs.statfsSync(path)) {
    this.#table = table;
    this.#sysroot = sysroot;
    this.#statfs = statfs;
  }

  /** Chooses the file systems. To be called once, first. */
  open(): { readonly count: number; readonly remote: number } {
    const table = this.#table.read();
    const mounts = table ? decodeMounts(table) : [];
    this.#fileSystems = chooseDarwinFileSystems(mounts).map(
      fileSystem => new MeasuredFileSystem(fileSystem, this.#sysroot, this.#statfs),
    );
    return { count: this.#fileSystems.length, remote: countRemoteMounts(mounts) };
  }

  bind(slot: SlotFinder): void {
    this.#fileSystems.forEach((fileSystem, n) => {
      fileSystem.bind(slot, n);
    });
  }

  read(frame: FrameWriter): void {
    if (--this.#ticksToTable <= 0) this.#refresh();
    for (const fileSystem of this.#fileSystems) {
      // What answers is not what answered before: it may have been unmounted, and its parent answers now.
      if (fileSystem.ask() && fileSystem.hasChanged) {
        this.#refresh();
        if (fileSystem.isMounted) fileSystem.accept();
      }
      fileSystem.write(frame);
    }
  }

  #refresh(): void {
    this.#ticksToTable = TABLE_TICKS;
    const table = this.#table.read();
    if (!table) return;
    const choice = chooseDarwinFileSystems(decodeMounts(table));
    for (const fileSystem of this.#fileSystems) {
      fileSystem.moveTo(darwinMountPointOf(fileSystem.key, choice));
    }
  }
}
