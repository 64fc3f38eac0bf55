import fs from 'node:fs';
import type { Sysroot } from '../../../sysroot.ts';

/**
 * Told of an open file of a GPU: the process, the number of the file in it, and the name of the device file.
 *
 * @returns false when the file is to be told again the next time
 */
export type DeviceFileListener = (process: string, file: string, device: string) => boolean;

/** Entries of a folder that are fetched at once. */
const BUFFER_SIZE = 64;
/** What it costs to list a process's files, in looks at a single one. */
const LISTING_COST = 6;
/** Every so many walks all files are looked at, also of processes that seem to have the same as before. */
const THOROUGH_WALK = 20;

const DEVICE_FILE = /\/dri\/((?:card|renderD)\d{1,6})$/;
const NUMBER = /^\d{1,10}$/;

/**
 * Walks over all processes in small steps and finds those that have a GPU's device file (`/dev/dri/…`) open. Only names of
 * links are looked at: nothing reaches a driver, so no GPU is woken.
 *
 * From Linux 6.2 on, the kernel tells the number of a process's open files as the size of `/proc/<pid>/fd`: the files of
 * a process whose number is as before are not listed again, save every 20th walk.
 */
export class ProcessWalk {
  /** Walks that have come to their end. */
  count = 0;
  /** Whether the files of some process may not be seen. */
  isDenied = false;
  readonly #folder: string;
  readonly #listener: DeviceFileListener;
  readonly #hasCounts: boolean;
  #processes: fs.Dir | undefined;
  #files: fs.Dir | undefined;
  #process = '';
  /** Open files by process, in this walk and in the last. */
  #counts = new Map<string, number>();
  #earlierCounts = new Map<string, number>();

  constructor(sysroot: Sysroot, listener: DeviceFileListener) {
    this.#folder = sysroot.path('/proc');
    this.#listener = listener;
    this.#hasCounts = countFiles(`${this.#folder}/self`) > 0;
  }

  get isWalking(): boolean {
    return this.#processes !== undefined;
  }

  /** Starts a walk unless one is under way. */
  begin(): void {
    this.#processes ??= openFolder(this.#folder);
  }

  /** Goes on with a walk. @param budget about how many files may be looked at */
  step(budget: number): void {
    let left = budget;
    while (left > 0 && this.#processes) {
      left -= this.#files ? this.#visitFile(this.#files) : this.#visitProcess(this.#processes);
    }
  }

  /** The files of a process are listed the next time even if it has as many as before. */
  forget(process: string): void {
    this.#counts.delete(process);
    this.#earlierCounts.delete(process);
  }

  close(): void {
    closeFolder(this.#files);
    closeFolder(this.#processes);
    this.#files = undefined;
    this.#processes = undefined;
  }

  #visitProcess(processes: fs.Dir): number {
    const name = nextName(processes);
    if (name === undefined) {
      this.#end();
      return 1;
    }
    if (!NUMBER.test(name)) return 1;
    if (this.#hasCounts) {
      const count = countFiles(`${this.#folder}/${name}`);
      this.#counts.set(name, count);
      if (count === 0 || count === this.#earlierCounts.get(name)) return 1;
    }
    this.#process = name;
    try {
      this.#files = fs.opendirSync(`${this.#folder}/${name}/fd`, { bufferSize: BUFFER_SIZE });
    } catch (error) {
      this.#noteRefusal(error);
    }
    return LISTING_COST;
  }

  #visitFile(files: fs.Dir): number {
    const name = nextName(files);
    if (name === undefined) {
      closeFolder(files);
      this.#files = undefined;
      return 1;
    }
    if (!NUMBER.test(name)) return 1;
    let target: string;
    try {
      target = fs.readlinkSync(`${this.#folder}/${this.#process}/fd/${name}`);
    } catch (error) {
      this.#noteRefusal(error);
      return 1;
    }
    const device = DEVICE_FILE.exec(target)?.[1];
    if (device !== undefined && !this.#listener(this.#process, name, device)) {
      this.forget(this.#process);
    }
    return 1;
  }

  #end(): void {
    closeFolder(this.#processes);
    this.#processes = undefined;
    this.count++;
    const counts = this.#earlierCounts;
    counts.clear();
    if (this.count % THOROUGH_WALK === 0) this.#counts.clear();
    this.#earlierCounts = this.#counts;
    this.#counts = counts;
  }

  /** A process or file that has gone meanwhile is none that may not be seen. */
  #noteRefusal(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EACCES' || code === 'EPERM') this.isDenied = true;
  }
}

/** Number of open files of a process; 0 where it cannot be told. */
function countFiles(process: string): number {
  try {
    return fs.statSync(`${process}/fd`, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

function openFolder(path: string): fs.Dir | undefined {
  try {
    return fs.opendirSync(path, { bufferSize: BUFFER_SIZE });
  } catch {
    return undefined;
  }
}

/** The next entry's name; `undefined` at the end, and when what is listed has gone. */
function nextName(folder: fs.Dir): string | undefined {
  try {
    return folder.readSync()?.name;
  } catch {
    return undefined;
  }
}

function closeFolder(folder: fs.Dir | undefined): void {
  try {
    folder?.closeSync();
  } catch {
    // It is closed either way.
  }
}
