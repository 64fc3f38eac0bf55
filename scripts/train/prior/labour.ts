import type { Random } from '../random.ts';
import type { Machine } from './machine.ts';
import type { Work } from './play.ts';
import { bursts, cycle, share, wander } from './shapes.ts';

/** Training that keeps a GPU full: even load, memory that does not move, power near the limit. */
export function fullTraining(random: Random, machine: Machine): Work {
  const gpu = wander(random, random.between(0.86, 1.02), random.between(0.002, 0.05), 4);
  const ratio = random.between(0.2, 0.9);
  const power = random.between(0.55, 1);
  const vram = machine.vramGb * random.between(0.2, 0.98);
  const pause = bursts(random, random.between(40, 300), random.between(2, 8));
  const feeders = machine.coresShare(random.scaled(0.9, 8));
  const feeding = wander(random, feeders, feeders * random.between(0.02, 0.2), 3);
  const reading = random.chance(0.5) ? random.scaled(0.1, 150) : 0;
  const compute = random.pick([1, 1, 1, 2, 4, 8]);
  const jitter = random.pick([0, 0, 0.005, 0.02]);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.01));
  return second => {
    takeMemory(second);
    const isPaused = pause() > 0;
    machine.addCpu(second, Math.max(0, feeding()), false);
    second.busiestCore = Math.max(second.busiestCore, random.between(0.85, 1));
    machine.addGpu(
      second,
      isPaused ? random.between(0, 0.4) : gpu(),
      ratio,
      isPaused ? 0.3 : power * random.between(0.96, 1.02),
    );
    machine.holdClock(second, jitter);
    machine.useVram(second, vram);
    second.computeProcesses += compute;
    if (reading > 0) machine.addDisk(second, reading * random.between(0.3, 1.6), 0, 250);
    if (isPaused && random.chance(0.4)) machine.addDisk(second, 0, random.scaled(20, 800), 500);
    second.contextSwitches *= random.between(1.2, 2);
    second.pcie += random.scaled(50, 4000);
  };
}

/** Training that waits for data or for other GPUs: the GPU is busy for a part of each step. */
export function waitingTraining(random: Random, machine: Machine): Work {
  const isStepped = random.chance(0.5);
  const level = random.between(0.12, 0.7);
  const restPower = random.between(0.15, 0.35);
  const swing = random.between(0.5, 1);
  const even = wander(random, level, level * random.between(0.03, 0.35), random.between(1, 4));
  const step = cycle(random, random.between(3, 30), random.between(0.2, 0.6));
  const ratio = random.between(0.3, 0.65);
  const vram = machine.vramGb * random.between(0.15, 0.95);
  const feeders = machine.coresShare(random.scaled(1, 12));
  const reading = random.chance(0.6) ? random.scaled(0.5, 150) : 0;
  const compute = random.pick([1, 1, 2, 4]);
  const pause = bursts(random, random.between(60, 400), random.between(3, 15));
  const sleeps = random.chance(0.25)
    ? bursts(random, random.between(5, 30), random.between(5, 40))
    : undefined;
  const jitter = random.pick([0, 0, 0.005, 0.02]);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.02));
  return second => {
    takeMemory(second);
    const isAsleep = sleeps !== undefined && sleeps() === 0;
    let gpu = isStepped ? step() * random.between(0.6, 1) : even();
    if (pause() > 0) gpu *= random.between(0, 0.5);
    if (isAsleep) gpu = random.chance(0.2) ? random.between(0, 0.1) : 0;
    machine.addCpu(second, feeders * random.between(0.85, 1.1), false);
    machine.addGpu(
      second,
      gpu,
      ratio,
      restPower + (1 - restPower) * share(gpu) * swing * random.between(0.7, 1.2),
    );
    machine.holdClock(second, jitter);
    machine.useVram(second, vram);
    second.computeProcesses += compute;
    if (reading > 0) machine.addDisk(second, reading * random.between(0.3, 1.6), 0, 150);
    second.contextSwitches *= random.between(1.5, 3);
    second.pcie += random.scaled(20, 2000);
  };
}

/** Training or inference without a GPU: most cores or some, evenly, step after step, with hardly anything for disk or network. */
export function processorTraining(random: Random, machine: Machine): Work {
  const level = random.chance(0.6)
    ? random.between(0.45, 1)
    : machine.coresShare(random.between(1, 0.5 * machine.cores + 1));
  const cpu = wander(random, level, level * random.between(0.01, 0.1), random.between(1, 6));
  const between = bursts(random, random.between(15, 120), random.between(1, 6));
  const save = bursts(random, random.between(60, 300), 1);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.02));
  return second => {
    takeMemory(second);
    const isBetween = between() > 0;
    machine.addCpu(
      second,
      isBetween ? machine.coresShare(random.between(0.8, 1.3)) : Math.max(0, cpu()),
      true,
    );
    if (!isBetween) second.busiestCore = Math.max(second.busiestCore, share(level * random.between(1, 1.3)));
    if (save() > 0) machine.addDisk(second, 0, random.scaled(1, 100), 300);
    second.contextSwitches *= random.between(1, 3);
  };
}

/** Inference on a GPU over a list of inputs: a core or two that prepare them, and a GPU that is busy for a part of each. */
export function inference(random: Random, machine: Machine): Work {
  const gpu = wander(random, random.between(0.15, 0.9), random.between(0.03, 0.15), random.between(1, 4));
  const power = random.between(0.4, 1);
  const cores = random.scaled(0.8, 4);
  const vram = machine.vramGb * random.between(0.1, 0.8);
  const lead = random.between(0, 15);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.02));
  let at = 0;
  return second => {
    takeMemory(second);
    machine.addCpu(second, machine.coresShare(cores) * random.between(0.85, 1.1), false);
    second.busiestCore = Math.max(second.busiestCore, random.between(0.7, 1));
    machine.useVram(second, vram * share((at + 1) / (lead + 1)));
    second.computeProcesses += 1;
    if (at++ < lead) return;
    const busy = gpu();
    machine.addGpu(second, busy, random.between(0.2, 0.6), 0.2 + (power - 0.2) * share(busy));
    machine.holdClock(second, 0.01);
  };
}

/** Encoding on the GPU's video engines: little of everything else, clip after clip. */
export function hardwareEncoding(random: Random, machine: Machine): Work {
  const streams = random.pick([1, 1, 2, 4, 8]);
  const gpu = wander(random, random.between(0.04, 0.3), random.between(0.01, 0.05), 3);
  const encoder = wander(random, random.between(0.25, 1), 0.04, 3);
  const decoder = wander(random, random.between(0.1, 0.9), 0.04, 3);
  const clip = cycle(random, random.scaled(8, 200), random.between(0.75, 0.97));
  const ratio = random.between(0.1, 0.4);
  const cpu = random.chance(0.4) ? random.scaled(0.003, 0.03) : machine.coresShare(random.scaled(0.3, 4));
  const vram = random.scaled(0.3, 0.9) * Math.sqrt(streams) + 0.3;
  const read = random.scaled(1, 60);
  const write = read * random.between(0.1, 0.6);
  const jitter = random.pick([0, 0, 0.005, 0.02]);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.01));
  return second => {
    takeMemory(second);
    const isEncoding = clip() === 1;
    if (isEncoding) {
      machine.addCpu(second, cpu * random.between(0.8, 1.2), false);
      machine.addGpu(second, Math.max(0.01, gpu()), ratio, random.between(0.24, 0.34));
      second.encoder = share(encoder());
      second.decoder = share(decoder());
      machine.holdClock(second, jitter);
      machine.useVram(second, vram);
      second.computeProcesses += streams;
      machine.addDisk(
        second,
        random.chance(0.6) ? read * random.between(0.3, 2) : 0,
        write * random.between(0.5, 1.5),
        250,
      );
    } else {
      machine.addCpu(second, machine.coresShare(0.5), false);
      machine.addGpu(second, 0, ratio, random.between(0.15, 0.3));
      machine.useVram(second, vram * random.between(0.3, 1));
    }
    second.contextSwitches *= 1.6;
  };
}

/** Encoding or rendering a film on the processor: most cores, evenly, with a steady file that grows. */
export function softwareEncoding(random: Random, machine: Machine): Work {
  const cpu = wander(random, random.between(0.55, 0.98), random.between(0.01, 0.08), random.between(2, 12));
  const clip = cycle(random, random.scaled(20, 300), random.between(0.9, 0.99));
  const read = random.scaled(0.2, 30);
  const write = random.scaled(0.2, 12);
  const decoder = machine.hasGpu && random.chance(0.3) ? random.between(0.05, 0.4) : 0;
  const every = random.pick([1, 1, 3, 6]);
  let at = 0;
  const takeMemory = machine.memoryOf(random, random.scaled(0.001, 0.015));
  return second => {
    takeMemory(second);
    at++;
    machine.addCpu(second, clip() === 1 ? cpu() : machine.coresShare(random.between(0.6, 1.2)), true);
    if (at % every === 0)
      machine.addDisk(second, read * every * random.between(0.3, 1.5), write * every, 300);
    if (decoder > 0) second.decoder = share(decoder * random.between(0.8, 1.2));
    second.contextSwitches *= random.between(1.5, 3);
  };
}

/** A film editor at work: scrubbing with the decoder, playback of effects, short previews. */
export function cutting(random: Random, machine: Machine): Work {
  const scrub = bursts(random, random.between(3, 12), random.between(2, 10));
  const playback = bursts(random, random.between(15, 60), random.between(8, 30));
  const read = random.scaled(5, 120);
  const gpu = random.between(0.15, 0.6);
  const vram = random.scaled(1, 6);
  const ratio = random.between(0.15, 0.4);
  const takeMemory = machine.memoryOf(random, random.scaled(0.001, 0.015));
  return second => {
    takeMemory(second);
    const scrubbing = scrub();
    const playing = playback();
    const activity = Math.max(scrubbing, playing);
    machine.addCpu(second, activity * random.between(0.15, 0.55), true);
    if (machine.hasGpu) {
      machine.addGpu(second, gpu * activity, ratio, 0.12 + 0.4 * gpu * activity);
      second.decoder = share(activity * random.between(0.15, 0.6));
      machine.useVram(second, vram);
      second.graphicsProcesses += 1;
      second.computeProcesses += 1;
    }
    if (activity > 0) machine.addDisk(second, read * activity * random.between(0.3, 1.5), 0.3, 400);
    second.contextSwitches *= 1.5 + 2 * activity;
  };
}

/** An editor with a language server: a core that checks after each pause of the keys, small files saved, small uploads. */
export function editing(random: Random, machine: Machine): Work {
  const typing = bursts(random, random.between(3, 20), random.between(3, 15));
  const check = bursts(random, random.between(5, 30), random.between(1, 6));
  const run = bursts(random, random.between(40, 250), random.between(3, 20));
  const base = random.scaled(0.008, 0.2);
  const script = wander(random, base, base * 0.3, 4);
  const checkCores = random.between(0.7, 2.5);
  const isConnected = random.chance(0.7);
  const upload = random.scaled(0.05, 0.9);
  const graphics = random.scaled(0.01, 0.12);
  const takeMemory = machine.memoryOf(random, random.scaled(0.001, 0.02));
  return second => {
    takeMemory(second);
    const keys = typing();
    const checking = check();
    const running = run();
    machine.addCpu(
      second,
      Math.max(0, script()) +
        machine.coresShare(0.3) * keys +
        machine.coresShare(checkCores) * checking +
        running * random.between(0.1, 0.6),
      machine.cores <= 4,
    );
    if (isConnected && (keys > 0 || checking > 0) && random.chance(0.35)) {
      machine.addNetwork(second, upload * random.scaled(0.2, 1.3), upload * random.scaled(0.05, 0.6));
    }
    if (random.chance(checking > 0 ? 0.4 : 0.2)) machine.addDisk(second, 0, random.scaled(0.02, 2), 20);
    if (running > 0 && random.chance(0.5))
      machine.addDisk(second, random.scaled(0.3, 40), random.scaled(0.1, 8), 40);
    if (random.chance(0.06)) machine.addDisk(second, random.scaled(0.3, 20), 0, 40);
    if (machine.hasGpu) {
      machine.addGpu(second, graphics * (0.4 + keys), 0.3, 0.09);
      machine.useVram(second, 0.8);
      second.graphicsProcesses += 2;
    }
    second.connections += 8;
    second.contextSwitches *= 2 + 2 * keys;
  };
}

/** Edit, build, test, again: all cores for some seconds to a minute, then hardly any. */
export function building(random: Random, machine: Machine): Work {
  const isLong = random.chance(0.4);
  const build = bursts(
    random,
    isLong ? random.between(1, 8) : random.between(10, 70),
    isLong ? random.between(40, 200) : random.between(4, 45),
  );
  const link = cycle(random, random.between(10, 60), random.between(0.05, 0.25));
  const level = random.between(0.6, 1);
  const write = random.scaled(0.5, 40);
  const read = random.scaled(0.05, 15);
  const flush = bursts(random, random.between(3, 15), 2);
  const edit = editing(random.fork(), machine);
  return second => {
    const flushing = flush();
    if (build() > 0) {
      const isLinking = link() === 1;
      machine.addCpu(
        second,
        isLinking ? machine.coresShare(1.1) : level * random.between(0.85, 1),
        !isLinking,
      );
      machine.addDisk(second, random.chance(0.3) ? read : 0, flushing * write, 30);
      second.contextSwitches *= random.between(2, 5);
      second.ram = share(second.ram + random.between(0.005, 0.06));
    } else edit(second);
  };
}

/** Updates: a download at the line's speed, then files unpacked one after the other. */
export function updating(random: Random, machine: Machine): Work {
  const phase = cycle(random, random.between(20, 120), random.between(0.2, 0.6));
  const line = random.scaled(8, 400);
  const write = random.scaled(8, 250);
  const takeMemory = machine.memoryOf(random, random.scaled(0.001, 0.02));
  return second => {
    takeMemory(second);
    if (phase() === 1) {
      const rate = line * random.between(0.5, 1.1);
      machine.addNetwork(second, rate * 0.02, rate);
      machine.addDisk(second, 0, (rate / 8) * random.between(0, 2), 200);
      machine.addCpu(second, machine.coresShare(random.between(0.1, 0.6)), false);
    } else {
      machine.addCpu(second, machine.coresShare(random.between(0.7, 1.6)), false);
      machine.addDisk(
        second,
        random.chance(0.3) ? random.scaled(1, 60) : 0,
        write * random.between(0.1, 1.5),
        40,
      );
      second.contextSwitches *= 2;
    }
    second.connections += 4;
  };
}

/** Backup, copy, scan, compression: long reads or writes, with a core or with all. */
export function moving(random: Random, machine: Machine): Work {
  const kind = random.pick(['copy', 'scan', 'archive', 'upload', 'optimize'] as const);
  const rate = random.scaled(12, 500);
  const pace = wander(random, 1, random.between(0.1, 0.4), 4);
  const pause = bursts(random, random.between(60, 200), 3);
  const cores = kind === 'archive' && random.chance(0.5) ? random.between(0.6, 0.95) : undefined;
  const size = kind === 'scan' ? random.between(8, 60) : random.between(100, 900);
  const takeMemory = machine.memoryOf(random, random.scaled(0.0005, 0.01));
  return second => {
    takeMemory(second);
    const now = pause() > 0 ? 0.1 : Math.max(0.1, pace());
    const bytes = rate * now * (kind === 'scan' ? 0.3 : 1);
    machine.addDisk(
      second,
      kind === 'optimize' ? bytes * 0.4 : bytes,
      kind === 'copy'
        ? bytes * random.between(0.4, 1.4)
        : kind === 'archive'
          ? bytes * 0.4
          : kind === 'optimize'
            ? bytes * 0.6
            : 0,
      size,
    );
    machine.addCpu(
      second,
      cores === undefined ? machine.coresShare(random.between(0.2, 1.1)) : cores * now,
      cores !== undefined,
    );
    if (kind === 'upload') machine.addNetwork(second, bytes * 2 * random.between(0.5, 1), bytes * 0.03);
    second.contextSwitches *= 1.7;
  };
}
