import { SIGNALS } from '../../../src/classify/signals.ts';
import type { Category } from '../../../src/common/workload.ts';
import { hash, Random } from '../random.ts';
import {
  building,
  cutting,
  editing,
  fullTraining,
  hardwareEncoding,
  inference,
  moving,
  processorTraining,
  softwareEncoding,
  updating,
  waitingTraining,
} from './labour.ts';
import { Machine } from './machine.ts';
import { browsing, drawing, film, game, modelling, nobody, type Work, writing } from './play.ts';

/** A trace that no machine made: signals second by second. */
export interface PriorTrace {
  readonly category: Category;
  readonly name: string;
  readonly seconds: readonly Float64Array[];
}

interface Archetype {
  readonly category: Category;
  readonly make: (random: Random, machine: Machine) => Work;
  /** Whether it needs a GPU. */
  readonly onGpu?: boolean;
  /** Whether it often runs on a server. */
  readonly onServers?: boolean;
  readonly count: number;
}

/**
 * What is known about the kinds of work without having recorded them. Each is played on machines that are drawn at
 * random, with levels, periods and pauses drawn at random as well.
 */
const ARCHETYPES: readonly Archetype[] = [
  { category: 'gaming', make: game, count: 40 },
  { category: 'ai_training', make: fullTraining, onGpu: true, onServers: true, count: 20 },
  { category: 'ai_training', make: waitingTraining, onGpu: true, onServers: true, count: 24 },
  { category: 'ai_training', make: inference, onGpu: true, count: 6 },
  { category: 'ai_training', make: processorTraining, count: 8 },
  { category: 'video_editing', make: hardwareEncoding, onGpu: true, count: 24 },
  { category: 'video_editing', make: softwareEncoding, count: 16 },
  { category: 'video_editing', make: cutting, count: 10 },
  { category: 'coding_development', make: editing, count: 24 },
  { category: 'coding_development', make: building, count: 24 },
  { category: 'document_editing', make: writing, count: 30 },
  { category: 'web_browsing', make: browsing, count: 30 },
  { category: 'web_browsing', make: film, count: 10 },
  { category: 'idle', make: nobody, count: 30 },
  { category: 'graphics_design', make: drawing, count: 30 },
  { category: 'cad_3d_modeling', make: modelling, count: 30 },
  { category: 'system_maintenance', make: updating, count: 16 },
  { category: 'system_maintenance', make: moving, count: 24 },
];

const SECONDS = 180;

/** All of them, the same at every call. */
export function priorTraces(): PriorTrace[] {
  return ARCHETYPES.flatMap(({ category, make, onGpu, onServers, count }) =>
    Array.from({ length: count }, (_, number) => {
      const name = `${category}/${make.name}/${String(number)}`;
      const random = new Random(hash(name));
      const machine = new Machine(random, onServers === true && random.chance(0.6), onGpu === true);
      const work = make(random, machine);
      const seconds = Array.from({ length: SECONDS }, () => {
        const second = machine.quiet();
        work(second);
        const signals = Float64Array.from(SIGNALS, signal => second[signal]);
        if (!machine.hasGpu) hideGpu(signals);
        return signals;
      });
      return { category, name, seconds };
    }),
  );
}

const OF_GPU = SIGNALS.flatMap((signal, at) =>
  /^(?:gpu|vram|encoder|decoder|computeProcesses|graphicsProcesses|pcie)/.test(signal) ? [at] : [],
);

function hideGpu(signals: Float64Array): void {
  for (const at of OF_GPU) signals[at] = Number.NaN;
}
