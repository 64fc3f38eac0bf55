import type { Absence } from '../../common/frame.ts';
import { ascii, type ByteReader } from '../proc/byte-reader.ts';
import type { Sysroot } from '../sysroot.ts';
import { LimitFile } from './limit-file.ts';
import type { LimitSource } from './limit-source.ts';
import type { Hierarchy, Level } from './own-cgroup.ts';

/** “No limit” is the largest number of pages in cgroup v1, just below 2^63 bytes. Nothing as large as this is a limit. */
const BOUNDLESS = 2 ** 62;

const HIERARCHICAL_MEMORY = ascii('hierarchical_memory_limit ');
const HIERARCHICAL_MEMORY_AND_SWAP = ascii('hierarchical_memsw_limit ');

/**
 * The memory limits of a hierarchy's cgroups, in bytes: `memory.max` of cgroup v2, see cgroup-v2.rst, “Memory Interface
 * Files”, and `memory.limit_in_bytes` of cgroup v1. `memory.high` does not count: processes may go beyond it, and are
 * slowed down. Nor does the soft limit of cgroup v1.
 */
export function memoryMaxima(sysroot: Sysroot, hierarchy: Hierarchy | undefined): LimitSource[] {
  if (!hierarchy) return [];
  return hierarchy.levels.map((level, height) =>
    hierarchy.version === 2
      ? new ByteLimit(sysroot, level, 'memory.max')
      : new LegacyLimit(sysroot, level, { isOwn: height === 0, wanted: 'memory' }),
  );
}

/**
 * The limits of swap of a hierarchy's cgroups, in bytes: `memory.swap.max` of cgroup v2. cgroup v1 limits memory and swap
 * together (`memory.memsw.limit_in_bytes`), and what that leaves above the limit of memory is for swap.
 */
export function swapMaxima(sysroot: Sysroot, hierarchy: Hierarchy | undefined): LimitSource[] {
  if (!hierarchy) return [];
  return hierarchy.levels.map((level, height) =>
    hierarchy.version === 2
      ? new ByteLimit(sysroot, level, 'memory.swap.max')
      : new LegacyLimit(sysroot, level, { isOwn: height === 0, wanted: 'swap' }),
  );
}

/** A file with a number of bytes, or with `max` where there is no limit. */
class ByteLimit implements LimitSource {
  readonly path: string;
  absence: Absence | undefined;
  readonly #file: LimitFile;

  constructor(sysroot: Sysroot, { path, directory }: Level, name: string) {
    this.path = path;
    this.#file = new LimitFile(sysroot, `${directory}/${name}`);
  }

  read(reader: ByteReader): number {
    this.absence = this.#file.read(reader) ? undefined : this.#file.absence;
    return this.absence === undefined ? reader.unsigned() : Number.NaN;
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * Limits of a cgroup of v1. For our own, `memory.stat` also says what holds for it from above
 * (`hierarchical_memory_limit`, `hierarchical_memsw_limit`), be it set where a container cannot see; see the kernel's
 * cgroup-v1/memory.rst, “stat file”.
 */
class LegacyLimit implements LimitSource {
  readonly path: string;
  absence: Absence | undefined;
  readonly #memory: LimitFile;
  readonly #both: LimitFile | undefined;
  readonly #stat: LimitFile | undefined;

  constructor(
    sysroot: Sysroot,
    { path, directory }: Level,
    { isOwn, wanted }: { readonly isOwn: boolean; readonly wanted: 'memory' | 'swap' },
  ) {
    this.path = path;
    this.#memory = new LimitFile(sysroot, `${directory}/memory.limit_in_bytes`);
    if (wanted === 'swap') this.#both = new LimitFile(sysroot, `${directory}/memory.memsw.limit_in_bytes`);
    if (isOwn) this.#stat = new LimitFile(sysroot, `${directory}/memory.stat`);
  }

  read(reader: ByteReader): number {
    this.absence = this.#memory.read(reader) ? undefined : this.#memory.absence;
    if (this.absence !== undefined) return Number.NaN;
    let memory = reader.unsigned();
    let both = this.#both?.read(reader) === true ? reader.unsigned() : Number.NaN;
    if (this.#stat?.read(reader) === true) {
      do {
        if (reader.take(HIERARCHICAL_MEMORY)) memory = smaller(memory, reader.unsigned());
        else if (reader.take(HIERARCHICAL_MEMORY_AND_SWAP)) both = smaller(both, reader.unsigned());
      } while (reader.nextLine());
    }
    if (!this.#both) return memory;
    return both < BOUNDLESS ? Math.max(0, both - memory) : Number.NaN;
  }

  close(): void {
    this.#memory.close();
    this.#both?.close();
    this.#stat?.close();
  }
}

/** The smaller of two numbers, of which either may be NaN. */
function smaller(a: number, b: number): number {
  return b < a || Number.isNaN(a) ? b : a;
}
