import fs from 'node:fs';
import type { Absence } from '../../common/frame.ts';
import type { Sysroot } from '../sysroot.ts';
import { Backoff } from './backoff.ts';
import { ByteReader } from './byte-reader.ts';
import { KeptFile } from './kept-file.ts';

/** Ticks between two looks at whether devices have come or gone. */
const LOOK_TICKS = 60;

/** A file of `/sys` that holds one whole number. */
export interface SensorFile {
  /** As the system names it. */
  readonly path: string;
}

/** Where sensors are looked for. */
export interface SensorSearch<S extends SensorFile> {
  /** Folder with an entry for each device: it is searched again when its entries change. */
  readonly folder: string;
  /** Finds the files to read now. Does not throw. */
  readonly find: () => readonly S[];
  /** What they hold, in words that name no path: used in log messages. */
  readonly what: string;
  /** Told once when a file that was read can no longer be, and once when all can again. */
  readonly log: (message: string) => void;
}

/**
 * Files of sensors that are known by what their device calls itself, kept open and read every tick.
 *
 * The folder of a device has a number that differs from boot to boot, and that another device may have once its driver was
 * loaded anew. So a file that cannot be read is never opened again by its path: the devices are searched again, with
 * growing pauses.
 */
export class SensorFiles<S extends SensorFile> {
  /** What was found last. */
  sensors: readonly S[] = [];
  /** The number in each file of {@link sensors}; valid after a {@link read} that gave true. */
  values = new Float64Array(0);
  /** Why the last read gave nothing, `unsupported` when there are no such sensors; `undefined` after one that did. */
  absence: Absence | undefined = 'unsupported';
  /** Changes whenever files were opened: a counter is another one then. */
  generation = 0;
  readonly #sysroot: Sysroot;
  readonly #search: SensorSearch<S>;
  readonly #reader = new ByteReader(64);
  readonly #backoff = new Backoff();
  #files: readonly KeptFile[] = [];
  #entries = '';
  #ticksToLook = LOOK_TICKS;
  #isReported = false;

  constructor(sysroot: Sysroot, search: SensorSearch<S>) {
    this.#sysroot = sysroot;
    this.#search = search;
  }

  /**
   * Reads all files. Does not throw.
   *
   * @returns whether each gave a number: a part of them would be a wrong sum and a wrong maximum. {@link absence} tells why not
   */
  read(): boolean {
    if (this.#files.length === 0) {
      if (!this.#backoff.due() || !this.#open()) return false;
    } else if (--this.#ticksToLook <= 0) {
      this.#lookAgain();
      if (this.#files.length === 0) return false;
    }
    for (let i = 0; i < this.#files.length; i++) {
      const file = this.#files[i];
      if (file?.read(this.#reader) !== true) {
        this.#lose(file?.absence ?? 'failed');
        return false;
      }
      const value = this.#reader.unsigned();
      if (!(value <= Number.MAX_SAFE_INTEGER)) {
        this.absence = 'failed';
        return false;
      }
      this.values[i] = value;
    }
    this.absence = undefined;
    this.#backoff.reset();
    if (this.#isReported) this.#search.log(`${this.#search.what} can be read again`);
    this.#isReported = false;
    return true;
  }

  close(): void {
    for (const file of this.#files) file.close();
    this.#files = [];
  }

  /** Searches and opens; false when nothing is found. */
  #open(): boolean {
    this.#ticksToLook = LOOK_TICKS;
    this.#entries = this.#listEntries();
    return this.#take(this.#search.find());
  }

  #lookAgain(): void {
    this.#ticksToLook = LOOK_TICKS;
    const entries = this.#listEntries();
    if (entries === this.#entries) return;
    this.#entries = entries;
    const sensors = this.#search.find();
    const isSame =
      sensors.length === this.sensors.length &&
      sensors.every((sensor, i) => sensor.path === this.sensors[i]?.path);
    if (!isSame) this.#take(sensors);
  }

  #take(sensors: readonly S[]): boolean {
    this.close();
    this.sensors = sensors;
    this.values = new Float64Array(sensors.length);
    this.#files = sensors.map(({ path }) => new KeptFile(this.#sysroot.path(path)));
    this.generation++;
    if (sensors.length > 0) return true;
    this.absence = 'unsupported';
    this.#backoff.failed();
    return false;
  }

  #lose(absence: Absence): void {
    this.close();
    this.absence = absence;
    this.#backoff.failed();
    if (absence !== 'failed' || this.#isReported) return;
    this.#search.log(`${this.#search.what} cannot be read`);
    this.#isReported = true;
  }

  #listEntries(): string {
    try {
      return fs.readdirSync(this.#sysroot.path(this.#search.folder)).sort().join('\n');
    } catch {
      return '';
    }
  }
}
