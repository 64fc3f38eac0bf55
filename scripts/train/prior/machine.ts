import type { Signal } from '../../../src/classify/signals.ts';
import type { Random } from '../random.ts';
import { bursts, positive, share, wander } from './shapes.ts';

/** The signals of a second. */
export type Second = Record<Signal, number>;

/** A machine with a desktop or services on it and nobody at work: what every workload comes on top of. */
export class Machine {
  readonly cores: number;
  readonly hasGpu: boolean;
  /** GB of GPU memory. */
  readonly vramGb: number;
  readonly powerLimit: number;
  readonly maxClock: number;
  readonly #random: Random;
  readonly #quiet: () => Second;

  constructor(random: Random, large: boolean, needsGpu: boolean) {
    this.#random = random;
    this.cores = random.pick(large ? [16, 32, 64, 128] : [2, 4, 8, 8, 12, 16, 24, 32]);
    this.hasGpu = needsGpu || random.chance(0.8);
    this.vramGb = random.pick(large ? [24, 40, 48, 80, 141] : [4, 6, 8, 8, 12, 16, 24]);
    this.powerLimit = large ? random.between(250, 700) : random.between(40, 350);
    this.maxClock = random.between(1200, 2600);
    this.#quiet = this.#background();
  }

  #background(): () => Second {
    const random = this.#random;
    const cpu = wander(random, random.scaled(0.003, 0.04), random.scaled(0.001, 0.012), 3);
    const blips = bursts(random, random.between(20, 120), 2);
    const blipHeight = random.scaled(0.01, 0.08);
    const writes = random.chance(0.4) ? random.scaled(0.02, 0.8) : 0;
    const flushes = bursts(random, random.between(5, 40), 1);
    const flush = random.scaled(0.05, 6);
    const chatter = bursts(random, random.between(5, 60), 1.5);
    const chatterHeight = random.scaled(0.005, 0.3);
    const line = random.scaled(0.0005, 0.02);
    const isDesktop = random.chance(0.7);
    const vram = isDesktop ? random.between(0.2, 1.2) : random.between(0.01, 0.5);
    const switches = random.scaled(60, 800);
    const interrupts = random.scaled(40, 600);
    const connections = random.scaled(2, 40);
    const idlePower = random.scaled(0.0005, 0.15) * this.powerLimit;
    // Some drivers tell the power and clock of an idle GPU to the last digit, others only that it sleeps.
    const powerJitter = random.scaled(0.0005, 0.05);
    const clockRest = random.pick([0, 0.1, 0.15, 0.3, 0.6]) * this.maxClock;
    const clockJitter = random.pick([0, 0, 0.003, 0.03]);
    const ram = wander(random, random.between(0.1, 0.8), 0.001, 60);
    return () => {
      const blip = blips() * blipHeight;
      const total = share(cpu() + blip);
      const write = positive(writes * random.between(0.8, 1.2) + flushes() * flush);
      const talk = chatter() * chatterHeight;
      return {
        cpu: total,
        busiestCore: share(total * 2 + random.between(0, 0.04) + blip * 3),
        busyCores: 0,
        contextSwitches: switches * random.between(0.9, 1.15) * (1 + 4 * total),
        interrupts: interrupts * random.between(0.9, 1.15) * (1 + 3 * total),
        cpuPressure: total * random.between(0, 0.05),
        ioPressure: random.chance(0.05) ? random.between(0, 0.02) : 0,
        memoryPressure: 0,
        gpu: isDesktop ? share(random.chance(0.3) ? random.between(0, 0.03) : 0) : 0,
        gpuMemory: isDesktop ? share(random.chance(0.2) ? 0.01 : 0) : 0,
        vram: vram / this.vramGb,
        vramGb: vram,
        gpuPower: idlePower * (1 + powerJitter * random.normal()),
        gpuPowerShare: (idlePower / this.powerLimit) * (1 + powerJitter * random.normal()),
        gpuClock: positive(clockRest * (1 + clockJitter * random.normal())),
        encoder: 0,
        decoder: 0,
        computeProcesses: 0,
        graphicsProcesses: isDesktop ? 3 : 0,
        pcie: random.between(0, 2),
        ram: share(ram()),
        diskRead: random.chance(0.03) ? random.scaled(0.01, 1) : 0,
        diskWrite: write,
        diskReads: random.chance(0.03) ? random.between(1, 20) : 0,
        diskWrites: write * random.between(5, 60),
        netSend: line * random.between(0.6, 1.4) + talk * random.between(0.2, 0.8),
        netReceive: line * random.between(0.6, 1.4) + talk,
        connections,
      };
    };
  }

  /** A second without work. */
  quiet(): Second {
    return this.#quiet();
  }

  /** Adds work on `load` cores; `spread` of it, 0 to 1, goes to all cores alike and the rest to single ones. */
  addCpu(second: Second, loadShare: number, isParallel: boolean): void {
    const load = share(loadShare);
    second.cpu = share(second.cpu + load);
    if (isParallel) {
      second.busiestCore = Math.max(second.busiestCore, share(load * 1.1 + 0.05));
      second.busyCores = Math.max(
        second.busyCores,
        load > 0.5 ? share(load * 1.1) : load > 0.25 ? load * 0.5 : 0,
      );
    } else {
      const busy = load * this.cores;
      second.busiestCore = Math.max(second.busiestCore, share(busy));
      second.busyCores = Math.max(second.busyCores, Math.floor(busy + 0.5) / this.cores);
    }
    second.contextSwitches *= 1 + 3 * load;
    second.cpuPressure = share(second.cpuPressure + (load > 0.7 ? (load - 0.7) * 0.8 : 0));
  }

  /** Load on `cores` cores, as a share of the machine. */
  coresShare(cores: number): number {
    return Math.min(0.98, cores / this.cores);
  }

  /** Adds load on the GPU, with the power and clock that go with it. */
  addGpu(second: Second, load: number, memoryRatio: number, powerShare: number): void {
    const busy = share(load);
    second.gpu = Math.max(second.gpu, busy);
    second.gpuMemory = Math.max(second.gpuMemory, share(busy * memoryRatio));
    second.gpuPowerShare = Math.max(second.gpuPowerShare, Math.min(1.05, powerShare));
    second.gpuPower = second.gpuPowerShare * this.powerLimit;
    if (busy > 0.005) second.gpuClock = Math.max(second.gpuClock, this.maxClock * share(0.55 + 0.45 * busy));
  }

  /** Holds the GPU's clock, as drivers do while a program computes on it. `jitter` is a share of it. */
  holdClock(second: Second, jitter: number): void {
    second.gpuClock = this.maxClock * (0.9 + jitter * this.#random.normal());
  }

  /** Takes GPU memory in all, desktop included. */
  useVram(second: Second, gb: number): void {
    second.vramGb = Math.min(this.vramGb * 0.99, Math.max(second.vramGb, gb));
    second.vram = second.vramGb / this.vramGb;
  }

  /** Adds disk traffic in MB/s, in operations of `sizeKb` KB. */
  addDisk(second: Second, read: number, write: number, sizeKb: number): void {
    second.diskRead += positive(read);
    second.diskWrite += positive(write);
    second.diskReads += (positive(read) * 1000) / sizeKb;
    second.diskWrites += (positive(write) * 1000) / sizeKb;
    second.ioPressure = share(second.ioPressure + (read + write) / 800);
    second.interrupts += (1000 * (positive(read) + positive(write))) / sizeKb / this.cores;
  }

  /** Memory that a program takes and gives back as it works: a share of the machine's, moving by about `amount`. */
  memoryOf(random: Random, amount: number): (second: Second) => void {
    const level = wander(random, 2 * amount, amount, random.between(5, 40));
    return second => {
      second.ram = share(second.ram + positive(level()));
    };
  }

  /** Adds network traffic in Mbit/s. */
  addNetwork(second: Second, send: number, receive: number): void {
    second.netSend += positive(send);
    second.netReceive += positive(receive);
    second.interrupts += ((positive(send) + positive(receive)) * 60) / this.cores;
  }
}
