import fs from 'node:fs';
import path from 'node:path';
import type { FrameWriter } from '../../../common/frame.ts';
import { ascii, ByteReader } from '../../proc/byte-reader.ts';
import { KeptFile } from '../../proc/kept-file.ts';
import { GpuRecord } from './gpu-record.ts';
import type { PciDisplay } from './pci-display.ts';
import { REST_SECONDS, RestPolicy } from './rest.ts';

const AUTO = ascii('auto');

const reader = new ByteReader(64);

/**
 * A GPU that is read from the files of its driver in the kernel: when it is read, and when it is left alone. One that
 * sleeps is not touched; one that could sleep is left alone when idle, see {@link RestPolicy}.
 */
export abstract class KernelGpu {
  readonly name: string;
  readonly record = new GpuRecord();
  protected readonly display: PciDisplay;
  /** Files that gave a value in this tick; counted by {@link readAll}. */
  protected answers = 0;
  readonly #control: KeptFile;
  readonly #rest = new RestPolicy();
  #isAsleep = false;
  #isResting = false;
  #restSeconds = 0;
  #hasSlept = false;
  #isGone = false;

  /** @param display closed with it */
  constructor(display: PciDisplay, name: string) {
    this.display = display;
    this.name = name;
    this.#control = new KeptFile(path.join(display.folder, 'power/control'), { missing: 'unsupported' });
  }

  /** Whether nothing runs on it, as far as can be told. */
  abstract get isIdle(): boolean;

  /** Makes all readings of a tick. */
  protected abstract readAll(elapsedSeconds: number): void;

  /** The time before is over in which it was not read: what was kept for comparison is of another time. */
  protected abstract startAnew(): void;

  /** A folder that is there as long as the device and its driver are. */
  protected abstract get place(): string;

  /** Whether its driver has put files there that it did not have when this was made. */
  protected abstract hasOtherFiles(): boolean;

  protected abstract closeFiles(): void;

  /** Whether it slept when it was last looked at. */
  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  /** Whether the device or its driver's files have gone, or are others than those it was opened with. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether the system may put it to sleep when nobody uses it. */
  get canSleep(): boolean {
    return this.#control.read(reader) && reader.take(AUTO);
  }

  /** Whether it is left alone so that it can fall asleep. */
  protected get isResting(): boolean {
    return this.#isResting;
  }

  /** Looks whether it sleeps, without waking it. */
  checkAsleep(): boolean {
    this.#isAsleep = this.display.isAsleep();
    return this.#isAsleep;
  }

  /**
   * Makes all readings of a tick, unless it sleeps or is left alone so that it can fall asleep.
   *
   * @param elapsedSeconds time since the last tick; NaN on the first
   */
  tick(elapsedSeconds: number): void {
    if (this.checkAsleep()) {
      this.#hasSlept = true;
      return;
    }
    if (this.#isResting && !this.#hasSlept) {
      if (elapsedSeconds > 0) this.#restSeconds += elapsedSeconds;
      if (this.#restSeconds < REST_SECONDS) return;
    }
    if (this.#isResting || this.#hasSlept) this.#endRest();
    this.answers = 0;
    this.readAll(elapsedSeconds);
    if (this.answers > 0) this.#isGone = false;
    else this.#lookAround();
    if (this.#rest.noteTick(this.isIdle && this.canSleep, elapsedSeconds)) {
      this.#isResting = true;
      this.#restSeconds = 0;
    }
  }

  /** Writes its columns into the frame: the latest readings, or why there are none. */
  publish(frame: FrameWriter): void {
    if (this.#isAsleep) this.record.publishAbsent(frame, 'asleep');
    else if (this.#isGone) this.record.publishAbsent(frame, 'failed');
    else this.record.publish(frame);
  }

  close(): void {
    this.closeFiles();
    this.#control.close();
    this.display.close();
  }

  #endRest(): void {
    this.#rest.noteRest(this.#hasSlept);
    this.#isResting = false;
    this.#hasSlept = false;
    this.startAnew();
  }

  /** Nothing could be read: it fell asleep just now, or it or its driver has gone or is another. */
  #lookAround(): void {
    if (this.checkAsleep()) {
      this.#hasSlept = true;
      return;
    }
    // Opened while the driver was still starting, it may have other files by now.
    this.#isGone = this.hasOtherFiles() || !fs.existsSync(this.place);
  }
}
