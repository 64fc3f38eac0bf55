import type { Absence } from '../../../common/frame.ts';
import { HostPort } from './host-port.ts';
import { absenceOfKern, KernReturn } from './kern-return.ts';
import { isNull, MEMORY, type NativeLibrary, REFERENCE, type Reference } from './library.ts';

/** `PROCESSOR_CPU_LOAD_INFO` of `<mach/processor_info.h>` */
const CPU_LOAD_INFO = 2;
/** Words of `struct processor_cpu_load_info`: the ticks of `CPU_STATE_MAX` states, see `<mach/machine.h>`. */
export const WORDS_A_PROCESSOR = 4;
/** More than any Mac has: a count beyond it is nonsense. */
const MAX_PROCESSORS = 1024;
const WORD = Uint32Array.BYTES_PER_ELEMENT;

interface Functions {
  host_processor_info(
    host: number,
    flavor: number,
    processors: Uint32Array,
    info: Uint32Array,
    words: Uint32Array,
  ): number;
  vm_deallocate(task: number, address: Reference, size: number): number;
  memcpy(target: Uint32Array, source: Reference, size: number): void;
}

/**
 * The tick counters of all processors, from `host_processor_info`. Each answer is memory of its own that the kernel
 * gives to the process; it is copied and given back at once.
 */
export class ProcessorTicks {
  /** {@link WORDS_A_PROCESSOR} words a processor: ticks in user, system, idle and nice time, each modulo 2^32. */
  ticks = new Uint32Array(0);
  /** Processors of the last read that succeeded. */
  count = 0;
  /** Why the last read failed. */
  absence: Absence = 'failed';
  readonly #host: HostPort;
  readonly #functions: Functions;
  readonly #processors = new Uint32Array(1);
  readonly #words = new Uint32Array(1);
  /** A pointer in its two halves: reading it makes no bigint. */
  readonly #address = new Uint32Array(2);

  private constructor(host: HostPort, functions: Functions) {
    this.#host = host;
    this.#functions = functions;
  }

  /** `undefined` where the library lacks what it takes. */
  static open(system: NativeLibrary): ProcessorTicks | undefined {
    const functions = system.bindAll<Functions>({
      host_processor_info: ['int', 'uint32_t', 'int', MEMORY, MEMORY, MEMORY],
      vm_deallocate: ['int', 'uint32_t', REFERENCE, 'size_t'],
      memcpy: ['void', MEMORY, REFERENCE, 'size_t'],
    });
    const host = functions && HostPort.open(system);
    return host && new ProcessorTicks(host, functions);
  }

  /** Brings {@link ticks} up to date; false where that fails. */
  read(): boolean {
    this.#address.fill(0);
    this.#words.fill(0);
    const code = this.#functions.host_processor_info(
      this.#host.port,
      CPU_LOAD_INFO,
      this.#processors,
      this.#address,
      this.#words,
    );
    if (code !== KernReturn.success) {
      this.absence = absenceOfKern(code);
      return false;
    }
    this.absence = 'failed';
    const address = (this.#address[1] ?? 0) * 2 ** 32 + (this.#address[0] ?? 0);
    if (isNull(address)) return false;
    const words = this.#words[0] ?? 0;
    try {
      return this.#take(address, this.#processors[0] ?? 0, words);
    } finally {
      this.#functions.vm_deallocate(this.#host.task, address, words * WORD);
    }
  }

  close(): void {
    this.#host.close();
  }

  #take(address: number, processors: number, words: number): boolean {
    const wanted = processors * WORDS_A_PROCESSOR;
    if (processors < 1 || processors > MAX_PROCESSORS || words < wanted) return false;
    if (this.ticks.length !== wanted) this.ticks = new Uint32Array(wanted);
    this.#functions.memcpy(this.ticks, address, wanted * WORD);
    this.count = processors;
    return true;
  }
}
