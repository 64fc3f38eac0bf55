import os from 'node:os';
import { ByteReader } from '../../../proc/byte-reader.ts';
import { KeptFile } from '../../../proc/kept-file.ts';
import { Meminfo } from '../../../proc/meminfo.ts';
import type { Sysroot } from '../../../sysroot.ts';

const KIB = 1024;

/**
 * The machine's memory, which a GPU without memory of its own uses (Jetson, GB10): the library has no answer for such a
 * one, see "Known Issues" in the user guide of NVIDIA's DGX Spark.
 */
export class SharedMemory {
  /** Bytes; NaN before the first {@link read} that succeeded. */
  total = Number.NaN;
  used = Number.NaN;
  readonly #reader = new ByteReader(4096);
  readonly #meminfo = new Meminfo();
  readonly #file: KeptFile | undefined;

  constructor(sysroot: Sysroot, platform: NodeJS.Platform) {
    this.#file = platform === 'linux' ? new KeptFile(sysroot.path('/proc/meminfo')) : undefined;
  }

  /** Reads it anew; false where it cannot be had. */
  read(): boolean {
    if (this.#file) {
      if (!this.#file.read(this.#reader)) return false;
      this.#meminfo.parse(this.#reader);
      this.total = this.#meminfo.total * KIB;
      this.used = this.total - this.#meminfo.available * KIB;
    } else {
      this.total = os.totalmem();
      this.used = this.total - os.freemem();
    }
    return this.total > 0 && this.used >= 0 && this.used <= this.total;
  }

  close(): void {
    this.#file?.close();
  }
}
