import path from 'node:path';
import type { Disk, OpenFile } from '../../../src/sync/disk.ts';
import type { Random } from './random.ts';

/** The process has died, or the power has failed: nothing that it does has any effect from now on. */
export class CrashError extends Error {
  override readonly name = 'CrashError';
}

/** A system's error, as Node makes it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

class FileNode {
  /** What programs see. */
  current: Buffer = Buffer.alloc(0);
  /** What the disk has for sure. */
  durable: Buffer = Buffer.alloc(0);
}

type Change =
  | { readonly kind: 'set'; readonly name: string; readonly node: Node }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly node: Node };

class FolderNode {
  current = new Map<string, Node>();
  durable = new Map<string, Node>();
  /** Since the folder was last synced. */
  changes: Change[] = [];

  change(change: Change): void {
    apply(this.current, change);
    this.changes.push(change);
  }
}

type Node = FileNode | FolderNode;

function apply(names: Map<string, Node>, change: Change): void {
  if (change.kind === 'rename') names.delete(change.from);
  if (change.kind === 'delete') names.delete(change.name);
  else names.set(change.kind === 'rename' ? change.to : change.name, change.node);
}

/** What goes wrong with a disk, by the number of the operation since {@link MemoryDisk.expect} was called, from 0. */
export interface DiskFaults {
  /** At which it ends for good. */
  readonly crashAt?: number;
  /** At which it fails, and goes on with the next. */
  readonly failAt?: ReadonlyMap<number, string>;
  /** From which on nothing more can be written, and until when. */
  readonly full?: { readonly from: number; readonly to: number };
}

/**
 * A disk in memory that does what POSIX promises and no more: content is safe once its file, a name once its folder has been
 * synced. After a power cut, what was not synced is there, or not, or in part.
 */
export class MemoryDisk implements Disk {
  /** Operations so far, since {@link expect} was called. */
  operations = 0;
  readonly #root: FolderNode;
  readonly #onSyncFile: (file: string) => void;
  #faults: DiskFaults = {};
  #hasCrashed = false;

  /** @param onSyncFile told of the files of others that are synced */
  constructor(onSyncFile: (file: string) => void = () => undefined, root = new FolderNode()) {
    this.#onSyncFile = onSyncFile;
    this.#root = root;
  }

  expect(faults: DiskFaults): void {
    this.operations = 0;
    this.#faults = faults;
  }

  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /** What the next process finds when this one was killed: all that it did. */
  afterKill(): MemoryDisk {
    this.#hasCrashed = true;
    return new MemoryDisk(this.#onSyncFile, this.#root);
  }

  /** What is found after a power cut. */
  afterPowerCut(random: Random): MemoryDisk {
    this.#hasCrashed = true;
    return new MemoryDisk(this.#onSyncFile, settled(this.#root, random));
  }

  /** All files with their bytes, as programs see them. */
  files(): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    const visit = (folder: FolderNode, at: string): void => {
      for (const [name, node] of folder.current) {
        const where = path.join(at, name);
        if (node instanceof FolderNode) visit(node, where);
        else found.set(where, node.current);
      }
    };
    visit(this.#root, '/');
    return found;
  }

  /** Changes a file behind everybody's back, safely. */
  tamper(file: string, bytes: Buffer | undefined): void {
    const folder = this.#folder(path.dirname(file));
    const node = folder.current.get(path.basename(file));
    if (!(node instanceof FileNode)) throw systemError('ENOENT');
    if (bytes === undefined) {
      folder.current.delete(path.basename(file));
      folder.durable.delete(path.basename(file));
    } else {
      node.current = bytes;
      node.durable = bytes;
    }
  }

  async makeFolder(folder: string): Promise<void> {
    await this.#step('write');
    let at = this.#root;
    for (const name of folder.split('/').filter(part => part !== '')) {
      let next = at.current.get(name);
      if (!next) {
        next = new FolderNode();
        at.change({ kind: 'set', name, node: next });
      }
      if (!(next instanceof FolderNode)) throw systemError('ENOTDIR');
      at = next;
    }
  }

  async list(folder: string): Promise<string[]> {
    await this.#step('read');
    try {
      return [...this.#folder(folder).current.keys()];
    } catch {
      return [];
    }
  }

  async sizeOf(file: string): Promise<number | undefined> {
    await this.#step('read');
    return this.#find(file)?.current.length;
  }

  async *read(file: string, from = 0, to?: number): AsyncIterable<Uint8Array> {
    await this.#step('read');
    const node = this.#find(file);
    if (!node) throw systemError('ENOENT');
    const bytes = node.current.subarray(from, to);
    // In two pieces, so that readers meet more than one.
    const half = Math.ceil(bytes.length / 2);
    if (half > 0) yield Buffer.from(bytes.subarray(0, half));
    if (bytes.length > half) {
      await this.#step('read');
      yield Buffer.from(bytes.subarray(half));
    }
  }

  async create(file: string): Promise<OpenFile> {
    await this.#step('write');
    const folder = this.#folder(path.dirname(file));
    const name = path.basename(file);
    if (folder.current.has(name)) throw systemError('EEXIST');
    const node = new FileNode();
    folder.change({ kind: 'set', name, node });
    return this.#opened(node);
  }

  async open(file: string): Promise<OpenFile> {
    await this.#step('read');
    const node = this.#find(file);
    if (!node) throw systemError('ENOENT');
    return this.#opened(node);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step('write');
    const folder = this.#folder(path.dirname(from));
    const node = folder.current.get(path.basename(from));
    if (!node) throw systemError('ENOENT');
    if (path.dirname(from) !== path.dirname(to)) throw systemError('EXDEV');
    folder.change({ kind: 'rename', from: path.basename(from), to: path.basename(to), node });
  }

  async remove(file: string): Promise<void> {
    await this.#step('other');
    let folder: FolderNode;
    try {
      folder = this.#folder(path.dirname(file));
    } catch {
      return;
    }
    const name = path.basename(file);
    if (folder.current.has(name)) folder.change({ kind: 'delete', name });
  }

  async syncFile(file: string): Promise<void> {
    await this.#step('other');
    const node = this.#find(file);
    if (node) node.durable = node.current;
    else this.#onSyncFile(file);
  }

  async syncFolder(folder: string): Promise<void> {
    await this.#step('other');
    const node = this.#folder(folder);
    node.durable = new Map(node.current);
    node.changes = [];
  }

  #opened(node: FileNode): OpenFile {
    const put = (bytes: Uint8Array, at: number): void => {
      if (bytes.length === 0) return;
      const next = Buffer.alloc(Math.max(node.current.length, at + bytes.length));
      node.current.copy(next);
      next.set(bytes, at);
      node.current = next;
    };
    return {
      write: async (bytes, at) => {
        try {
          await this.#step('write');
        } catch (error) {
          // What fails in the middle has written something.
          put(bytes.subarray(0, bytes.length >> 1), at);
          throw error;
        }
        put(bytes, at);
      },
      sync: async () => {
        await this.#step('other');
        node.durable = node.current;
      },
      close: async () => {
        await this.#step('other');
      },
    };
  }

  #folder(folder: string): FolderNode {
    let at = this.#root;
    for (const name of folder.split('/').filter(part => part !== '')) {
      const next = at.current.get(name);
      if (!(next instanceof FolderNode)) throw systemError('ENOENT');
      at = next;
    }
    return at;
  }

  #find(file: string): FileNode | undefined {
    try {
      const node = this.#folder(path.dirname(file)).current.get(path.basename(file));
      return node instanceof FileNode ? node : undefined;
    } catch {
      return undefined;
    }
  }

  async #step(kind: 'read' | 'write' | 'other'): Promise<void> {
    // Others get a turn, as with a real disk.
    await Promise.resolve();
    if (this.#hasCrashed) throw new CrashError('it has crashed');
    const operation = this.operations++;
    const { crashAt, failAt, full } = this.#faults;
    if (operation === crashAt) {
      this.#hasCrashed = true;
      throw new CrashError(`crash at operation ${operation}`);
    }
    const code = failAt?.get(operation);
    if (code !== undefined) throw systemError(code);
    if (kind === 'write' && full && operation >= full.from && operation < full.to)
      throw systemError('ENOSPC');
  }
}

/** What is left of a folder and all below it after a power cut. */
function settled(folder: FolderNode, random: Random): FolderNode {
  const names = new Map(folder.durable);
  // A journaling file system keeps the order of changes to names: some of the first have happened.
  const happened = random.pick([0, folder.changes.length, random.whole(0, folder.changes.length)]);
  for (const change of folder.changes.slice(0, happened)) apply(names, change);
  const left = new FolderNode();
  for (const [name, node] of names)
    left.current.set(name, node instanceof FolderNode ? settled(node, random) : settledFile(node, random));
  left.durable = new Map(left.current);
  return left;
}

function settledFile({ current, durable }: FileNode, random: Random): FileNode {
  const left = new FileNode();
  left.current = left.durable = current === durable ? durable : settledContent(current, durable, random);
  return left;
}

function settledContent(current: Buffer, durable: Buffer, random: Random): Buffer {
  switch (random.below(4)) {
    case 0:
      return durable;
    case 1:
      return current;
    case 2: {
      // The first part has been written, and the length is still the old one or already the new.
      const written = random.whole(0, current.length);
      const torn = Buffer.alloc(random.chance(0.5) ? Math.max(written, durable.length) : current.length);
      durable.copy(torn);
      current.copy(torn, 0, 0, Math.min(written, torn.length));
      return torn;
    }
    default: {
      // The length is the new one, and what was added is zeros.
      const torn = Buffer.alloc(current.length);
      durable.copy(torn, 0, 0, Math.min(durable.length, torn.length));
      return torn;
    }
  }
}
