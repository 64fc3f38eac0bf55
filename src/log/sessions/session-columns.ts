import { parseColumnName } from '../../common/layout.ts';

/** Slots of one GPU's columns; −1 for one that is not there. */
export interface GpuSlots {
  readonly gpu: number;
  readonly utilization: number;
  readonly vram: number;
  readonly power: number;
}

/** The columns that sessions are described by, as far as a log has them. */
export class SessionColumns {
  /** In the order of the slots. */
  readonly names: readonly string[];
  readonly confidence: number;
  readonly cpu: number;
  readonly ram: number;
  readonly power: number;
  /** By their numbers. */
  readonly gpus: readonly GpuSlots[];
  /** Slots of all meters of power, the CPU's first. */
  readonly meters: readonly number[];

  /** @param known names of columns, in any order; those of no use are passed over */
  constructor(known: Iterable<string>) {
    const names = new Set<string>();
    const numbers = new Set<number>();
    for (const name of known) {
      const column = parseColumnName(name);
      if (!column || !METRICS.has(column.metric.name)) continue;
      names.add(name);
      if (column.metric.per === 'gpu') numbers.add(column.instance);
    }
    this.names = [...names];
    const slot = (name: string): number => this.names.indexOf(name);
    this.confidence = slot('session_confidence');
    this.cpu = slot('total_utilization');
    this.ram = slot('ram_percent');
    this.power = slot('power_watts');
    this.gpus = [...numbers]
      .sort((a, b) => a - b)
      .map(gpu => ({
        gpu,
        utilization: slot(`gpu${String(gpu)}_utilization`),
        vram: slot(`gpu${String(gpu)}_vram_percent`),
        power: slot(`gpu${String(gpu)}_power_watts`),
      }));
    this.meters = [this.power, ...this.gpus.map(({ power }) => power)].filter(meter => meter >= 0);
  }
}

const METRICS: ReadonlySet<string> = new Set([
  'session_confidence',
  'total_utilization',
  'ram_percent',
  'power_watts',
  'gpu{n}_utilization',
  'gpu{n}_vram_percent',
  'gpu{n}_power_watts',
]);
