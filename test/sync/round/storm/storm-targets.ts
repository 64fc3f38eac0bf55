import type { Random } from '../random.ts';
import { FlakyTarget } from './flaky-target.ts';
import type { StormTarget } from './world.ts';

/** The target in memory. */
export function memoryTarget(random: Random): StormTarget {
  const target = new FlakyTarget(random);
  return {
    target,
    disturb: strength => {
      target.faults = strength;
    },
    objects: () => Promise.resolve(target.objects),
    close: () => Promise.resolve(),
  };
}
