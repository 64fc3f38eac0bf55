import type { Absence } from '../../../common/frame.ts';
import { MEMORY, type NativeLibrary } from '../native-library.ts';
import { absenceOfStatus, STATUS } from './codes.ts';

/** Kinds of information: `SYSTEM_INFORMATION_CLASS` of `winternl.h`, see `NtQuerySystemInformation`. */
export const INFORMATION = {
  /** `SystemPerformanceInformation`: counters of the whole system. */
  performance: 2,
  /** `SystemProcessorPerformanceInformation`: what a processor has spent its time with. */
  processorPerformance: 8,
  /** `SystemPageFileInformation`: size and use of the page files; the documentation leaves it out. */
  pageFiles: 18,
  /** `SystemInterruptInformation`: deferred procedure calls of a processor; the documentation leaves its members out. */
  interrupts: 23,
} as const;

type Query = (kind: number, target: Uint8Array, size: number, length: Uint32Array) => number;
type QueryEx = (
  kind: number,
  input: Uint16Array,
  inputSize: number,
  target: Uint8Array,
  size: number,
  length: Uint32Array,
) => number;

/** Asks the kernel about the system: `NtQuerySystemInformation` and `NtQuerySystemInformationEx`. */
export class SystemInformation {
  /** Bytes that the last query filled. */
  length = 0;
  /** Why the last query gave nothing. */
  absence: Absence = 'unsupported';
  readonly #query: Query | undefined;
  readonly #queryEx: QueryEx | undefined;
  readonly #length = new Uint32Array(1);
  readonly #group = new Uint16Array(1);

  constructor(ntdll: NativeLibrary) {
    const status = 'uint32_t';
    const size = 'uint32_t';
    this.#query = ntdll.bind('NtQuerySystemInformation', [status, 'uint32_t', MEMORY, size, MEMORY]);
    this.#queryEx = ntdll.bind('NtQuerySystemInformationEx', [
      status,
      'uint32_t',
      MEMORY,
      size,
      MEMORY,
      size,
      MEMORY,
    ]);
  }

  /** Fills `target`; false where that fails. Information about processors is that of the calling thread's group. */
  query(kind: number, target: Uint8Array): boolean {
    this.#length.fill(0);
    return this.#took(this.#query?.(kind, target, target.length, this.#length), target);
  }

  /** Fills `target` with information about the processors of a group; false where that fails. */
  queryGroup(kind: number, group: number, target: Uint8Array): boolean {
    this.#length.fill(0);
    this.#group[0] = group;
    const bytes = Uint16Array.BYTES_PER_ELEMENT;
    return this.#took(this.#queryEx?.(kind, this.#group, bytes, target, target.length, this.#length), target);
  }

  #took(status: number | undefined, target: Uint8Array): boolean {
    this.length = 0;
    if (status !== STATUS.success) {
      this.absence = status === undefined ? 'unsupported' : absenceOfStatus(status);
      return false;
    }
    this.absence = 'failed';
    this.length = Math.min(this.#length[0] ?? 0, target.length);
    return true;
  }
}
