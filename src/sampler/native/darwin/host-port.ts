import type { NativeLibrary } from './library.ts';

/** After `<mach/mach_init.h>` and `<mach/mach_port.h>`. */
interface Functions {
  mach_host_self(): number;
  mach_task_self(): number;
  mach_port_deallocate(task: number, port: number): number;
}

/**
 * The right to ask the kernel about the machine. Each call of `mach_host_self` adds a reference to it, so it is asked
 * for once and given back at the end.
 */
export class HostPort {
  readonly port: number;
  /** This process, as Mach calls that free its memory want to have it. */
  readonly task: number;
  readonly #functions: Functions;

  private constructor(functions: Functions) {
    this.#functions = functions;
    this.port = functions.mach_host_self();
    this.task = functions.mach_task_self();
  }

  /** `undefined` where the library lacks what it takes. */
  static open(system: NativeLibrary): HostPort | undefined {
    const functions = system.bindAll<Functions>({
      mach_host_self: ['uint32_t'],
      mach_task_self: ['uint32_t'],
      mach_port_deallocate: ['int', 'uint32_t', 'uint32_t'],
    });
    return functions && new HostPort(functions);
  }

  /** To be called once. */
  close(): void {
    this.#functions.mach_port_deallocate(this.task, this.port);
  }
}
