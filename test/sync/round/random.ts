import { Random as Numbers } from '../../../scripts/train/random.ts';

/** Numbers that look random and are the same for the same seed, whole ones too. */
export class Random extends Numbers {
  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** A whole number from one to another, both included. */
  whole(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }
}
