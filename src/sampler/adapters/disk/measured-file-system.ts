import { Buffer } from 'node:buffer';
import type { Absence, FrameWriter } from '../../../common/frame.ts';
import { GIB } from '../../../common/units.ts';
import { absenceOf } from '../../proc/absence-of.ts';
import { Backoff } from '../../proc/backoff.ts';
import type { Sysroot } from '../../sysroot.ts';
import type { SlotFinder } from '../base.ts';
import type { LocalFileSystem } from './local-file-systems.ts';

/** What is used of `statfs(2)`; blocks are of `bsize` bytes. */
export interface SpaceOfFileSystem {
  /** Magic number of the kind of file system. */
  readonly type: number;
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
}

/**
 * Asks a file system for its space.
 *
 * @param path its mount point; bytes where they are no text
 * @throws a system error
 */
export type Statfs = (path: string | Buffer) => SpaceOfFileSystem;

/** One file system and its three columns. */
export class MeasuredFileSystem {
  readonly key: string;
  readonly #sysroot: Sysroot;
  readonly #statfs: Statfs;
  readonly #backoff = new Backoff();
  #mountPoint: string | undefined;
  #path: string | Buffer;
  #space: SpaceOfFileSystem | undefined;
  #absence: Absence = 'failed';
  #type = Number.NaN;
  #blocks = Number.NaN;
  #usedSlot = -1;
  #totalSlot = -1;
  #percentSlot = -1;

  constructor({ key, mountPoint }: LocalFileSystem, sysroot: Sysroot, statfs: Statfs) {
    this.key = key;
    this.#sysroot = sysroot;
    this.#statfs = statfs;
    this.#mountPoint = mountPoint;
    this.#path = pathOf(sysroot, mountPoint);
  }

  get isMounted(): boolean {
    return this.#mountPoint !== undefined;
  }

  /** Whether kind or size differ from those accepted last. */
  get hasChanged(): boolean {
    return this.#space?.type !== this.#type || this.#space.blocks !== this.#blocks;
  }

  bind(slot: SlotFinder, n: number): void {
    this.#usedSlot = slot(`disk_${n}_used_gb`);
    this.#totalSlot = slot(`disk_${n}_total_gb`);
    this.#percentSlot = slot(`disk_${n}_percent`);
  }

  /** The file system is mounted there now, or nowhere. */
  moveTo(mountPoint: string | undefined): void {
    if (mountPoint === this.#mountPoint) return;
    this.#mountPoint = mountPoint;
    this.#space = undefined;
    this.#absence = 'failed';
    this.#backoff.reset();
    if (mountPoint !== undefined) this.#path = pathOf(this.#sysroot, mountPoint);
  }

  /** Asks for the space; false when there is no answer. */
  ask(): boolean {
    this.#space = undefined;
    if (this.#mountPoint === undefined || !this.#backoff.due()) return false;
    try {
      this.#space = this.#statfs(this.#path);
    } catch (error) {
      this.#absence = absenceOf(error, 'failed');
      this.#backoff.failed();
      return false;
    }
    this.#backoff.reset();
    return true;
  }

  /** The answer is that of the right file system. */
  accept(): void {
    this.#type = this.#space?.type ?? Number.NaN;
    this.#blocks = this.#space?.blocks ?? Number.NaN;
  }

  write(frame: FrameWriter): void {
    if (!this.#space) {
      frame.absent(this.#usedSlot, this.#absence);
      frame.absent(this.#totalSlot, this.#absence);
      frame.absent(this.#percentSlot, this.#absence);
      return;
    }
    const { bsize, blocks, bfree, bavail } = this.#space;
    const used = blocks - bfree;
    frame.set(this.#usedSlot, (used * bsize) / GIB);
    frame.set(this.#totalSlot, (blocks * bsize) / GIB);
    // As df reckons it: blocks kept for root are neither used nor to be had.
    frame.set(this.#percentSlot, (100 * used) / (used + bavail));
  }
}

function pathOf(sysroot: Sysroot, mountPoint: string): string | Buffer {
  const bytes = Buffer.from(mountPoint, 'latin1');
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return sysroot.path(text);
  return Buffer.concat([Buffer.from(sysroot.root), bytes]);
}
