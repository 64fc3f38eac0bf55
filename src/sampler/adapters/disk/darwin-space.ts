import type { FrameWriter } from '../../../common/frame.ts';
import type { MountTable } from '../../native/darwin/mount-table.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import { chooseDarwinFileSystems, countRemoteMounts, decodeMounts } from './darwin-mounts.ts';
import type { LocalFileSystem } from './local-file-systems.ts';
import type { Statfs } from './measured-file-system.ts';
import type { FileSystemNumbers } from './file-system-numbers.ts';
import { MeasuredFileSystems } from './measured-file-systems.ts';

/** Space on the file systems that {@link chooseDarwinFileSystems} chooses at the start. */
export class DarwinFileSystemSpace {
  readonly #table: MountTable;
  readonly #fileSystems: MeasuredFileSystems;
  #remote = 0;

  constructor(table: MountTable, numbers: FileSystemNumbers, sysroot: Sysroot, statfs?: Statfs) {
    this.#table = table;
    this.#fileSystems = new MeasuredFileSystems(() => this.#choose(), numbers, sysroot, statfs);
  }

  /** Chooses the file systems. To be called once, first. */
  open(): { readonly count: number; readonly remote: number } {
    return { count: this.#fileSystems.open(), remote: this.#remote };
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

  #choose(): LocalFileSystem[] | undefined {
    const table = this.#table.read();
    if (!table) return undefined;
    const mounts = decodeMounts(table);
    this.#remote = countRemoteMounts(mounts);
    return chooseDarwinFileSystems(mounts);
  }
}
