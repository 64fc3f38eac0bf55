import fs from 'node:fs';
import type { Absence } from '../../common/frame.ts';
import type { ByteReader } from '../proc/byte-reader.ts';
import { KeptFile } from '../proc/kept-file.ts';
import type { Sysroot } from '../sysroot.ts';

/**
 * A file of a cgroup's directory, kept open. Unlike other files it is looked for whenever it is asked: it comes and goes
 * with its controller, which can be switched on and off in a cgroup at any time.
 */
export class LimitFile {
  readonly #path: string;
  readonly #file: KeptFile;
  #isOpen = false;
  #isMissing = true;

  /** @param path absolute path of the system */
  constructor(sysroot: Sysroot, path: string) {
    this.#path = sysroot.path(path);
    this.#file = new KeptFile(this.#path, { missing: 'unsupported' });
  }

  /** Why the last read gave nothing: `unsupported` where there is no such file. */
  get absence(): Absence {
    return this.#isMissing ? 'unsupported' : this.#file.absence;
  }

  /** Reads the whole content into `into` and rewinds it; false when there is nothing to read. Does not throw. */
  read(into: ByteReader): boolean {
    // Most cgroups lack most files, and an error that is thrown and caught costs ten times the question.
    this.#isMissing = !this.#isOpen && !fs.existsSync(this.#path);
    if (this.#isMissing) return false;
    this.#file.retryNow();
    this.#isOpen = this.#file.read(into);
    return this.#isOpen;
  }

  close(): void {
    this.#isOpen = false;
    this.#file.close();
  }
}
