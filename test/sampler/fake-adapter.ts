import type { FrameWriter } from '../../src/common/frame.ts';
import type { MetricGroup } from '../../src/common/metrics.ts';
import type { Limits } from '../../src/common/protocol.ts';
import type {
  Adapter,
  AdapterInfo,
  GpuInfo,
  SlotFinder,
  Unavailable,
} from '../../src/sampler/adapters/base.ts';

type Outcome = AdapterInfo | Unavailable;

/** An adapter that does as a test says and counts what is asked of it. */
export class FakeAdapter implements Adapter {
  readonly name: string;
  readonly group: MetricGroup;
  hasPendingCall = false;
  /** Cleared by {@link open}. */
  hasOtherDevices = false;
  limits: Limits | undefined;
  /** What {@link open} answers: an outcome, or a function of which anything may be expected. */
  outcome: Outcome | (() => Promise<Outcome>) = { available: true, found: 'something' };
  /** What {@link read} writes, by column; for a GPU adapter by metric, for each of its GPUs. */
  readings: Record<string, number> = {};
  /** Called in {@link read} after the readings were written, and in {@link bind} and {@link close}. */
  onRead: () => void = () => undefined;
  onBind: () => void = () => undefined;
  onClose: () => void = () => undefined;
  opened = 0;
  closed = 0;
  reads: number[] = [];
  firstGpu = -1;
  #slots = new Map<number, number>();

  constructor(name: string, group: MetricGroup, readings: Record<string, number> = {}) {
    this.name = name;
    this.group = group;
    this.readings = readings;
  }

  async open(): Promise<Outcome> {
    this.opened++;
    this.hasOtherDevices = false;
    return typeof this.outcome === 'function' ? this.outcome() : this.outcome;
  }

  bind(slot: SlotFinder): void {
    this.firstGpu = slot.firstGpu;
    this.#slots = new Map();
    for (const [column, value] of Object.entries(this.readings)) {
      if (this.group === 'gpu') {
        for (let gpu = 0; gpu < this.#gpus; gpu++) {
          this.#slots.set(slot(`gpu${String(slot.firstGpu + gpu)}_${column}`), value + gpu);
        }
      } else {
        this.#slots.set(slot(column), value);
      }
    }
    this.onBind();
  }

  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.reads.push(elapsedSeconds);
    for (const [slot, value] of this.#slots) if (!Number.isNaN(value)) frame.set(slot, value);
    this.onRead();
  }

  close(): void {
    this.closed++;
    this.onClose();
  }

  get #gpus(): number {
    const outcome = this.outcome;
    return typeof outcome === 'object' && outcome.available ? (outcome.gpus?.length ?? 0) : 0;
  }
}

/** What an adapter that found these GPUs says. */
export function foundGpus(vendor: GpuInfo['vendor'], ...names: readonly string[]): AdapterInfo {
  return {
    available: true,
    found: `${String(names.length)} GPUs`,
    gpus: names.map(name => ({ name, vendor })),
  };
}
