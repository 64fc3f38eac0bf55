import type { Absence } from '../../../src/common/frame.ts';
import { buildLayout, type Column } from '../../../src/common/layout.ts';
import type { FrameMessage, LayoutMessage, RangeChunk, RangeResult } from '../../../src/common/protocol.ts';

/** What machine is made up. */
export interface SyntheticOptions {
  readonly cores?: number;
  readonly gpus?: number;
  readonly disks?: number;
  /** Columns without a value, and why. */
  readonly absent?: Readonly<Record<string, Absence>>;
  /** Workload class of a tick; empty for none. */
  readonly category?: (tick: number) => string;
}

/** Moment of tick 0: some fixed time of day. */
export const START_MS = Date.UTC(2026, 0, 15, 9, 30);

const LETTER: Readonly<Record<Absence, string>> = { unsupported: 'u', asleep: 's', denied: 'd', failed: 'f' };

/** A made-up machine: the same values for the same tick every time, shaped like those of a working day. */
export class SyntheticMachine {
  readonly layout: LayoutMessage;
  readonly #columns: readonly Column[];
  readonly #absent: Readonly<Record<string, Absence>>;
  readonly #category: (tick: number) => string;

  constructor({ cores = 8, gpus = 1, disks = 1, absent = {}, category = () => '' }: SyntheticOptions = {}) {
    this.#category = category;
    this.#columns = buildLayout({ core: cores, gpu: gpus, disk: disks }).columns;
    this.#absent = absent;
    this.layout = {
      columns: this.#columns.map(column => column.name),
      gpus: Array.from({ length: gpus }, () => ({ name: 'NVIDIA GeForce RTX 4090', vendor: 'nvidia' })),
    };
  }

  /** The value of a column at a tick of one second; `null` where it has none. */
  value(name: string, tick: number): number | null {
    const column = this.#columns.find(candidate => candidate.name === name);
    return column ? this.#valueOf(column, tick) : null;
  }

  frame(tick: number): FrameMessage {
    const values = this.#columns.map(column => this.#valueOf(column, tick));
    const absent = this.#columns.flatMap(column => this.#absent[column.name] ?? []);
    return {
      seq: tick,
      utcMs: START_MS + tick * 1000,
      category: this.#category(tick),
      values,
      absent: absent.map(reason => LETTER[reason]).join(''),
    };
  }

  /**
   * The points of a range, as the sampler answers it: whole seconds where there are enough points for that, else means of a
   * few samples each with the least and the greatest of them.
   *
   * @param missing ticks that were not recorded; those after `last` never are
   */
  range(
    wish: {
      readonly from: number;
      readonly to: number;
      readonly points: number;
      readonly columns: readonly string[];
    },
    last: number,
    missing: (tick: number) => boolean = () => false,
  ): { chunk: RangeChunk; result: RangeResult } {
    const { from, to, points, columns } = wish;
    const seconds = Math.max(1, Math.ceil((to - from) / points / 1000));
    const stepMs = seconds * 1000;
    const result: RangeResult = {
      columns,
      stepMs,
      source: seconds <= 22 ? 'rows' : seconds <= 300 ? '1m' : '10m',
    };
    const times: number[] = [];
    for (let at = Math.floor(from / stepMs) * stepMs; at < to; at += stepMs) times.push(at);
    const ticksOf = (time: number): number[] => {
      const first = Math.round((time - START_MS) / 1000);
      return [0, 0.3, 0.6, 0.9]
        .map(share => first + Math.floor(share * seconds))
        .filter((tick, at, all) => all.indexOf(tick) === at && tick <= last && !missing(tick));
    };
    const series = (merge: (values: number[]) => number): (number | null)[][] =>
      columns.map(column =>
        times.map(time => {
          const values = ticksOf(time).map(tick => this.value(column, tick));
          const known = values.filter(value => value !== null);
          return known.length === 0 ? null : merge(known);
        }),
      );
    return {
      result,
      chunk: {
        head: result,
        times,
        categories: times.map(time => {
          const [tick] = ticksOf(time);
          return tick === undefined ? '' : this.#category(tick);
        }),
        mean: series(values => values.reduce((sum, value) => sum + value, 0) / values.length),
        ...(seconds === 1
          ? {}
          : { min: series(values => Math.min(...values)), max: series(values => Math.max(...values)) }),
      },
    };
  }

  #valueOf({ name, metric, instance }: Column, tick: number): number | null {
    if (this.#absent[name] !== undefined) return null;
    const own = instance * 7 + metric.name.length;
    const wave = 0.5 + 0.5 * Math.sin(tick / (23 + (own % 11)) + own);
    const noise = noiseAt(tick * 31 + own * 17);
    const bursts = noiseAt(Math.floor(tick / 37) * 13 + own) > 0.6 ? 1 : 0.12;
    switch (metric.unit) {
      case '%':
        if (name === 'swap_percent') return 3.1;
        if (name.endsWith('pressure')) return round(6 * wave * noise * bursts, 2);
        if (name === 'ram_percent' || name.endsWith('vram_percent') || name.startsWith('disk')) {
          return round(48 + 9 * Math.sin(tick / 190 + own) + noise * 0.6, 1);
        }
        return round(Math.min(100, 8 + 60 * wave * bursts + 18 * noise), metric.decimals);
      case 'MB/s':
      case 'Mbit/s':
        return round(bursts * wave * 180 * noise ** 2, metric.decimals);
      case '°C':
        return round(52 + 14 * wave, metric.decimals);
      case 'W':
        return metric.title.endsWith('limit') ? 450 : round(60 + 240 * wave * bursts, 1);
      case 'MB':
        return metric.title.endsWith('size') ? 32_768 : Math.round(15_000 + 2_000 * wave);
      case 'MHz':
        return Math.round(3200 + 900 * wave);
      default:
        return round(40 * wave, metric.decimals);
    }
  }
}

/** A number in [0, 1) that looks like chance and is not. */
function noiseAt(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
