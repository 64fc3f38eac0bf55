import { Buffer } from 'node:buffer';
import type { FrameWriter } from '../../../common/frame.ts';
import { ByteReader } from '../../proc/byte-reader.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import { chooseLocalFileSystems, countRemote, type LocalFileSystem } from './local-file-systems.ts';
import type { Statfs } from './measured-file-system.ts';
import type { FileSystemNumbers } from './file-system-numbers.ts';
import { MeasuredFileSystems } from './measured-file-systems.ts';
import { parseMountinfo } from '../../../common/mountinfo.ts';

/** Space on the file systems that {@link chooseLocalFileSystems} chooses at the start. */
export class FileSystemSpace {
  readonly #fileSystems: MeasuredFileSystems;
  readonly #tableFile: KeptFile;
  readonly #reader = new ByteReader(4096);
  #table: Buffer = Buffer.alloc(0);
  #remote = 0;

  constructor(numbers: FileSystemNumbers, sysroot: Sysroot, statfs?: Statfs) {
    this.#fileSystems = new MeasuredFileSystems(() => this.#choose(), numbers, sysroot, statfs);
    this.#tableFile = new KeptFile(sysroot.path('/proc/self/mountinfo'));
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

  close(): void {
    this.#tableFile.close();
  }

  /** `undefined` when the mount table is that of the last call. */
  #choose(): LocalFileSystem[] | undefined {
    if (!this.#tableFile.read(this.#reader)) return undefined;
    const { bytes, end } = this.#reader;
    if (this.#table.length === end && bytes.compare(this.#table, 0, end, 0, end) === 0) return undefined;
    this.#table = Buffer.from(bytes.subarray(0, end));
    const mounts = parseMountinfo(this.#table.toString('latin1'));
    this.#remote = countRemote(mounts);
    return chooseLocalFileSystems(mounts);
  }
}
