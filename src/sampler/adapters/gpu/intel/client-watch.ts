import fs from 'node:fs';
import type { Sysroot } from '../../../sysroot.ts';
import { GpuClients } from './gpu-clients.ts';
import { ProcessWalk } from './process-walk.ts';

/** The system's own process namespace: `PROC_PID_INIT_INO` of Linux, `include/linux/proc_ns.h`. */
const SYSTEM_NAMESPACE = 'pid:[4026531836]';

/** How often a walk over all processes begins, unless the last one takes longer. */
const WALK_SECONDS = 15;
/** Files that are looked at in one tick; each takes 3 to 5 µs. */
const FILES_PER_TICK = 100;
/** Files that are looked at while the adapter is opened, before others get their turn. */
const FILES_PER_TURN = 400;
/** How long the first walk may take while the adapter is opened; the rest of it is done in ticks. */
const OPENING_MS = 5_000;

/**
 * Finds the programs that have GPUs open. Looking for them is spread over ticks; what they do is read from the files that
 * were found, which stay open.
 */
export class ClientWatch {
  /**
   * Whether all processes of the system may be looked at: those who may look into the first one may look into all, provided
   * that it is the system's own first one and not a container's.
   */
  readonly #maySeeAll: boolean;
  readonly #sysroot: Sysroot;
  readonly #walk: ProcessWalk;
  readonly #gpus: { readonly clients: GpuClients; readonly mayTouch: () => boolean }[] = [];
  #secondsToWalk = 0;
  #isClosed = false;

  constructor(sysroot: Sysroot) {
    this.#sysroot = sysroot;
    this.#maySeeAll = maySeeAll(sysroot);
    this.#walk = new ProcessWalk(sysroot, (process, file, device) => this.#note(process, file, device));
  }

  /** Whether the clients of all processes are known. */
  get isComplete(): boolean {
    return this.#maySeeAll && !this.#walk.isDenied && this.#walk.count > 0;
  }

  /** Whether all processes may be looked at, as far as is known. */
  get maySeeAll(): boolean {
    return this.#maySeeAll && !this.#walk.isDenied;
  }

  /** Whether all processes that may be looked at have been. */
  get hasWalked(): boolean {
    return this.#walk.count > 0;
  }

  /**
   * Begins to look for the clients of a GPU.
   *
   * @param devices names of its device files
   * @param pdev its place on the PCI bus
   * @param mayTouch whether reading its clients wakes nothing: asked before each
   */
  add(devices: readonly string[], pdev: string, mayTouch: () => boolean): GpuClients {
    const clients = new GpuClients(devices, pdev, process => {
      this.#walk.forget(process);
    });
    this.#gpus.push({ clients, mayTouch });
    return clients;
  }

  /** Looks at all processes once, giving way to others in between; returns when done or when it takes too long. */
  async lookAround(): Promise<void> {
    const deadline = performance.now() + OPENING_MS;
    this.#begin();
    while (this.#walk.isWalking && !this.#isClosed && performance.now() < deadline) {
      this.#walk.step(FILES_PER_TURN);
      await new Promise<void>(resolve => setImmediate(resolve));
    }
  }

  /**
   * Goes on looking, a few processes a tick.
   *
   * @param elapsedSeconds time since the last tick; NaN on the first
   */
  tick(elapsedSeconds: number): void {
    if (elapsedSeconds > 0) this.#secondsToWalk -= elapsedSeconds;
    if (!this.#walk.isWalking && this.#secondsToWalk <= 0) this.#begin();
    this.#walk.step(FILES_PER_TICK);
  }

  close(): void {
    this.#isClosed = true;
    this.#walk.close();
    for (const { clients } of this.#gpus) clients.close();
  }

  #begin(): void {
    this.#secondsToWalk = WALK_SECONDS;
    this.#walk.begin();
  }

  #note(process: string, file: string, device: string): boolean {
    for (const { clients, mayTouch } of this.#gpus) {
      if (!clients.owns(device)) continue;
      if (!mayTouch()) return false;
      clients.note(process, file, this.#sysroot.path(`/proc/${process}/fdinfo/${file}`));
    }
    return true;
  }
}

function maySeeAll(sysroot: Sysroot): boolean {
  try {
    // Both need the rights to trace the process, listing its files also those to read any folder.
    return (
      fs.readlinkSync(sysroot.path('/proc/1/ns/pid')) === SYSTEM_NAMESPACE &&
      fs.existsSync(`${sysroot.path('/proc/1/fd')}/.`)
    );
  } catch {
    return false;
  }
}
