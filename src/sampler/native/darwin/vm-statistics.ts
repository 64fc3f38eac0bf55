import type { Absence } from '../../../common/frame.ts';
import { HostPort } from './host-port.ts';
import { absenceOfKern, KernReturn } from './kern-return.ts';
import { MEMORY, type NativeLibrary } from './library.ts';

/** `HOST_VM_INFO64` of `<mach/host_info.h>` */
const VM_INFO64 = 4;
/** Words of `struct vm_statistics64` are 38 on macOS 10.9 to 15; what is added later finds room. */
const ROOM_WORDS = 64;

interface Functions {
  host_statistics64(host: number, flavor: number, info: Uint32Array, words: Uint32Array): number;
  host_page_size(host: number, size: Uint32Array): number;
}

/** The kernel's page counters, from `host_statistics64`, and the size of a page. */
export class VmStatistics {
  /** `struct vm_statistics64` of `<mach/vm_statistics.h>` in words of 32 bits. */
  readonly info = new Uint32Array(ROOM_WORDS);
  /** How many words of {@link info} the last read filled. */
  words = 0;
  /** Why the last read failed. */
  absence: Absence = 'failed';
  /** Bytes a page: the kernel's, which are larger than this process's where it runs under Rosetta. */
  readonly pageSize: number;
  readonly #host: HostPort;
  readonly #functions: Functions;
  readonly #count = new Uint32Array(1);

  private constructor(host: HostPort, functions: Functions, pageSize: number) {
    this.#host = host;
    this.#functions = functions;
    this.pageSize = pageSize;
  }

  /** `undefined` where the library lacks what it takes, or the size of a page cannot be had. */
  static open(system: NativeLibrary): VmStatistics | undefined {
    const functions = system.bindAll<Functions>({
      host_statistics64: ['int', 'uint32_t', 'int', MEMORY, MEMORY],
      host_page_size: ['int', 'uint32_t', MEMORY],
    });
    const host = functions && HostPort.open(system);
    if (!host) return undefined;
    // `vm_size_t` has 64 bits; the upper half of a page's size is 0.
    const size = new Uint32Array(2);
    const code = functions.host_page_size(host.port, size);
    const pageSize = size[0] ?? 0;
    if (code === KernReturn.success && pageSize > 0) return new VmStatistics(host, functions, pageSize);
    host.close();
    return undefined;
  }

  /** Brings {@link info} up to date; false where that fails. */
  read(): boolean {
    this.words = 0;
    this.#count.fill(ROOM_WORDS);
    const code = this.#functions.host_statistics64(this.#host.port, VM_INFO64, this.info, this.#count);
    if (code !== KernReturn.success) {
      this.absence = absenceOfKern(code);
      return false;
    }
    this.words = Math.min(this.#count[0] ?? 0, ROOM_WORDS);
    return true;
  }

  close(): void {
    this.#host.close();
  }
}
