import { type Category, PROFILE_METRICS, type ProfileMetric, type Profiles } from '../common/workload.ts';
import type { Signal } from './signals.ts';
import type { Windows } from './windows.ts';

/** Where the value of a profile's metric comes from, in the unit that {@link PROFILE_METRICS} says. */
const SOURCES: Readonly<Record<ProfileMetric, (mean: (signal: Signal) => number) => number>> = {
  cpu_utilization: mean => mean('cpu') * 100,
  busiest_core_utilization: mean => mean('busiestCore') * 100,
  gpu_utilization: mean => mean('gpu') * 100,
  gpu_memory_utilization: mean => mean('gpuMemory') * 100,
  vram_percent: mean => mean('vram') * 100,
  gpu_power_watts: mean => mean('gpuPower'),
  encoder_utilization: mean => mean('encoder') * 100,
  decoder_utilization: mean => mean('decoder') * 100,
  compute_processes: mean => mean('computeProcesses'),
  graphics_processes: mean => mean('graphicsProcesses'),
  ram_percent: mean => mean('ram') * 100,
  disk_read_mbps: mean => mean('diskRead'),
  disk_write_mbps: mean => mean('diskWrite'),
  network_kbps: mean => ((mean('netSend') + mean('netReceive')) * 1000) / 8,
};

/** How sure a class is of which all ranges hold, by the number of its ranges that have a value. */
const CERTAINTY = [0, 0.55, 0.75, 0.88, 0.95];
/** How likely a class that a profile narrows is outside of its ranges, beside all others together, however sure the model is. */
const OUTSIDE = 0.02;

/** A mean of samples that are all 100 may come out a little above it. */
const ROUNDING = 1e-6;

/** The user's own ranges, laid over the probabilities of the model. */
export class ProfileRules {
  /** Classes that the model does not have. */
  readonly added: readonly Category[];
  readonly #rules: readonly {
    readonly at: number;
    readonly isAdded: boolean;
    readonly ranges: readonly (readonly [ProfileMetric, readonly [number, number]])[];
  }[];

  /**
   * @param categories the classes of the model that are told apart
   * @param profiles as the configuration has checked them; a metric that is not known here is passed over
   */
  constructor(categories: readonly Category[], profiles: Profiles) {
    this.added = Object.keys(profiles).filter(name => !categories.includes(name));
    const all = [...categories, ...this.added];
    this.#rules = Object.entries(profiles).map(([name, ranges]) => ({
      at: all.indexOf(name),
      isAdded: this.added.includes(name),
      ranges: Object.entries(ranges).filter((range): range is [ProfileMetric, readonly [number, number]] =>
        Object.hasOwn(PROFILE_METRICS, range[0]),
      ),
    }));
  }

  /**
   * Changes the probabilities, the model's classes first and the added ones after them. They still sum to 1.
   *
   * A class of the model is all but ruled out where one of its ranges does not hold. An added class is as likely as it
   * has ranges that hold, if all do; what is left goes to the others. A metric without a value says nothing.
   */
  apply(probabilities: Float64Array, windows: Windows): void {
    for (const { at, isAdded, ranges } of this.#rules) {
      let holding = 0;
      let isOutside = false;
      for (const [metric, [least, most]] of ranges) {
        const value = SOURCES[metric](signal => windows.mean60(signal));
        if (Number.isNaN(value)) continue;
        if (value >= least - ROUNDING && value <= most + ROUNDING) holding++;
        else isOutside = true;
      }
      if (isAdded) {
        const certainty = isOutside ? 0 : (CERTAINTY[Math.min(holding, CERTAINTY.length - 1)] ?? 0);
        const old = probabilities[at] ?? 0;
        const scale = (1 - certainty) / Math.max(1e-9, 1 - old);
        for (let other = 0; other < probabilities.length; other++)
          probabilities[other] = (probabilities[other] ?? 0) * scale;
        probabilities[at] = certainty;
      } else if (isOutside) {
        const old = probabilities[at] ?? 0;
        probabilities[at] = Math.min(old, OUTSIDE * (1 - old));
      }
    }
    let sum = 0;
    for (const probability of probabilities) sum += probability;
    if (!(sum > 0)) probabilities.fill(1 / probabilities.length);
    else for (let at = 0; at < probabilities.length; at++) probabilities[at] = (probabilities[at] ?? 0) / sum;
  }
}
