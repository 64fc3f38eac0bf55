import type { Random } from '../random.ts';
import type { Machine, Second } from './machine.ts';
import { bursts, cycle, share, steps, wander } from './shapes.ts';

/** What a program does to a machine in a second. */
export type Work = (second: Second) => void;

/** A 3D game: a GPU that works without pause and never quite evenly, some cores, and online play's even trickle. */
export function game(random: Random, machine: Machine): Work {
  const isLight = random.chance(0.3);
  const gpu = random.chance(0.35) ? 1.1 : random.between(isLight ? 0.15 : 0.4, 0.98);
  const scene = wander(random, gpu, random.between(0.02, 0.1), random.between(4, 25));
  const frame = wander(random, 0, random.between(0.005, 0.04), 1);
  // Without a GPU the processor draws: all cores that there are, as on a virtual machine.
  const isDrawnByCpu = !machine.hasGpu && machine.cores <= 8 && random.chance(0.6);
  const cpu = wander(
    random,
    isDrawnByCpu
      ? random.between(0.5, 1)
      : random.chance(0.5)
        ? machine.coresShare(random.scaled(0.5, 5))
        : random.between(isLight ? 0.04 : 0.15, isLight ? 0.2 : 0.55),
    random.between(0.015, 0.07),
    random.between(2, 15),
  );
  const ratio = random.between(0.25, 0.75);
  const vram = Math.min(machine.vramGb * random.between(0.2, 0.92), random.scaled(0.4, 14));
  const vramDrift = wander(random, 1, random.between(0.002, 0.03), 30);
  const menu = bursts(random, random.between(90, 500), random.between(5, 25));
  const load = bursts(random, random.between(60, 300), random.between(2, 8));
  const isOnline = random.chance(0.65);
  const send = random.scaled(0.02, 0.3);
  const receive = send * random.between(0.8, 5);
  const jitter = wander(random, 1, random.between(0.1, 0.35), 2);
  const isStreaming = random.chance(0.08);
  const switches = random.between(3, 15);
  const graphics = random.pick([1, 2, 3, 6, 12]);
  const mainThread = random.between(0.15, 0.95);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.01));
  return second => {
    takeMemory(second);
    const inMenu = menu() > 0 ? random.between(0.2, 0.6) : 1;
    const loading = load();
    const busy = share(share(scene()) * inMenu + frame()) * (loading > 0 ? 0.5 : 1);
    machine.addCpu(
      second,
      share(cpu() * (0.5 + 0.5 * inMenu) + loading * 0.2),
      isDrawnByCpu || machine.cores <= 4,
    );
    second.busiestCore = Math.max(second.busiestCore, share(mainThread * random.between(0.8, 1.2)));
    if (machine.hasGpu) {
      machine.addGpu(second, busy, ratio, 0.15 + busy * random.between(0.6, 0.8));
      machine.useVram(second, vram * vramDrift());
      second.graphicsProcesses += graphics;
    }
    second.contextSwitches *= switches;
    second.interrupts *= random.between(2, 3);
    if (loading > 0) machine.addDisk(second, loading * random.scaled(5, 150), 0.3, 200);
    else if (random.chance(0.06)) machine.addDisk(second, random.scaled(0.1, 8), 0, 60);
    if (isOnline) {
      const beat = Math.max(0.3, jitter());
      machine.addNetwork(
        second,
        send * beat,
        receive * beat * (random.chance(0.05) ? random.between(2, 10) : 1),
      );
    }
    if (isStreaming) {
      second.encoder = random.between(0.1, 0.4);
      machine.addNetwork(second, 6, 0);
    }
  };
}

/** A browser: pages that load in bursts of processor and download, and reading in between. */
export function browsing(random: Random, machine: Machine): Work {
  const load = bursts(random, random.between(5, 35), random.between(1.5, 4));
  const scroll = bursts(random, random.between(3, 15), random.between(1, 5));
  const base = random.scaled(0.008, 0.18);
  const height = Math.min(0.6, machine.coresShare(random.between(0.6, 3)));
  const script = wander(random, base, base * 0.4, 3);
  const page = random.scaled(0.5, 30);
  const graphics = random.scaled(0.03, 0.3);
  const lines = random.scaled(12, 120);
  const caching = random.scaled(0.1, 3);
  const chatter = random.between(0.05, 0.6);
  const takeMemory = machine.memoryOf(random, random.scaled(0.001, 0.015));
  return second => {
    takeMemory(second);
    const loading = load();
    const scrolling = scroll();
    machine.addCpu(second, Math.max(0, script()) + height * (loading + scrolling * 0.25), machine.cores <= 4);
    if (loading > 0) {
      const bytes = page * loading * random.scaled(0.15, 1.5);
      machine.addNetwork(second, bytes * random.scaled(0.02, 0.4) + 0.02, bytes);
      if (random.chance(0.5)) machine.addDisk(second, 0, random.scaled(0.1, 1) * caching, 30);
    } else if (random.chance(chatter)) {
      machine.addNetwork(second, random.scaled(0.005, 0.4), random.scaled(0.005, 0.4));
    }
    if (random.chance(0.3)) machine.addDisk(second, 0, random.scaled(0.01, 0.5) * caching, 20);
    if (random.chance(0.05)) machine.addDisk(second, random.scaled(0.05, 5), 0, 30);
    if (machine.hasGpu) {
      machine.addGpu(second, graphics * (scrolling + loading * 0.5), 0.3, 0.08 + 0.2 * graphics * scrolling);
      machine.useVram(second, 0.9);
      second.graphicsProcesses += 1;
    }
    second.connections += lines;
    second.contextSwitches *= 2 + 3 * (loading + scrolling);
  };
}

/** A film in a browser: a decoder at work and a download that fills a buffer every few seconds. */
export function film(random: Random, machine: Machine): Work {
  const usesDecoder = machine.hasGpu && random.chance(0.75);
  const cpu = wander(random, random.scaled(0.02, usesDecoder ? 0.12 : 0.35), 0.012, 2);
  const chunk = cycle(random, random.between(4, 14), random.between(0.1, 0.3));
  const size = random.scaled(4, 60);
  const decoder = wander(random, random.between(0.04, 0.35), 0.02, 3);
  const lines = random.scaled(12, 80);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.008));
  return second => {
    takeMemory(second);
    machine.addCpu(second, Math.max(0.005, cpu()), true);
    const filling = chunk();
    const rate = filling * size * random.between(0.5, 1.3);
    machine.addNetwork(second, 0.01 + rate * 0.02, rate);
    if (machine.hasGpu) {
      machine.addGpu(second, random.between(0.05, 0.25), 0.3, 0.15);
      machine.useVram(second, 1);
      second.graphicsProcesses += 1;
    }
    if (usesDecoder) second.decoder = share(Math.max(0.02, decoder()));
    second.connections += lines;
    second.contextSwitches *= 4;
  };
}

/** Nobody at work. */
export function nobody(): Work {
  return () => undefined;
}

/** Writing in a word processor or a spreadsheet: small, even flickers of one core, a save now and then. */
export function writing(random: Random, machine: Machine): Work {
  const typing = bursts(random, random.between(3, 20), random.between(4, 25));
  const cpu = machine.coresShare(random.scaled(0.04, 0.35));
  const recalculation = bursts(random, random.between(40, 200), 2);
  const save = bursts(random, random.between(30, 150), 1);
  const graphics = random.scaled(0.01, 0.08);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0003, 0.004));
  return second => {
    takeMemory(second);
    const keys = typing();
    const work = recalculation();
    const saving = save();
    const load =
      keys * cpu * random.between(0.5, 1.2) + machine.coresShare(0.7) * Math.max(work, saving * 0.6);
    machine.addCpu(second, load, false);
    if (saving > 0) machine.addDisk(second, 0, random.scaled(0.2, 5), 40);
    if (machine.hasGpu) {
      machine.addGpu(second, (0.4 + keys) * graphics, 0.3, 0.08);
      second.graphicsProcesses += 1;
    }
    second.contextSwitches *= 1 + 2 * keys;
    second.interrupts *= 1 + keys;
  };
}

/** A drawing or photo program: strokes, then filters over all cores, pictures that come and go in memory. */
export function drawing(random: Random, machine: Machine): Work {
  const strokes = bursts(random, random.between(2, 10), random.between(2, 8));
  const filter = bursts(random, random.between(8, 45), random.between(2, 8));
  const isParallel = random.chance(0.6);
  const strokeCores = random.between(0.2, 0.9);
  const picture = steps(random, 0, random.between(0.01, 0.08), random.between(20, 60));
  const usesGpu = machine.hasGpu && random.chance(0.6);
  const file = bursts(random, random.between(40, 150), random.between(1, 4));
  const fileRate = random.scaled(5, 150);
  const takeMemory = machine.memoryOf(random, random.scaled(0.001, 0.01));
  return second => {
    takeMemory(second);
    const stroke = strokes();
    const filtering = filter();
    machine.addCpu(second, stroke * machine.coresShare(strokeCores), false);
    if (filtering > 0) {
      machine.addCpu(
        second,
        isParallel ? filtering * random.between(0.5, 0.95) : machine.coresShare(0.97),
        isParallel,
      );
    }
    if (usesGpu) {
      machine.addGpu(
        second,
        stroke * random.between(0.05, 0.3) + filtering * random.between(0.1, 0.6),
        0.5,
        0.1 + 0.3 * filtering,
      );
      machine.useVram(second, 1.2 + 20 * picture());
    }
    if (machine.hasGpu) second.graphicsProcesses += 1;
    second.ram = share(second.ram + picture());
    const saving = file();
    if (saving > 0) machine.addDisk(second, random.chance(0.4) ? fileRate : 0, fileRate * saving, 200);
    second.contextSwitches *= 1.5 + stroke;
  };
}

/** A CAD or modelling program: bursts of one core and the GPU together while the model is turned, rebuilds on one core. */
export function modelling(random: Random, machine: Machine): Work {
  const turn = bursts(random, random.between(3, 15), random.between(2, 10));
  const rebuild = bursts(random, random.between(15, 90), random.between(2, 20));
  const rest = random.between(0, 0.06);
  const gpuHeight = random.between(0.2, 0.85);
  const vram = random.scaled(0.7, 5);
  const isSoftware = !machine.hasGpu;
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.008));
  return second => {
    takeMemory(second);
    const turning = turn();
    const rebuilding = rebuild();
    machine.addCpu(
      second,
      isSoftware
        ? turning * random.between(0.4, 0.9)
        : machine.coresShare(0.2 + 0.9 * turning) * (turning > 0 ? 1 : 0.1),
      isSoftware,
    );
    if (rebuilding > 0) machine.addCpu(second, machine.coresShare(random.between(0.95, 1.1)), false);
    if (machine.hasGpu) {
      machine.addGpu(
        second,
        rest + gpuHeight * turning * random.between(0.8, 1.1),
        0.4,
        0.12 + 0.5 * gpuHeight * turning,
      );
      machine.useVram(second, vram);
      second.graphicsProcesses += 2;
    }
    second.contextSwitches *= 1.5 + 2 * turning;
  };
}
