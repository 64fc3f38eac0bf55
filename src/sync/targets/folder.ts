import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../common/faults.ts';
import { syncDirectory } from '../../runtime/sync-directory.ts';
import { RefusedFault } from './faults.ts';
import { folderFault, notThere } from './folder-fault.ts';
import { isAwaitingMount } from './mounts.ts';
import { parcelBytes } from './parcel-bytes.ts';
import { namesOf } from './parcel-path.ts';
import type { Confirmation, Parcel, SendContext, Target } from './target.ts';

export interface FolderOptions {
  /** Absolute. It is made when the folder that it is to be in exists. */
  readonly path: string;
}

/** What a send that died has left. */
const LEFTOVER = /^\.[0-9a-f]{64}\.[0-9a-f]{16}$/;
/** Longer than any send takes that is still going on. */
const LEFTOVER_MS = 3_600_000;

/**
 * A folder of a disk: a local one, one that can be unplugged, a share of a server, one that a program of a cloud keeps in step.
 * A file is written beside under a hidden name, and gets its own when the disk has it.
 */
export function folderTarget({ path: root }: FolderOptions): Target {
  return new FolderTarget(root);
}

class FolderTarget implements Target {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async send(parcel: Parcel, { signal, onProgress }: SendContext): Promise<void> {
    const names = namesOf(parcel.path);
    await guarded(signal, async () => {
      const file = path.join(this.#root, ...names);
      const folder = path.dirname(file);
      await this.#makeRoot();
      await this.#makeFolders(names.slice(0, -1));
      await tidy(folder, parcel.sha256);
      if ((await compare(file, parcel, signal)) !== 'whole') await writeWhole(file, parcel, signal);
      await syncDirectory(folder);
      onProgress?.(parcel.bytes);
    });
  }

  async confirm(parcel: Parcel, signal: AbortSignal): Promise<Confirmation> {
    const file = path.join(this.#root, ...namesOf(parcel.path));
    return guarded(signal, async () => {
      await this.#findRoot();
      return compare(file, parcel, signal);
    });
  }

  async remove(sent: string, signal: AbortSignal): Promise<void> {
    const names = namesOf(sent);
    await guarded(signal, async () => {
      if (!(await this.#findRoot())) return;
      const file = path.join(this.#root, ...names);
      await fs.rm(file, { force: true });
      let folder = path.dirname(file);
      for (let depth = names.length - 1; depth > 0 && (await removeEmpty(folder)); depth--)
        folder = path.dirname(folder);
      if (await statOf(folder)) await syncDirectory(folder);
    });
  }

  close(): void {
    // Nothing is kept open.
  }

  /**
   * Whether the folder is there.
   *
   * @throws PassingFault when what it is to be in is not there either, as when a disk is unplugged: nothing can be said then
   */
  async #findRoot(): Promise<boolean> {
    if (await isAwaitingMount(this.#root)) throw notThere();
    if (await exists(this.#root)) return true;
    const leadsNowhere = (await statOf(this.#root)) !== undefined;
    if (!leadsNowhere && (await exists(path.dirname(this.#root)))) return false;
    throw notThere();
  }

  async #makeRoot(): Promise<void> {
    if (await this.#findRoot()) return;
    try {
      await makeFolder(this.#root);
    } catch (error) {
      // Where disks are mounted, only the system makes folders: this one is of a disk that is not there.
      const isForeign = ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '');
      throw isForeign ? notThere(error) : error;
    }
  }

  async #makeFolders(names: readonly string[]): Promise<void> {
    let folder = this.#root;
    for (const name of names) {
      folder = path.join(folder, name);
      // Whoever else may write to the folder must not send what we write somewhere else.
      if ((await statOf(folder))?.isSymbolicLink() === true)
        throw new RefusedFault(
          'a link stands in the place of a folder in the upload folder',
          'Look at where it leads and move it away',
        );
      await makeFolder(folder);
    }
  }
}

/** Removes what sends have left that died: those of the same file, for there is only one at a time, and old ones. */
async function tidy(folder: string, sha256: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    if (!LEFTOVER.test(name)) continue;
    const file = path.join(folder, name);
    const isOld = async (): Promise<boolean> => {
      const stat = await statOf(file);
      return stat !== undefined && Date.now() - stat.mtimeMs > LEFTOVER_MS;
    };
    if (name.startsWith(`.${sha256}.`) || (await isOld())) await fs.rm(file, { force: true });
  }
}

async function guarded<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await act();
  } catch (error) {
    signal.throwIfAborted();
    throw folderFault(error);
  }
}

async function writeWhole(file: string, parcel: Parcel, signal: AbortSignal): Promise<void> {
  const beside = path.join(path.dirname(file), `.${parcel.sha256}.${randomBytes(8).toString('hex')}`);
  try {
    const handle = await fs.open(beside, 'wx', 0o600);
    try {
      for await (const piece of parcelBytes(parcel)) {
        signal.throwIfAborted();
        await handle.writeFile(piece);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    signal.throwIfAborted();
    await fs.rename(beside, file);
  } catch (error) {
    await fs.rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Compares what is there with what was sent, by its bytes. A damaged copy may be written over: its name says what it was to be.
 *
 * @throws RefusedFault for what is no file, and is nothing that we have put there
 */
async function compare(file: string, parcel: Parcel, signal: AbortSignal): Promise<Confirmation> {
  const stat = await statOf(file);
  if (!stat) return 'missing';
  if (!stat.isFile())
    throw new RefusedFault(
      'something that is no file has the name of a file to be sent in the upload folder',
      'Look at what is there and move it away',
    );
  if (stat.size !== parcel.bytes) return 'different';
  const hash = createHash('sha256');
  const handle = await fs.open(file, 'r');
  try {
    for await (const piece of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      hash.update(piece);
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex') === parcel.sha256 ? 'whole' : 'different';
}

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await fs.lstat(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether there is something, be it behind a link. */
async function exists(file: string): Promise<boolean> {
  try {
    await fs.stat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder, { mode: 0o700 });
    await syncDirectory(path.dirname(folder));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !(await fs.stat(folder)).isDirectory()) throw error;
  }
}

/** Removes a folder with nothing in it; says whether it is gone. */
async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await fs.rmdir(folder);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM' || code === 'EACCES') return false;
    throw error;
  }
}
