const MICROJOULES_PER_JOULE = 1e6;

/** More than any CPU package draws: what comes out above is a counter that was reset, not a reading. */
const MOST_WATTS = 1000;

/** Turns counters of energy, one a CPU package, into the power that the packages drew together. */
export class EnergyMeter {
  #earlier = new Float64Array(0);
  #generation = Number.NaN;

  /**
   * Takes the counters in.
   *
   * @param microjoules the counters now
   * @param ranges where each starts at 0 again, in µJ; NaN for one that never does
   * @param generation changes when the counters are others than before
   * @param elapsedSeconds time since the last call
   * @returns mean watts since the last call. NaN on the first, after other counters, when one stood still (a counter of a
   *   CPU that runs never does), when one grew more than a CPU can, and when it could have started anew more than once
   */
  watts(
    microjoules: Float64Array,
    ranges: readonly number[],
    generation: number,
    elapsedSeconds: number,
  ): number {
    const hasEarlier = generation === this.#generation && microjoules.length === this.#earlier.length;
    if (!hasEarlier) {
      this.#earlier = new Float64Array(microjoules.length);
      this.#generation = generation;
    }
    let sum = hasEarlier && microjoules.length > 0 ? 0 : Number.NaN;
    for (let i = 0; i < microjoules.length; i++) {
      const now = microjoules[i] ?? Number.NaN;
      sum += wattsOf(this.#earlier[i] ?? Number.NaN, now, ranges[i] ?? Number.NaN, elapsedSeconds);
      this.#earlier[i] = now;
    }
    return sum;
  }

  /** The next call has nothing to compare with. */
  forget(): void {
    this.#generation = Number.NaN;
  }
}

function wattsOf(before: number, now: number, range: number, seconds: number): number {
  if (!(seconds > 0)) return Number.NaN;
  // The most that could have come together fills the range: once more around would look the same.
  if (MOST_WATTS * seconds * MICROJOULES_PER_JOULE >= range) return Number.NaN;
  if (now > range || before > range) return Number.NaN;
  const grown = now >= before ? now - before : now - before + range;
  const watts = grown / MICROJOULES_PER_JOULE / seconds;
  return watts > 0 && watts <= MOST_WATTS ? watts : Number.NaN;
}
