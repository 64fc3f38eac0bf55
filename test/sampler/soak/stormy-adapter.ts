import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { Frame, FrameWriter } from '../../../src/common/frame.ts';
import type { InstanceCounts } from '../../../src/common/layout.ts';
import type { MetricGroup } from '../../../src/common/metrics.ts';
import type { Adapter, AdapterInfo, SlotFinder, Unavailable } from '../../../src/sampler/adapters/base.ts';
import type { Read, Weather } from './weather.ts';

/** What a {@link StormyAdapter} is and whom it tells. */
export interface StormyOptions {
  readonly name: string;
  readonly group: MetricGroup;
  /** Its columns; for GPUs, those of each without the number in front. */
  readonly columns: readonly string[];
  /** GPUs that it has; none for other hardware. */
  readonly gpus?: (tick: number) => number;
  /** `undefined` for one that has no trouble. */
  readonly weather?: Weather;
  /** Does not return. */
  readonly hang: (name: string) => never;
  readonly now: () => number;
}

/**
 * An adapter with a file of its own that it keeps open, and with troubles. It remembers what it did in a tick, and so can
 * tell what the frame has to say of it.
 */
export class StormyAdapter implements Adapter {
  readonly name: string;
  readonly group: MetricGroup;
  hasOtherDevices = false;
  /** Whether its last `open` found something and it was not closed since. */
  isOpen = false;
  /** Whether it has been open at all. */
  wasOpen = false;
  readonly #options: StormyOptions;
  #descriptor = -1;
  #slots: number[] = [];
  #gpus = 0;
  #did: Read | undefined;

  constructor(options: StormyOptions) {
    this.name = options.name;
    this.group = options.group;
    this.#options = options;
  }

  open(): Promise<AdapterInfo | Unavailable> {
    assert.equal(this.isOpen, false, `${this.name} is opened while it is open`);
    const { weather, now, gpus, hang } = this.#options;
    const outcome = weather?.open(this.name, now()) ?? 'works';
    if (outcome === 'hangs') hang(this.name);
    this.hasOtherDevices = false;
    this.#gpus = gpus?.(now()) ?? 0;
    if (gpus && this.#gpus === 0) return unavailable('unsupported');
    if (outcome !== 'works' && outcome !== 'hangs') return unavailable(outcome);
    this.#descriptor = fs.openSync('/proc/self/stat', 'r');
    this.isOpen = this.wasOpen = true;
    return Promise.resolve({
      available: true,
      found: 'something',
      instances: instancesOf(this.group),
      ...(gpus
        ? { gpus: Array.from({ length: this.#gpus }, () => ({ name: this.name, vendor: 'other' })) }
        : {}),
    } satisfies AdapterInfo);
  }

  bind(slot: SlotFinder): void {
    const { columns, gpus } = this.#options;
    const prefixes = gpus
      ? Array.from({ length: this.#gpus }, (_, gpu) => `gpu${String(slot.firstGpu + gpu)}_`)
      : [''];
    this.#slots = prefixes.flatMap(prefix => columns.map(column => slot(prefix + column)));
    for (const found of this.#slots) assert.ok(found >= 0, `${this.name} has all its columns`);
  }

  read(frame: FrameWriter): void {
    const { weather, now, hang } = this.#options;
    assert.ok(this.isOpen, `${this.name} is read while it is not open`);
    this.#did = weather?.read(this.name, now()) ?? 'works';
    this.hasOtherDevices = weather?.hasOtherDevices(this.name, now()) ?? false;
    if (this.#did === 'hangs') hang(this.name);
    this.#slots.forEach((slot, k) => {
      if (this.#did === 'marks') frame.absent(slot, 'denied');
      else frame.set(slot, reading(now(), k));
    });
    if (this.#did === 'throws') throw new Error('a storm');
  }

  close(): void {
    assert.ok(this.isOpen, `${this.name} is closed while it is not open`);
    this.isOpen = false;
    fs.closeSync(this.#descriptor);
  }

  /** Whether it was open when a tick began: it has to be read in it. */
  begin(): boolean {
    this.#did = undefined;
    return this.isOpen;
  }

  /** Checks what a frame says of it after a tick in which it was open. */
  check(frame: Frame): void {
    assert.ok(this.#did !== undefined, `${this.name} is open and was not read`);
    const expected = this.#did === 'works' ? undefined : this.#did === 'marks' ? 'denied' : 'failed';
    this.#slots.forEach((slot, k) => {
      const { name = '' } = frame.layout.columns[slot] ?? {};
      assert.equal(frame.absence(name), expected, name);
      if (expected === undefined) assert.equal(frame.values[slot], reading(this.#options.now(), k), name);
    });
  }
}

function unavailable(reason: Unavailable['reason']): Promise<Unavailable> {
  return Promise.resolve({ available: false, reason, why: 'a storm' });
}

function instancesOf(group: MetricGroup): Partial<InstanceCounts> {
  if (group === 'cpu') return { core: 4 };
  return group === 'disk' ? { disk: 1 } : {};
}

/** Column `k` of an adapter has another value in every tick. */
function reading(tick: number, k: number): number {
  return (7 * tick + 13 * k) % 101;
}
