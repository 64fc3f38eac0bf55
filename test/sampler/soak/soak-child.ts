// One life of a sampler in a soak test: ticks with a fast clock until it is done, or until an adapter hangs and the test
// ends it. Tells what happens in lines of JSON; ends with an error when something is not as it should be.
//   soak-child.cjs <JSON of Life>
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FastClock } from '../../../scripts/bench/fast-clock.ts';
import { TickPath } from '../../../scripts/bench/tick-path.ts';
import { blameFormerSampler } from '../../../src/sampler/former-sampler.ts';
import { Quarantine } from '../../../src/sampler/quarantine.ts';
import { Sysroot } from '../../../src/sampler/sysroot.ts';
import type { Death, Life, Told } from './soak.ts';
import { StormyAdapter, type StormyOptions } from './stormy-adapter.ts';
import { MANUAL_TICKS, Weather } from './weather.ts';

/** Ticks between two looks at memory and open files. */
const LOOK_TICKS = 1000;
/** A part is left out for a minute; whether that is over is looked at every five seconds, and acted on in the next tick. */
const LEFT_OUT_TICKS = 60;
const LATEST_RETURN_TICKS = 66;
/** One whose devices have gone is asked once a minute, in the tick after. */
const LATEST_FOUND_TICKS = 62;

const GPU_COLUMNS = ['utilization', 'vram_used_mb'];

class SoakLife {
  readonly #life: Life;
  readonly #clock: FastClock;
  readonly #quarantine: Quarantine;
  readonly #weather: Weather;
  readonly #adapters: readonly StormyAdapter[];
  readonly #path: TickPath;
  #tick: number;
  /** The first tick that was not made. */
  #next: number;
  #manualTick = -1;
  /** What is open besides what the adapters have. */
  #otherFiles = -1;

  private constructor(life: Life) {
    this.#life = life;
    this.#tick = this.#next = life.from;
    this.#clock = new FastClock(life.utcMs + 1000 * life.from);
    this.#weather = new Weather(life.seed, life.calmFrom);
    const quarantine = path.join(life.folder, 'quarantine');
    this.#quarantine = new Quarantine(quarantine);
    // As the sampler's main program does before it opens the marks anew.
    const blamed = blameFormerSampler(path.join(life.folder, 'in-flight'), this.#quarantine);
    assert.deepEqual(blamed, life.blamed, 'the one that hung is blamed, and nobody else');
    this.#adapters = this.#makeAdapters();
    this.#path = new TickPath({
      adapters: this.#adapters,
      sysroot: new Sysroot(),
      folder: life.folder,
      // Every tick is to be seen, also on days on which the columns change often.
      logging: { enableDeltaFiltering: false, compressOldLogs: false, maxFilesPerDay: 1000 },
      quarantine: this.#quarantine,
      known: {
        instances: {},
        gpus: {
          nvidia: [{ name: 'nvidia', vendor: 'other' }],
          intel: [{ name: 'intel', vendor: 'other' }],
        },
      },
    });
  }

  static async live(life: Life): Promise<void> {
    const one = new SoakLife(life);
    await one.#path.host.open(() => true);
    while (one.#tick < life.until) await one.#live();
    one.#path.close();
    tell({ done: one.#tick });
  }

  async #live(): Promise<void> {
    const tick = this.#tick;
    if (tick % MANUAL_TICKS === 0) await this.#startByHand();
    const open = this.#adapters.filter(adapter => adapter.begin());
    const frame = this.#path.tick(tick === this.#life.from ? Number.NaN : 1);
    this.#next = tick + 1;
    assert.equal(frame.seq, tick - this.#life.from + 1);
    assert.equal(frame.utcMs, this.#life.utcMs + 1000 * tick);
    for (const adapter of open) adapter.check(frame);
    this.#checkStates(frame.absence('gpu0_utilization'));
    // What the host began when the tick was over comes to its end.
    await new Promise(resolve => setImmediate(resolve));
    if (tick % LOOK_TICKS === 0) this.#look();
    this.#tick++;
    this.#clock.advance(1000);
  }

  /** What a client asks for when a person starts the sampler. */
  async #startByHand(): Promise<void> {
    this.#manualTick = this.#tick;
    this.#quarantine.clear();
    this.#path.host.retryAll();
    await new Promise(resolve => setImmediate(resolve));
  }

  #checkStates(nvidia: string | undefined): void {
    for (const adapter of this.#adapters) {
      const { name, isOpen } = adapter;
      if (name === 'cpu' || name === 'memory' || name === 'network')
        assert.ok(isOpen, `${name} is always there`);
      if (name === 'amd') this.#checkGpusReturn(adapter);
      const death = this.#life.deaths[name];
      if (name !== 'nvidia' && name !== 'intel') assert.equal(death, undefined);
      else if (!death || this.#manualTick >= death.tick)
        assert.ok(isOpen || this.#isReopening(name), `${name} is free`);
      else this.#checkLeftOut(name, isOpen, death);
      if (name === 'nvidia' && !isOpen)
        assert.equal(nvidia, 'failed', 'the columns of one that is left out stay');
    }
  }

  #checkLeftOut(name: string, isOpen: boolean, { count, tick }: Death): void {
    const state = this.#path.host.statuses.find(status => status.name === name)?.state;
    const since = this.#tick - tick;
    if (count >= 2) assert.equal(state, 'quarantined', `${name} has died twice`);
    else if (since < LEFT_OUT_TICKS) assert.equal(state, 'left-out', `${name} died ${String(since)} s ago`);
    else if (since > LATEST_RETURN_TICKS)
      assert.ok(isOpen || this.#isReopening(name), `${name} is tried again`);
    if (count >= 2 || since < LEFT_OUT_TICKS) assert.equal(isOpen, false);
  }

  /** Whether it has said in this tick that its devices are others: it was closed, and is opened before the next. */
  #isReopening(name: string): boolean {
    return this.#weather.hasOtherDevices(name, this.#tick);
  }

  #checkGpusReturn(amd: StormyAdapter): void {
    const ticks = Array.from({ length: LATEST_FOUND_TICKS }, (_, k) => this.#tick - k);
    const haveBeenThere = ticks.every(tick => this.#weather.gpus(tick) > 0);
    if (amd.wasOpen && haveBeenThere)
      assert.ok(amd.isOpen || this.#isReopening('amd'), 'GPUs that came are found');
  }

  #look(): void {
    globalThis.gc?.();
    const others = this.#countOtherFiles();
    if (this.#otherFiles < 0) this.#otherFiles = others;
    assert.equal(
      others,
      this.#otherFiles,
      'as many files are open as at the start, besides those of the adapters',
    );
    tell({ look: { tick: this.#tick, heapUsed: process.memoryUsage().heapUsed } });
  }

  /** Open files but those of the adapters and of the log, which has none, one or, while it looks after its files, two. */
  #countOtherFiles(): number {
    const log = path.join(this.#life.folder, 'log');
    const files = fs
      .readdirSync('/proc/self/fd')
      .filter(fd => !linkOf(`/proc/self/fd/${fd}`).startsWith(log));
    // Reading the folder opens it.
    return files.length - 1 - this.#adapters.filter(({ isOpen }) => isOpen).length;
  }

  #makeAdapters(): StormyAdapter[] {
    const hang = (name: string): never => {
      tell({ hangs: name, tick: this.#tick, next: this.#next });
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };
    const calm = (options: Pick<StormyOptions, 'name' | 'group' | 'columns'>): StormyAdapter =>
      new StormyAdapter({ ...options, hang, now: () => this.#tick });
    const stormy = (options: Pick<StormyOptions, 'name' | 'group' | 'columns' | 'gpus'>): StormyAdapter =>
      new StormyAdapter({ ...options, weather: this.#weather, hang, now: () => this.#tick });
    return [
      calm({
        name: 'cpu',
        group: 'cpu',
        columns: ['total_utilization', 'core_0_utilization', 'core_3_utilization'],
      }),
      calm({ name: 'memory', group: 'memory', columns: ['ram_percent', 'ram_used_mb'] }),
      stormy({ name: 'disk', group: 'disk', columns: ['disk_0_percent', 'disk_read_count'] }),
      stormy({ name: 'network', group: 'network', columns: ['net_bytes_sent', 'net_bytes_recv'] }),
      stormy({ name: 'nvidia', group: 'gpu', columns: GPU_COLUMNS, gpus: () => 1 }),
      stormy({ name: 'amd', group: 'gpu', columns: GPU_COLUMNS, gpus: tick => this.#weather.gpus(tick) }),
      stormy({ name: 'intel', group: 'gpu', columns: GPU_COLUMNS, gpus: () => 1 }),
    ];
  }
}

function linkOf(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch {
    // The one by which the folder was read.
    return '';
  }
}

function tell(told: Told): void {
  fs.writeSync(1, `${JSON.stringify(told)}\n`);
}

SoakLife.live(JSON.parse(process.argv[2] ?? '') as Life).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
