import type { Absence } from '../../common/frame.ts';
import { ascii, ByteReader } from '../proc/byte-reader.ts';
import { KeptFile } from '../proc/kept-file.ts';
import type { Sysroot } from '../sysroot.ts';
import type { Level } from './own-cgroup.ts';

const INACTIVE_FILE = ascii('inactive_file ');
const TOTAL_INACTIVE_FILE = ascii('total_inactive_file ');
const TOTAL_SWAP = ascii('total_swap ');

/** Reads how much memory a cgroup uses, with everything in it. */
export interface MemoryUsage {
  /** Why the last read gave nothing. */
  readonly absence: Absence;
  /** Bytes in use; NaN when that cannot be read. Does not throw. */
  read(): number;
  close(): void;
}

/**
 * The working set of a cgroup: its memory (`memory.current`; `memory.usage_in_bytes` in cgroup v1) less the file pages
 * that have not been used for a while (`inactive_file` of `memory.stat`; `total_inactive_file`), which the kernel takes
 * back before it kills anything. That is what Kubernetes and cAdvisor call the working set.
 */
export class WorkingSet implements MemoryUsage {
  absence: Absence = 'failed';
  readonly #reader = new ByteReader(8192);
  readonly #usage: KeptFile;
  readonly #stat: KeptFile;
  readonly #inactive: Uint8Array;

  constructor(sysroot: Sysroot, version: 1 | 2, { directory }: Level) {
    const [usage, inactive] =
      version === 2
        ? (['memory.current', INACTIVE_FILE] as const)
        : (['memory.usage_in_bytes', TOTAL_INACTIVE_FILE] as const);
    this.#usage = new KeptFile(sysroot.path(`${directory}/${usage}`));
    this.#stat = new KeptFile(sysroot.path(`${directory}/memory.stat`));
    this.#inactive = inactive;
  }

  read(): number {
    const reader = this.#reader;
    if (!this.#usage.read(reader)) return this.#fail(this.#usage);
    const usage = reader.unsigned();
    if (!this.#stat.read(reader)) return this.#fail(this.#stat);
    this.absence = 'failed';
    const inactive = valueOf(reader, this.#inactive);
    // The two are counted at different moments.
    return Math.max(0, usage - inactive);
  }

  close(): void {
    this.#usage.close();
    this.#stat.close();
  }

  #fail({ absence }: KeptFile): number {
    this.absence = absence;
    return Number.NaN;
  }
}

/** Swap that a cgroup uses: `memory.swap.current`, or `total_swap` of `memory.stat` in cgroup v1. */
export class SwapUsage implements MemoryUsage {
  absence: Absence = 'failed';
  readonly #reader = new ByteReader(8192);
  readonly #version: 1 | 2;
  readonly #file: KeptFile;

  constructor(sysroot: Sysroot, version: 1 | 2, { directory }: Level) {
    this.#version = version;
    const name = version === 2 ? 'memory.swap.current' : 'memory.stat';
    this.#file = new KeptFile(sysroot.path(`${directory}/${name}`));
  }

  read(): number {
    if (!this.#file.read(this.#reader)) {
      this.absence = this.#file.absence;
      return Number.NaN;
    }
    this.absence = 'failed';
    return this.#version === 2 ? this.#reader.unsigned() : valueOf(this.#reader, TOTAL_SWAP);
  }

  close(): void {
    this.#file.close();
  }
}

/** The number behind the first line's start that is `name`; NaN when there is none. */
function valueOf(reader: ByteReader, name: Uint8Array): number {
  do {
    if (reader.take(name)) return reader.unsigned();
  } while (reader.nextLine());
  return Number.NaN;
}
