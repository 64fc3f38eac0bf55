import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../common/faults.ts';

/** Codes by which a file system says that it has no hard links. */
const WITHOUT_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * A file that is there when it is complete, and not before: it is written beside, under a hidden name, and put in its place
 * at the end, where nothing is overwritten. Its permissions are the user's alone.
 */
export class NewFile {
  readonly #file: string;
  readonly #beside: string;
  readonly #descriptor: number;
  #isOpen = true;

  /** @throws the system's error when it cannot be made; EEXIST when there is one already */
  constructor(file: string) {
    if (fs.lstatSync(file, { throwIfNoEntry: false }))
      throw Object.assign(new Error('exists already'), { code: 'EEXIST' });
    this.#file = file;
    this.#beside = path.join(
      path.dirname(file),
      `.${path.basename(file).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`,
    );
    this.#descriptor = fs.openSync(this.#beside, 'wx', 0o600);
  }

  /** @throws the system's error */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += fs.writeSync(this.#descriptor, bytes, at);
  }

  /** Puts it in its place. @throws the system's error; EEXIST when there is one by now */
  complete(): void {
    fs.fsyncSync(this.#descriptor);
    this.#close();
    try {
      fs.linkSync(this.#beside, this.#file);
    } catch (error) {
      if (!WITHOUT_LINKS.has(codeOf(error) ?? '')) throw error;
      fs.copyFileSync(this.#beside, this.#file, fs.constants.COPYFILE_EXCL);
    }
    fs.rmSync(this.#beside, { force: true });
  }

  /** Removes what there is of it, unless it is complete. */
  discard(): void {
    this.#close();
    fs.rmSync(this.#beside, { force: true });
  }

  #close(): void {
    if (this.#isOpen) fs.closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}
