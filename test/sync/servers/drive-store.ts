import { createHash, randomBytes } from 'node:crypto';
import { type DriveFile, FOLDER, readQuery } from './drive-query.ts';
import { DriveError, notFound } from './drive-errors.ts';

/** Google: key and value of a property together, in UTF-8. */
const MOST_PROPERTY_BYTES = 124;
const MOST_PROPERTIES = 30;
const ROOT = 'root-of-my-drive';

/** What a file is made with. */
export interface Metadata {
  readonly id?: string;
  readonly name: string;
  readonly mimeType?: string;
  readonly parents?: readonly string[];
  readonly appProperties?: Readonly<Record<string, string>>;
}

export interface ListRequest {
  readonly query: string;
  readonly pageSize: number;
  readonly pageToken: string | undefined;
  readonly isByAge: boolean;
}

/** The files of one user of Google Drive, with the rules of Drive v3 for a program that has the scope `drive.file`. */
export class DriveStore {
  readonly #files = new Map<string, DriveFile>();
  /** Ids that were given out and not used yet. */
  readonly #offered = new Set<string>();
  readonly #pages = new Map<string, { readonly query: string; readonly from: number }>();
  readonly #now: () => number;
  /** Most files on a page, whatever is asked for: Drive may give fewer, and none. */
  mostOnPage = 1000;
  /** So many of the files made last do not show up in lists yet: Drive's search is behind. */
  unlisted = 0;
  /** Checksums are not told yet. */
  isUnchecked = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** All files with bytes that are not in the trash, by their path from the top of the drive. */
  contents(): Map<string, Buffer[]> {
    const contents = new Map<string, Buffer[]>();
    for (const file of this.#files.values()) {
      if (!file.bytes || this.isTrashed(file)) continue;
      const path = this.pathOf(file);
      contents.set(path, [...(contents.get(path) ?? []), file.bytes]);
    }
    return contents;
  }

  /** Paths of the folders that are not in the trash. */
  folders(): string[] {
    return [...this.#files.values()]
      .filter(file => file.mimeType === FOLDER && !this.isTrashed(file))
      .map(file => this.pathOf(file))
      .sort();
  }

  /** Puts a file there as the user, or another program, would. */
  put(file: Partial<DriveFile> & { readonly name: string }): DriveFile {
    const made: DriveFile = {
      id: this.#newId(),
      mimeType: FOLDER,
      parents: [ROOT],
      appProperties: {},
      createdMs: this.#now(),
      bytes: undefined,
      isTrashed: false,
      isForeign: false,
      ...file,
    };
    this.#files.set(made.id, made);
    return made;
  }

  /** The file or folder at a path, to do with it what the user would. */
  at(path: string): DriveFile {
    const found = [...this.#files.values()].find(file => !file.isForeign && this.pathOf(file) === path);
    if (!found) throw new Error(`nothing at ${path}`);
    return found;
  }

  pathOf(file: DriveFile): string {
    const parent = this.#files.get(file.parents[0] ?? '');
    return `${parent ? this.pathOf(parent) : 'My Drive'}/${file.name}`;
  }

  isTrashed(file: DriveFile): boolean {
    const parent = this.#files.get(file.parents[0] ?? '');
    return file.isTrashed || (parent !== undefined && this.isTrashed(parent));
  }

  /** The file, as far as this program may see it. */
  get(id: string): DriveFile {
    const file = this.#files.get(id);
    if (!file || file.isForeign) throw notFound(id);
    return file;
  }

  /** Deletes a file, or a folder with all that is in it. */
  delete(id: string): void {
    this.get(id);
    this.#files.delete(id);
    for (const file of [...this.#files.values()]) if (file.parents.includes(id)) this.delete(file.id);
  }

  offerIds(count: number): string[] {
    const ids = Array.from({ length: count }, () => this.#newId());
    for (const id of ids) this.#offered.add(id);
    return ids;
  }

  /** Checks what a file is to be made with, when its upload begins and when it is made. */
  check({ id, name, parents = [ROOT], appProperties = {} }: Metadata): void {
    if (name === '') throw new DriveError(400, 'invalid', 'Invalid Value');
    if (parents.length !== 1) throw new DriveError(400, 'invalid', 'A file has exactly one parent.');
    for (const parent of parents)
      if (parent !== ROOT && parent !== 'root' && this.get(parent).mimeType !== FOLDER)
        throw new DriveError(403, 'parentNotAFolder', 'The specified parent is not a folder.');
    if (Object.keys(appProperties).length > MOST_PROPERTIES)
      throw new DriveError(400, 'appPropertiesLimit', 'Too many custom properties.');
    for (const [key, value] of Object.entries(appProperties))
      if (Buffer.byteLength(key + value) > MOST_PROPERTY_BYTES)
        throw new DriveError(400, 'propertyTooLong', 'A custom property is too long.');
    if (id === undefined) return;
    if (this.#files.has(id))
      throw new DriveError(409, 'fileIdInUse', 'A file already exists with the provided ID.');
    if (!this.#offered.has(id)) throw new DriveError(400, 'invalid', 'The provided file ID is not usable.');
  }

  create(metadata: Metadata, bytes: Buffer | undefined, contentType: string): DriveFile {
    this.check(metadata);
    const {
      id = this.#newId(),
      name,
      mimeType = contentType,
      parents = ['root'],
      appProperties = {},
    } = metadata;
    this.#offered.delete(id);
    return this.put({
      id,
      name,
      mimeType,
      parents: parents.map(parent => (parent === 'root' ? ROOT : parent)),
      appProperties,
      bytes,
    });
  }

  /** A page of a list. Its token is good for the same query only. */
  list({ query, pageSize, pageToken, isByAge }: ListRequest): {
    files: DriveFile[];
    next: string | undefined;
  } {
    const test = readQuery(query, file => this.isTrashed(file));
    if (!test) throw new DriveError(400, 'invalid', 'Invalid Value');
    const page = pageToken === undefined ? { query, from: 0 } : this.#pages.get(pageToken);
    if (page?.query !== query) throw new DriveError(400, 'invalid', 'Invalid Value: pageToken');
    const all = [...this.#files.values()];
    const listed = all.slice(0, all.length - this.unlisted).filter(file => !file.isForeign && test(file));
    // Without an order, Drive gives them in any: here the newest first.
    listed.sort((a, b) => (isByAge ? a.createdMs - b.createdMs : b.createdMs - a.createdMs));
    const to = page.from + Math.min(pageSize, this.mostOnPage);
    if (to >= listed.length) return { files: listed.slice(page.from), next: undefined };
    const next = `~!!~${randomBytes(12).toString('hex')}`;
    this.#pages.set(next, { query, from: to });
    return { files: listed.slice(page.from, to), next };
  }

  #newId(): string {
    return `1${randomBytes(24).toString('base64url').replaceAll('-', '_')}`;
  }
}

/** A file as Drive tells of it; only the fields that were asked for. */
export function resourceOf(
  store: DriveStore,
  file: DriveFile,
  fields: readonly string[],
): Record<string, unknown> {
  const { id, name, mimeType, parents, appProperties, createdMs, bytes } = file;
  const all: Record<string, unknown> = {
    kind: 'drive#file',
    id,
    name,
    mimeType,
    parents,
    appProperties,
    createdTime: new Date(createdMs).toISOString(),
    trashed: store.isTrashed(file),
    ...(bytes && { size: String(bytes.length) }),
    ...(bytes && !store.isUnchecked && { md5Checksum: createHash('md5').update(bytes).digest('hex') }),
  };
  for (const field of fields)
    if (!(field in all) && field !== 'size' && field !== 'md5Checksum')
      throw new DriveError(400, 'invalidParameter', `Invalid field selection ${field}`);
  return Object.fromEntries(Object.entries(all).filter(([field]) => fields.includes(field)));
}
