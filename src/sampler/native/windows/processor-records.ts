import { Buffer } from 'node:buffer';
import type { Absence } from '../../../common/frame.ts';
import type { NativeLibrary } from '../native-library.ts';
import type { SystemInformation } from './system-information.ts';

/** Most processors of a group: one for each bit of a `KAFFINITY`. */
const GROUP_SIZE = 64;
/** Most groups that are asked for: 2048 processors, as many as Windows Server 2025 runs on. */
const MAX_GROUPS = 32;

/** How many groups the processors are in; 1 where Windows does not tell. */
export function countProcessorGroups(kernel32: NativeLibrary): number {
  const count: (() => number) | undefined = kernel32.bind('GetActiveProcessorGroupCount', ['uint16_t']);
  return Math.min(Math.max(1, count?.() ?? 1), MAX_GROUPS);
}

/**
 * One kind of information that the kernel keeps for each processor, in records of one size. Processors are numbered
 * through all groups. A machine with one group is asked in the way that every Windows knows.
 */
export class ProcessorRecords {
  /** Records of all groups, with gaps. */
  readonly bytes: Buffer;
  /** Where the record of each processor starts; as they were at the first read that succeeded. */
  offsets: readonly number[] = [];
  /** Why the last read failed. */
  absence: Absence = 'failed';
  /** Whether there are other processors than at first: some can be added while Windows runs. */
  hasOtherProcessors = false;
  readonly #system: SystemInformation;
  readonly #kind: number;
  readonly #recordSize: number;
  readonly #groups: readonly Uint8Array[];
  readonly #counts: Int32Array;

  /** @param kind of {@link INFORMATION} */
  constructor(system: SystemInformation, groups: number, kind: number, recordSize: number) {
    const groupBytes = GROUP_SIZE * recordSize;
    const bytes = Buffer.alloc(groups * groupBytes);
    this.bytes = bytes;
    this.#system = system;
    this.#kind = kind;
    this.#recordSize = recordSize;
    this.#groups = Array.from({ length: groups }, (_, i) =>
      bytes.subarray(i * groupBytes, (i + 1) * groupBytes),
    );
    this.#counts = new Int32Array(groups).fill(-1);
  }

  /** Brings {@link bytes} up to date; false where that fails or gives other processors than before. */
  read(): boolean {
    const isFirst = this.offsets.length === 0;
    for (let group = 0; group < this.#groups.length; group++) {
      const count = this.#readGroup(group);
      if (count < 0) {
        this.absence = this.#system.absence;
        return false;
      }
      if (isFirst) this.#counts[group] = count;
      else if (this.#counts[group] !== count) {
        this.absence = 'failed';
        this.hasOtherProcessors = true;
        return false;
      }
    }
    if (isFirst) this.#layOut();
    this.absence = 'failed';
    return this.offsets.length > 0;
  }

  /** Returns the number of processors; negative where there is no answer. */
  #readGroup(group: number): number {
    const target = this.#groups[group];
    if (!target) return -1;
    const isRead =
      this.#groups.length === 1
        ? this.#system.query(this.#kind, target)
        : this.#system.queryGroup(this.#kind, group, target);
    return isRead ? Math.floor(this.#system.length / this.#recordSize) : -1;
  }

  #layOut(): void {
    const offsets: number[] = [];
    this.#counts.forEach((count, group) => {
      const start = group * GROUP_SIZE * this.#recordSize;
      for (let i = 0; i < count; i++) offsets.push(start + i * this.#recordSize);
    });
    this.offsets = offsets;
  }
}
