/** What an adapter does when it is read: works, throws, says of its columns that they failed, or never comes back. */
export type Read = 'works' | 'throws' | 'marks' | 'hangs';

/** What an adapter does when it is opened. */
export type Open = 'works' | 'failed' | 'asleep' | 'denied' | 'hangs';

/** Ticks between two manual starts, which end every quarantine. */
export const MANUAL_TICKS = 3 * 3600;
/** Ticks for which the number of GPUs that come and go stays. */
const GPU_TICKS = 1500;

/** The troubles of a soak test, the same for the same seed however often the process has died in between. */
export class Weather {
  readonly #seed: number;
  readonly #calmFrom: number;

  /** @param calmFrom from this tick on nothing hangs any more */
  constructor(seed: number, calmFrom: number) {
    this.#seed = seed;
    this.#calmFrom = calmFrom;
  }

  /** What happens to adapter `name` in a read. */
  read(name: string, tick: number): Read {
    if (name === 'nvidia') return this.#hangsInRead(tick) ? 'hangs' : 'works';
    const draw = this.#draw(name, tick);
    if (draw < 0.003) return 'throws';
    return draw < 0.01 ? 'marks' : 'works';
  }

  /** What happens to it when it is opened. */
  open(name: string, tick: number): Open {
    const draw = this.#draw(`open ${name}`, tick);
    if (name === 'intel') return draw < 0.25 && tick < this.#calmFrom ? 'hangs' : 'works';
    if (name !== 'disk' || draw > 0.5) return 'works';
    return (['failed', 'asleep', 'denied'] as const)[Math.floor(draw * 6)] ?? 'failed';
  }

  /** Whether it says after this tick that its devices are others. */
  hasOtherDevices(name: string, tick: number): boolean {
    if (name === 'amd') return this.gpus(tick) !== this.gpus(tick - 1);
    return (name === 'intel' || name === 'disk') && this.#draw(`devices ${name}`, tick) < 1 / 2000;
  }

  /** GPUs that are plugged in, 0 to 3. */
  gpus(tick: number): number {
    return Math.floor(4 * this.#draw('gpus', Math.floor(tick / GPU_TICKS)));
  }

  /** Twice early on, so that no day is without a quarantine; else once in more than an hour. */
  #hangsInRead(tick: number): boolean {
    if (tick >= this.#calmFrom) return false;
    const early = this.#seed % 500;
    return tick === 1000 + early || tick === 2500 + early || this.#draw('hang', tick) < 1 / 4000;
  }

  /** A number from 0 to 1, evenly spread: mulberry32 of a hash of what it is for. */
  #draw(what: string, tick: number): number {
    let hash = Math.imul(this.#seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(tick + 1, 0x01000193);
    for (let i = 0; i < what.length; i++) hash = Math.imul(hash ^ what.charCodeAt(i), 0x01000193);
    let z = (hash + 0x6d2b79f5) | 0;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  }
}
