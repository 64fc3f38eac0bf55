import { ascii } from '../../../proc/byte-reader.ts';
import { DrmClient } from './drm-client.ts';
import { Engine, ENGINES } from './fdinfo.ts';

/** More than this are not kept open; the load is then not known. */
const MAX_CLIENTS = 512;

/** The open device files of one GPU that may be seen, and the load they make. */
export class GpuClients {
  /** Share of time in which the busiest kind of engine worked, percent; NaN when it is not known. */
  utilization = Number.NaN;
  /** Share of time in which the video engines worked, percent; NaN when it is not known. */
  video = Number.NaN;
  /** Whether the kernel or its driver does not tell the work of some client. */
  hasUntold = false;
  readonly #devices: ReadonlySet<string>;
  readonly #pdev: Uint8Array;
  readonly #onGone: (process: string) => void;
  readonly #clients = new Map<number, DrmClient>();
  /** Clients by process and number of the file in it. */
  readonly #files = new Map<string, DrmClient>();
  readonly #shares = new Float64Array(ENGINES);
  #hasEarlier = false;

  /**
   * @param devices names of the GPU's device files: `card1`, `renderD128`
   * @param pdev the GPU's place on the PCI bus as the kernel writes it: `0000:03:00.0`
   * @param onGone told of a process that has closed a file of which note was taken
   */
  constructor(devices: readonly string[], pdev: string, onGone: (process: string) => void) {
    this.#devices = new Set(devices);
    this.#pdev = ascii(pdev);
    this.#onGone = onGone;
  }

  /** Clients that are known now. */
  get count(): number {
    return this.#clients.size;
  }

  owns(device: string): boolean {
    return this.#devices.has(device);
  }

  /**
   * Takes note of an open device file. Several of the same client count once.
   *
   * @param file its number in the process
   * @param path its `fdinfo`
   */
  note(process: string, file: string, path: string): void {
    const key = `${process}/${file}`;
    if (this.#files.has(key)) return;
    const client = new DrmClient(path, this.#pdev);
    const known = this.#clients.get(client.id);
    if (known || !client.isFound) {
      client.close();
      if (known) this.#files.set(key, known);
      // A kernel that knows no clients, and one that is gone already, look the same: the latter does no harm.
      else if (Number.isNaN(client.id) && client.wasRead) this.hasUntold = true;
      return;
    }
    if (this.#clients.size >= MAX_CLIENTS) {
      client.close();
      this.hasUntold = true;
      return;
    }
    this.hasUntold ||= !client.times.hasWork;
    this.#clients.set(client.id, client);
    this.#files.set(key, client);
  }

  /**
   * Reads all clients. Does not throw.
   *
   * @param elapsedSeconds time since the last reading; NaN on the first
   */
  read(elapsedSeconds: number): void {
    this.#shares.fill(0);
    let isTold = true;
    for (const client of this.#clients.values()) {
      const outcome = client.addShares(this.#shares, elapsedSeconds);
      if (outcome === 'gone') this.#drop(client);
      else if (outcome === 'failed') isTold = false;
    }
    const isComplete = isTold && this.#hasEarlier && elapsedSeconds > 0;
    this.#hasEarlier = true;
    if (!isTold) this.forget();
    this.utilization = isComplete ? percent(Math.max(...this.#shares)) : Number.NaN;
    this.video = isComplete ? percent(this.#shares[Engine.video] ?? Number.NaN) : Number.NaN;
  }

  /** The next reading has nothing to compare with: there was none for a while. */
  forget(): void {
    this.#hasEarlier = false;
    this.utilization = Number.NaN;
    this.video = Number.NaN;
    for (const client of this.#clients.values()) client.forget();
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
    this.#files.clear();
  }

  #drop(client: DrmClient): void {
    client.close();
    this.#clients.delete(client.id);
    for (const [key, owner] of this.#files) {
      if (owner !== client) continue;
      this.#files.delete(key);
      this.#onGone(key.slice(0, key.indexOf('/')));
    }
  }
}

/** Readings are not taken at the very same moment of each tick, so a sum may come out a little above the whole. */
function percent(share: number): number {
  return Number.isFinite(share) ? Math.min(share, 1) * 100 : Number.NaN;
}
