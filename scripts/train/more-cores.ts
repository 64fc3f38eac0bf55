import { AT, type Signal } from '../../src/classify/signals.ts';
import type { Step } from './windows-of.ts';

/** Load of all cores from which work begins to be of the kind that takes as many as there are, and from which all of it is. */
const PARALLEL_FROM = 0.75;
const PARALLEL = 0.95;

/** What is told a core, of work that does not grow with the cores. */
const PER_CORE: readonly Signal[] = ['busyCores', 'contextSwitches', 'interrupts', 'cpuPressure'];

/**
 * How a recording would look on a machine with `times` as many cores as fast: what kept one or a few cores busy is a
 * smaller share of all, what filled all cores fills them still. Disks, network and memory stay as they are.
 */
export function onMoreCores(steps: readonly Step[], times: number): Step[] {
  return steps.map(({ signals, seconds }) => {
    const own = Float64Array.from(signals);
    const cpu = own[AT.cpu] ?? Number.NaN;
    const parallel = Math.min(1, Math.max(0, (cpu - PARALLEL_FROM) / (PARALLEL - PARALLEL_FROM)));
    const kept = parallel + (1 - parallel) / times;
    for (const signal of ['cpu', ...PER_CORE] as const)
      own[AT[signal]] = (own[AT[signal]] ?? Number.NaN) * kept;
    return { signals: own, seconds };
  });
}
