import { createHash } from 'node:crypto';
import { type DriveApi, FOLDER, MARK } from './drive-api.ts';
import { driveFault } from './drive-fault.ts';

/** The folder that something was to be put in is not there any more. */
export class FolderGoneError extends Error {
  override readonly name = 'FolderGoneError';
}

/**
 * What stands for a path in Drive, where names are not unique and the user may rename and move what is ours: a hash of it, as
 * a property that only this program sees.
 */
export function markOf(kind: 'file' | 'folder', folderName: string, path: string): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, folderName, path]))
    .digest('hex');
}

/** The folders of a target, found or made. */
export class DriveFolders {
  readonly #api: DriveApi;
  readonly #name: string;
  readonly #ids = new Map<string, string>();
  /** Ids of folders that were asked for and may have been made. */
  readonly #asked = new Map<string, string>();

  constructor(api: DriveApi, name: string) {
    this.#api = api;
    this.#name = name;
  }

  /**
   * The id of a folder, made when it is not there; with those above it.
   *
   * @param path below the target's own folder, which is the empty path
   * @throws FolderGoneError when one above it has just gone
   */
  async idOf(path: string, signal: AbortSignal): Promise<string> {
    const known = this.#ids.get(path);
    if (known !== undefined) return known;
    const mark = markOf('folder', this.#name, path);
    // Of several that were made at the same time, everybody takes the oldest.
    const [oldest] = await this.#api.list(mark, signal);
    const id = oldest?.id ?? (await this.#make(path, mark, signal));
    this.#ids.set(path, id);
    return id;
  }

  /** Looks for all of them again. */
  forget(): void {
    this.#ids.clear();
  }

  async #make(path: string, mark: string, signal: AbortSignal): Promise<string> {
    const parents = path === '' ? undefined : [await this.idOf(parentOf(path), signal)];
    const id = this.#asked.get(path) ?? (await this.#api.takeId(signal));
    this.#asked.set(path, id);
    const name = path === '' ? this.#name : nameOf(path);
    const metadata = { id, name, mimeType: FOLDER, appProperties: { [MARK]: mark } };
    const reply = await this.#api.createFolder({ ...metadata, ...(parents && { parents }) }, signal);
    if (reply.status === 404) throw new FolderGoneError();
    // 409: it was made, and the answer did not arrive.
    if (reply.status !== 200 && reply.status !== 409) throw driveFault(reply);
    this.#asked.delete(path);
    return id;
  }
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The empty path for what is at the top. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
