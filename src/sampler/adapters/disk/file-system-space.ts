import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import type { FrameWriter } from '../../../common/frame.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import {
  chooseLocalFileSystems,
  countRemote,
  type LocalFileSystem,
  mountPointOf,
} from './local-file-systems.ts';
import { MeasuredFileSystem, type Statfs } from './measured-file-system.ts';
import { parseMountinfo, type Mount } from './mountinfo.ts';

/** Ticks between two looks at the mount table. */
const TABLE_TICKS = 30;

/** Space on the file systems that {@link chooseLocalFileSystems} chooses at the start, and on those that were known before. */
export class FileSystemSpace {
  readonly #sysroot: Sysroot;
  readonly #statfs: Statfs;
  readonly #tableFile: KeptFile;
  readonly #reader = new ByteReader(4096);
  #table: Buffer = Buffer.alloc(0);
  #ticksToTable = TABLE_TICKS;
  #fileSystems: MeasuredFileSystem[] = [];
  #hasOthers = false;

  constructor(sysroot: Sysroot, statfs: Statfs = path => fs.statfsSync(path)) {
    this.#sysroot = sysroot;
    this.#statfs = statfs;
    this.#tableFile = new KeptFile(sysroot.path('/proc/self/mountinfo'));
  }

  /** Keys of the file systems, in the order of their numbers. */
  get keys(): readonly string[] {
    return this.#fileSystems.map(({ key }) => key);
  }

  /** Whether there are file systems, mounted since the start, that have no number. */
  get hasOthers(): boolean {
    return this.#hasOthers;
  }

  /**
   * Chooses the file systems. To be called once, first.
   *
   * @param known keys of those that have a number: they keep it, also where they are not mounted now
   */
  open(known: readonly string[] = []): { readonly count: number; readonly remote: number } {
    const mounts = this.#readTable() ?? [];
    const choice = chooseLocalFileSystems(mounts);
    const others = choice.filter(({ key }) => !known.includes(key)).map(({ key }) => key);
    this.#fileSystems = [...known, ...others].map(key => this.#measured(key, choice));
    return { count: this.#fileSystems.length, remote: countRemote(mounts) };
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

  close(): void {
    this.#tableFile.close();
  }

  #refresh(): void {
    this.#ticksToTable = TABLE_TICKS;
    const mounts = this.#readTable();
    if (!mounts) return;
    const choice = chooseLocalFileSystems(mounts);
    for (const fileSystem of this.#fileSystems) fileSystem.moveTo(mountPointOf(fileSystem.key, choice));
    this.#hasOthers = choice.some(({ key }) => !this.#fileSystems.some(known => known.key === key));
  }

  #measured(key: string, choice: readonly LocalFileSystem[]): MeasuredFileSystem {
    const mountPoint = mountPointOf(key, choice);
    const measured = new MeasuredFileSystem(
      { key, mountPoint: mountPoint ?? '/' },
      this.#sysroot,
      this.#statfs,
    );
    measured.moveTo(mountPoint);
    return measured;
  }

  /** The mount table, when it differs from that of the last call. */
  #readTable(): Mount[] | undefined {
    if (!this.#tableFile.read(this.#reader)) return undefined;
    const { bytes, end } = this.#reader;
    if (this.#table.length === end && bytes.compare(this.#table, 0, end, 0, end) === 0) return undefined;
    this.#table = Buffer.from(bytes.subarray(0, end));
    return parseMountinfo(this.#table.toString('latin1'));
  }
}
