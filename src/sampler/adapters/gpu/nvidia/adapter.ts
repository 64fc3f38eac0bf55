import type { FrameWriter } from '../../../../common/frame.ts';
import type { MetricGroup } from '../../../../common/metrics.ts';
import type { Sysroot } from '../../../sysroot.ts';
import { type LoadedKoffi, loadKoffi } from '../../../native/koffi.ts';
import type {
  Adapter,
  AdapterContext,
  AdapterInfo,
  Limitation,
  SlotFinder,
  Unavailable,
} from '../../base.ts';
import { describeLimitations, describeModels } from './description.ts';
import {
  findNvidiaDisplays,
  type NvidiaDisplay,
  type NvidiaDisplays,
  watchNvidiaDisplays,
} from './displays.ts';
import { NvmlDriver } from './driver.ts';
import { NvidiaGpu, REFUSED_RETRY_TICKS } from './gpu.ts';
import { findLibrary, type LibraryPlaces, presentFiles } from './library-path.ts';
import { loadNvml } from './nvml.ts';
import type { PciWatch } from '../pci-watch.ts';
import { PcieRotation } from './pcie-rotation.ts';
import { buildMigCheck, buildReadings } from './readings.ts';
import { REST_SECONDS, RestPolicy } from '../rest.ts';
import { absenceOf, NvmlCode } from './return-code.ts';
import { SharedMemory } from './shared-memory.ts';
import {
  ASLEEP,
  BROKEN_LIBRARY,
  FOREIGN_DRIVER,
  MISSING_NAMED_LIBRARY,
  missingLibrary,
  NO_ANSWER,
  NO_GPU,
  openingFault,
  RELATIVE_LIBRARY,
} from './unavailable.ts';

/** How long the driver may take for each call while it is opened. */
const ANSWER_MS = 8_000;
/** More GPUs than any machine has: a count beyond it is nonsense. */
const MAX_GPUS = 64;
/** After how many ticks the library is asked again how many GPUs it has. */
const COUNT_TICKS = 60;

/** What the adapter takes from its surroundings; tests put something else in their place. */
export interface NvidiaOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
  readonly answerMs?: number;
  readonly loadKoffi?: () => LoadedKoffi | Unavailable;
  /** How the system’s GPUs are found that may sleep, where that is not the PCI bus of Linux. */
  readonly findDisplays?: (() => Promise<readonly NvidiaDisplay[]>) | undefined;
}

/** An {@link Adapter} whose calls may be out in a thread that never comes back. */
export interface NvidiaAdapter extends Adapter {
  /**
   * Whether a call into the driver has not come back. While it has not, `process.exit` waits for it: only a signal that
   * cannot be handled ends the process. A crash in that time is this adapter's.
   */
  readonly hasPendingCall: boolean;
  /** Whether its GPUs are its own to read: it is open, waits for the driver's answer, or for a GPU to wake up. */
  readonly hasGpus: boolean;
}

/**
 * NVIDIA GPUs through NVML, the driver's management library.
 *
 * Opening runs in a thread, so that a driver that is slow or hangs does not stop the clock; reading is synchronous. A
 * laptop's GPU that sleeps is left asleep (its `open` says so and may be repeated), and one that could sleep is left
 * alone when idle, see {@link RestPolicy}: the library is closed then, and opened again in a thread.
 *
 * GPUs that are added or removed are noticed on the PCI bus, and where there is none (WSL, Windows) by the library's
 * count of them, which only grows: one that is lost stays, and reads `failed` until it answers again.
 */
export function createNvidiaAdapter(options: NvidiaOptions = {}): NvidiaAdapter {
  return new Nvidia(options);
}

/** What reading does: nothing; reads; leaves the GPUs alone; waits for the driver to open again; says why it did not. */
type Phase = 'closed' | 'reading' | 'resting' | 'reopening' | 'refused';

class Nvidia implements NvidiaAdapter {
  readonly name = 'nvidia';
  readonly group: MetricGroup = 'gpu';
  readonly #options: Required<NvidiaOptions>;
  #displays: NvidiaDisplays | undefined;
  #driver: NvmlDriver | undefined;
  #gpus: readonly NvidiaGpu[] = [];
  #busWatch: PciWatch | undefined;
  #hasOtherDevices = false;
  #sharedMemory: SharedMemory | undefined;
  #pcie: PcieRotation | undefined;
  #rest = new RestPolicy();
  #phase: Phase = 'closed';
  /** Counts closings: what was begun before one must not go on after it. */
  #life = 0;
  #tick = 0;
  #restSeconds = 0;
  #hasSlept = false;
  #reopenAtTick = 0;
  /** Part of what `open` returned; brought up to date while reading. */
  #limitations: Limitation[] = [];
  #log: AdapterContext['log'] = () => undefined;

  constructor(options: NvidiaOptions) {
    this.#options = {
      env: options.env ?? process.env,
      platform: options.platform ?? process.platform,
      arch: options.arch ?? process.arch,
      answerMs: options.answerMs ?? ANSWER_MS,
      loadKoffi: options.loadKoffi ?? loadKoffi,
      findDisplays: options.findDisplays,
    };
  }

  get hasPendingCall(): boolean {
    return this.#driver?.hasPendingCall ?? false;
  }

  get hasOtherDevices(): boolean {
    return this.#hasOtherDevices;
  }

  get hasGpus(): boolean {
    return this.#phase !== 'closed' || this.hasPendingCall || (this.#displays?.devices.length ?? 0) > 0;
  }

  async open(context: AdapterContext): Promise<AdapterInfo | Unavailable> {
    this.#log = message => {
      context.log(message);
    };
    const outcome = await this.#open(context);
    // Displays that sleep are kept, so that looking again costs no more than reading their state.
    if (!outcome.available && outcome.reason !== 'asleep') this.close();
    return outcome;
  }

  bind(slot: SlotFinder): void {
    for (const gpu of this.#gpus) gpu.record.bind(slot, slot.firstGpu + gpu.index);
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#tick++;
    this.#hasOtherDevices ||= this.#busWatch?.hasChanged(elapsedSeconds) ?? false;
    switch (this.#phase) {
      case 'reading':
        this.#read(frame, elapsedSeconds);
        break;
      case 'resting':
        this.#watch(frame, elapsedSeconds);
        break;
      case 'reopening':
        this.#publishWithoutReading(frame);
        break;
      case 'refused':
        if (this.#publishWithoutReading(frame)) break;
        if (this.#tick >= this.#reopenAtTick && !this.hasPendingCall) void this.#reopen();
        break;
      case 'closed':
    }
  }

  close(): void {
    this.#life++;
    this.#phase = 'closed';
    this.#gpus = [];
    this.#busWatch = undefined;
    this.#hasOtherDevices = false;
    this.#pcie = undefined;
    this.#sharedMemory?.close();
    this.#driver?.stop();
    for (const device of this.#displays?.devices ?? []) device.close();
    this.#displays = undefined;
  }

  async #open({ sysroot }: AdapterContext): Promise<AdapterInfo | Unavailable> {
    const { platform, arch, env, findDisplays } = this.#options;
    const search = findLibrary({ platform, arch, env, isFixture: sysroot.isFixture });
    if (search.kind === 'relative') return RELATIVE_LIBRARY;
    // Looking for GPUs elsewhere than on Linux is worth it only where there is something to read them with.
    if (findDisplays && presentFiles(search, platform, false).length === 0) {
      return missingFile(search, platform);
    }
    if (findDisplays) this.#displays ??= { devices: await findDisplays(), foreign: 0 };
    else if (platform === 'linux') this.#lookAtBus(sysroot);
    const displays = this.#displays ?? NO_DISPLAYS;
    const reason = reasonToLeaveAlone(displays);
    if (reason) return reason;
    if (this.#driver && !(await this.#driver.settle())) return NO_ANSWER;
    const driver = this.#driver ?? this.#loadDriver(search, displays.devices.length > 0);
    if ('available' in driver) return driver;
    this.#driver = driver;
    return this.#start(sysroot, driver, displays.devices);
  }

  /** Looks which GPUs there are; again only where something has changed since. */
  #lookAtBus(sysroot: Sysroot): void {
    if (this.#displays && this.#busWatch?.hasChanged(Number.POSITIVE_INFINITY) === false) return;
    for (const device of this.#displays?.devices ?? []) device.close();
    this.#displays = findNvidiaDisplays(sysroot);
    this.#busWatch = watchNvidiaDisplays(sysroot);
  }

  #loadDriver(search: LibraryPlaces, hasHardware: boolean): NvmlDriver | Unavailable {
    const { platform, answerMs } = this.#options;
    const files = presentFiles(search, platform, hasHardware);
    const missing = missingFile(search, platform);
    if (files.length === 0) return missing;
    const native = this.#options.loadKoffi();
    if (!native.available) return native;
    const outcome = loadNvml(native.koffi, files);
    if (outcome.nvml) return new NvmlDriver(outcome.nvml, answerMs);
    return outcome.isBroken ? BROKEN_LIBRARY : missing;
  }

  /** Opens the driver and takes account of its GPUs. */
  async #start(
    sysroot: Sysroot,
    driver: NvmlDriver,
    displays: readonly NvidiaDisplay[],
  ): Promise<AdapterInfo | Unavailable> {
    const started = await driver.start();
    if (started !== NvmlCode.success) return openingFault(started, displays.length > 0);
    const count = await driver.countGpus();
    if (typeof count !== 'number') return openingFault(count.code, displays.length > 0);
    if (count === 0) return NO_GPU;
    this.#sharedMemory = new SharedMemory(sysroot, this.#options.platform);
    const readings = buildReadings(driver.nvml, this.#sharedMemory);
    const checkMig = buildMigCheck(driver.nvml);
    const gpus: NvidiaGpu[] = [];
    let firstCode: number | undefined;
    for (let index = 0; index < Math.min(count, MAX_GPUS); index++) {
      const found = await driver.inspectGpu(index);
      if (found === undefined) return NO_ANSWER;
      firstCode ??= found.code;
      const display = displays.find(({ address }) => address === found.pciAddress);
      const gpu = new NvidiaGpu(index, found.name, display, readings, checkMig);
      if (found.handle === undefined) gpu.lose(this.#tick, absenceOf(found.code));
      else gpu.acquire(found.handle);
      gpus.push(gpu);
    }
    const refused = gpus.every(gpu => gpu.handle === undefined) ? firstCode : undefined;
    if (refused !== undefined) return openingFault(refused, displays.length > 0);
    const version = await driver.readVersion();
    this.#gpus = gpus;
    this.#pcie = new PcieRotation(driver.nvml, gpus);
    this.#rest = new RestPolicy();
    this.#limitations = [];
    this.#beginReading();
    return {
      available: true,
      found: describeModels(gpus, version),
      instances: { gpu: gpus.length },
      gpus: gpus.map(({ name }) => ({ name, vendor: 'nvidia' })),
      limitations: this.#limitations,
    };
  }

  #beginReading(): void {
    this.#phase = 'reading';
    for (const gpu of this.#gpus) gpu.canSleep = gpu.display?.canSleep() ?? false;
    this.#describeLimitations();
  }

  #read(frame: FrameWriter, elapsedSeconds: number): void {
    const tick = this.#tick;
    const withoutHandle: NvidiaGpu[] = [];
    let mayRest = true;
    for (const gpu of this.#gpus) {
      const isAsleep = gpu.checkAsleep();
      if (!isAsleep) {
        if (gpu.needsHandle(tick)) withoutHandle.push(gpu);
        gpu.read(tick);
      }
      mayRest &&= gpu.canSleep && (isAsleep || gpu.isIdle);
    }
    if (withoutHandle.length > 0 && !this.hasPendingCall) void this.#acquire(withoutHandle);
    this.#pcie?.step(elapsedSeconds, tick, gpu => gpu.handle !== undefined && !gpu.checkAsleep());
    for (const gpu of this.#gpus) gpu.publish(frame);
    if (tick % REFUSED_RETRY_TICKS === 1) this.#describeLimitations();
    if (tick % COUNT_TICKS === 0 && !this.hasPendingCall) this.#recount();
    if (this.#rest.noteTick(mayRest, elapsedSeconds) && !this.hasPendingCall) this.#beginRest();
  }

  #beginRest(): void {
    this.#phase = 'resting';
    this.#restSeconds = 0;
    this.#hasSlept = false;
    for (const gpu of this.#gpus) gpu.release();
    this.#driver?.stop();
  }

  /** A tick of a rest: shows the last readings until the GPUs sleep, and opens the driver when they wake or do not sleep. */
  #watch(frame: FrameWriter, elapsedSeconds: number): void {
    if (this.#publishWithoutReading(frame)) {
      this.#hasSlept = true;
      return;
    }
    if (elapsedSeconds > 0) this.#restSeconds += elapsedSeconds;
    if ((this.#hasSlept || this.#restSeconds >= REST_SECONDS) && !this.hasPendingCall) {
      this.#rest.noteRest(this.#hasSlept);
      void this.#reopen();
    }
  }

  /** Writes the last readings, or why there are none; returns whether all GPUs sleep. */
  #publishWithoutReading(frame: FrameWriter): boolean {
    let areAsleep = true;
    for (const gpu of this.#gpus) {
      if (!gpu.checkAsleep()) areAsleep = false;
      gpu.publish(frame);
    }
    return areAsleep;
  }

  async #reopen(): Promise<void> {
    const driver = this.#driver;
    if (!driver) return;
    const life = this.#life;
    this.#phase = 'reopening';
    const code = await driver.start();
    if (code === NvmlCode.success) await this.#acquire(this.#gpus.filter(gpu => !gpu.checkAsleep()));
    if (life !== this.#life) return;
    if (code === NvmlCode.success) {
      this.#beginReading();
      return;
    }
    const { why, reason } = openingFault(code, true);
    this.#log(`opening the NVIDIA driver again: ${why}`);
    for (const gpu of this.#gpus) gpu.lose(this.#tick, reason);
    this.#reopenAtTick = this.#tick + REFUSED_RETRY_TICKS;
    this.#phase = 'refused';
  }

  /** Asks for handles, in a thread: it is the call that a GPU in trouble holds up. */
  async #acquire(gpus: readonly NvidiaGpu[]): Promise<void> {
    const driver = this.#driver;
    for (const gpu of gpus) {
      const answer = driver?.hasPendingCall === false ? await driver.getHandle(gpu.index) : undefined;
      if (answer?.handle !== undefined) gpu.acquire(answer.handle);
      else gpu.lose(this.#tick, answer?.code === undefined ? 'failed' : absenceOf(answer.code));
    }
  }

  #recount(): void {
    const count = this.#driver?.recountGpus() ?? 0;
    if (Math.min(count, MAX_GPUS) > this.#gpus.length) this.#hasOtherDevices = true;
  }

  #describeLimitations(): void {
    this.#limitations.splice(0, this.#limitations.length, ...describeLimitations(this.#gpus));
  }
}

function missingFile(search: LibraryPlaces, platform: NodeJS.Platform): Unavailable {
  return search.kind === 'named' ? MISSING_NAMED_LIBRARY : missingLibrary(platform);
}

const NO_DISPLAYS: NvidiaDisplays = { devices: [], foreign: 0 };

/** Why the driver must not be touched with these GPUs on the bus; `undefined` where it may be. */
function reasonToLeaveAlone({ devices, foreign }: NvidiaDisplays): Unavailable | undefined {
  if (devices.length === 0) return foreign > 0 ? FOREIGN_DRIVER : undefined;
  return devices.every(device => device.isAsleep()) ? ASLEEP : undefined;
}
