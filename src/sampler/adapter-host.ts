import { describeFault } from '../common/faults.ts';
import { type Absence, Frame } from '../common/frame.ts';
import { buildLayout, type InstanceCounts, type Layout } from '../common/layout.ts';
import type { Metric, MetricGroup } from '../common/metrics.ts';
import type { AdapterStatus, Limits } from '../common/protocol.ts';
import type { Adapter, AdapterContext, AdapterInfo, GpuInfo, Unavailable } from './adapters/base.ts';
import { absenceOf, createEntry, type Entry, isAbsence, mayComeBack } from './adapter-state.ts';
import type { InFlightMarks } from './in-flight.ts';
import type { Quarantine } from './quarantine.ts';
import { WatchedColumns } from './watched-columns.ts';

/** How long the first layout waits for drivers that are slow to open. */
const OPENING_GRACE_MS = 1_000;
/** When an adapter that found nothing to read looks again, by the reason. */
const RETRY_MS: Readonly<Record<Absence, number>> = {
  unsupported: Number.POSITIVE_INFINITY,
  asleep: 5_000,
  denied: 60_000,
  failed: 60_000,
};
/** When an adapter looks again that found no devices which may come: GPUs, or such as it had before. */
const NO_DEVICE_RETRY_MS = 60_000;
/** When an adapter that was left out is looked at again; the quarantine decides. */
const LEFT_OUT_CHECK_MS = 5_000;

/** Whether a group is collected at all and, asked with a metric, whether that one is on a machine with so many devices. */
export type CollectionChoice = (group: MetricGroup, metric?: Metric, counts?: InstanceCounts) => boolean;

/** What the status says of an adapter that has not answered yet. */
const OPENING = 'waiting for the driver';

/** What was known of each adapter's devices when it last opened, for the columns of one that is left out. */
export interface KnownDevices {
  readonly instances: Readonly<Record<string, Partial<InstanceCounts>>>;
  readonly gpus: Readonly<Record<string, readonly GpuInfo[]>>;
}

export interface AdapterHostOptions {
  readonly adapters: readonly Adapter[];
  readonly context: AdapterContext;
  readonly marks: InFlightMarks;
  readonly quarantine: Quarantine;
  /** Devices seen by former samplers. */
  readonly known: KnownDevices;
  /** Told when columns were added: frames of {@link AdapterHost.layout} follow. */
  readonly onLayout: () => void;
  /** Told when {@link AdapterHost.statuses} has changed. */
  readonly onStatus: () => void;
}

/**
 * Opens the adapters, gives each its columns, and reads them all once a tick. An adapter that fails, is missing or is
 * in quarantine costs its own columns and nothing else.
 */
export class AdapterHost {
  readonly #options: AdapterHostOptions;
  readonly #entries: readonly Entry[];
  #isCollected: CollectionChoice = () => true;
  #layout: Layout = buildLayout({ core: 0, gpu: 0, disk: 0 });
  #announcedGpus = '';
  #frame = new Frame(this.#layout);
  /** States a frame starts with: what a slot says when nobody sets it. */
  #initial = new Uint8Array();
  #nextRetryMs = Number.POSITIVE_INFINITY;
  #started = false;
  #watchesCores = false;
  /** Columns beside the frame; `undefined` while nobody watches any. */
  #watched: WatchedColumns | undefined;

  constructor(options: AdapterHostOptions) {
    this.#options = options;
    this.#entries = options.adapters.map(createEntry);
  }

  get layout(): Layout {
    return this.#layout;
  }

  /** What is read beside the frame; `undefined` while nobody watches anything that has no column. */
  get watched(): Frame | undefined {
    return this.#watched?.frame;
  }

  /** The GPUs in the order of their numbers, those of adapters that are left out included as far as known. */
  get gpus(): GpuInfo[] {
    return this.#entries.flatMap(entry => this.#gpusOf(entry));
  }

  get statuses(): AdapterStatus[] {
    return this.#entries.map(({ adapter, state, detail, fault, remedy, info }) => ({
      name: adapter.name,
      group: adapter.group,
      state: state === 'ok' && fault !== '' ? 'failed' : state,
      detail: fault === '' ? detail : fault,
      ...(remedy === undefined ? {} : { remedy }),
      ...(info?.limitations ? { limitations: info.limitations } : {}),
      ...(info?.instances ? { instances: info.instances } : {}),
    }));
  }

  /** What we may use of the machine, as far as that is less than all; `undefined` where it is all. */
  get limits(): Limits | undefined {
    let all: Limits | undefined;
    for (const { limits } of this.#entries) if (limits) all = { ...all, ...limits };
    return all;
  }

  /** Devices of the adapters that are open now, and of the others as known before. */
  get knownDevices(): KnownDevices {
    const { known } = this.#options;
    const open = this.#entries.filter(entry => entry.info);
    return {
      instances: {
        ...known.instances,
        ...Object.fromEntries(open.map(e => [e.adapter.name, e.info?.instances ?? {}])),
      },
      gpus: {
        ...known.gpus,
        ...Object.fromEntries(open.filter(e => e.info?.gpus).map(e => [e.adapter.name, e.info?.gpus ?? []])),
      },
    };
  }

  /**
   * Opens the adapters of the groups that are collected, closes the others, and lays out the columns. Returns when all
   * have answered, or after a second: a driver that is slower gets its values in when it comes.
   */
  async open(isCollected: CollectionChoice): Promise<void> {
    this.#isCollected = isCollected;
    await this.#openInTurn(this.#entries);
    this.#started = true;
    this.#layOut();
    this.#options.onStatus();
  }

  /** A manual start: adapters that were left out, in quarantine, or found nothing are tried again now. */
  retryAll(): void {
    void this.#openInTurn(this.#entries.filter(({ state }) => state !== 'ok' && state !== 'off'));
  }

  /** From now on cores without columns are read too, or no longer: see {@link watched}. */
  set watchesCores(watches: boolean) {
    if (watches === this.#watchesCores) return;
    this.#watchesCores = watches;
    if (this.#started) this.#layOut();
  }

  /**
   * Reads all adapters. The frame is the host's own and is overwritten by the next read.
   *
   * @param elapsedSeconds time since the last read on the monotonic clock; NaN on the first
   */
  read(elapsedSeconds: number): Frame {
    const frame = this.#frame;
    const { marks } = this.#options;
    let hasOtherDevices = false;
    frame.utcMs = Date.now();
    frame.monotonicMs = performance.now();
    frame.values.fill(Number.NaN);
    frame.states.set(this.#initial);
    const writer = this.#watched?.begin(frame) ?? frame;
    for (const entry of this.#entries) {
      if (entry.state !== 'ok' || !entry.slots) continue;
      marks.enter(entry.adapter.name);
      try {
        entry.adapter.read(writer, elapsedSeconds);
        if (entry.fault !== '') this.#noteFault(entry, '');
        hasOtherDevices ||= entry.adapter.hasOtherDevices === true;
      } catch (error) {
        // What it wrote before it threw is not to be trusted either.
        for (const slot of entry.slots) writer.absent(slot, 'failed');
        this.#noteFault(entry, describeFault(error));
      }
      this.#markPendingCall(entry);
      this.#noteLimits(entry, entry.adapter.limits);
    }
    marks.leave();
    const isRetryDue = frame.monotonicMs >= this.#nextRetryMs;
    if (hasOtherDevices || isRetryDue) this.#openAgain(frame.monotonicMs);
    return frame;
  }

  /** Closes the adapters. One whose opening has not come back is closed when it does. */
  close(): void {
    this.#isCollected = () => false;
    for (const entry of this.#entries) this.#close(entry);
  }

  async #openOrLeave(entry: Entry): Promise<void> {
    const { adapter } = entry;
    if (!this.#isCollected(adapter.group)) {
      this.#close(entry);
      this.#settle(entry, 'off', 'switched off in the settings');
      return;
    }
    if (entry.state === 'ok') return;
    if (entry.isOpening) {
      if (entry.state === 'off') this.#settle(entry, 'opening', OPENING);
      return;
    }
    const verdict = this.#options.quarantine.verdict(adapter.name, Date.now());
    if (verdict !== 'free') {
      this.#leaveOut(entry, verdict);
      return;
    }
    // One that sleeps or failed does so until it answers otherwise: what clients show does not flicker at every try.
    if (!isAbsence(entry.state)) {
      entry.state = 'opening';
      entry.detail = OPENING;
      entry.remedy = undefined;
    }
    entry.isOpening = true;
    this.#options.marks.opening(adapter.name);
    let outcome: AdapterInfo | Unavailable;
    try {
      outcome = await adapter.open(this.#options.context);
    } catch (error) {
      outcome = { available: false, reason: 'failed', why: describeFault(error) };
    }
    entry.isOpening = false;
    this.#options.marks.opened(adapter.name);
    if (!this.#isCollected(adapter.group)) {
      // It was switched off while its driver took its time.
      if (outcome.available) this.#closeAdapter(adapter);
      return;
    }
    if (outcome.available) {
      entry.info = outcome;
      entry.lastInfo = outcome;
      this.#settle(entry, 'ok', outcome.found);
    } else {
      const mayCome = adapter.group === 'gpu' || entry.lastInfo !== undefined;
      const isWaiting = outcome.reason === 'unsupported' && mayCome;
      entry.retryAtMs = performance.now() + (isWaiting ? NO_DEVICE_RETRY_MS : RETRY_MS[outcome.reason]);
      this.#settle(entry, outcome.reason, outcome.why, outcome.remedy);
    }
  }

  #leaveOut(entry: Entry, verdict: 'left-out' | 'quarantined'): void {
    if (verdict === 'quarantined') {
      entry.retryAtMs = Number.POSITIVE_INFINITY;
      this.#settle(
        entry,
        'quarantined',
        'the sampler died twice in its driver, so it is not used',
        'Run “OptiMetrics: Start” to try it again; if it happens again, update or reinstall the driver.',
      );
    } else {
      entry.retryAtMs = performance.now() + LEFT_OUT_CHECK_MS;
      this.#settle(entry, 'left-out', 'the sampler died in its driver; it is tried again after a minute');
    }
  }

  #settle(entry: Entry, state: Entry['state'], detail: string, remedy?: string): void {
    const changed = entry.state !== state || entry.detail !== detail;
    entry.state = state;
    entry.detail = detail;
    entry.remedy = remedy;
    if (state !== 'ok') this.#forget(entry);
    this.#nextRetryMs = Math.min(...this.#entries.map(e => e.retryAtMs));
    // What has found nothing looks again every minute, and finds nothing again: nothing is to be laid out anew for that.
    if (!this.#started || (!changed && state !== 'ok')) return;
    this.#layOut();
    if (changed) this.#options.onStatus();
  }

  #close(entry: Entry): void {
    entry.retryAtMs = Number.POSITIVE_INFINITY;
    if (entry.state !== 'ok') return;
    entry.state = 'off';
    this.#forget(entry);
    this.#closeAdapter(entry.adapter);
  }

  /** Forgets what belongs to an adapter that is open. */
  #forget(entry: Entry): void {
    entry.info = undefined;
    entry.slots = undefined;
    entry.fault = '';
    entry.limits = undefined;
  }

  #closeAdapter(adapter: Adapter): void {
    try {
      adapter.close();
    } catch (error) {
      this.#options.context.log(`closing ${adapter.name}: ${describeFault(error)}`);
    }
  }

  /**
   * Opens the adapters again whose devices have come or gone, and those whose time to be tried again has come. The columns
   * of the former stay until they answer, and read `failed`.
   */
  #openAgain(nowMs: number): void {
    const changed = this.#entries.filter(
      ({ state, adapter }) => state === 'ok' && adapter.hasOtherDevices === true,
    );
    for (const entry of changed) {
      this.#closeAdapter(entry.adapter);
      this.#forget(entry);
      entry.state = 'opening';
      entry.detail = OPENING;
    }
    const due = this.#entries.filter(({ retryAtMs }) => retryAtMs <= nowMs);
    for (const entry of due) entry.retryAtMs = Number.POSITIVE_INFINITY;
    this.#nextRetryMs = Math.min(...this.#entries.map(e => e.retryAtMs));
    void this.#openInTurn([...changed, ...due]);
  }

  /**
   * Opens one after the other, so that a crash is not held against those that had nothing to do with it. After a second
   * nobody waits any more for one that is slow.
   */
  async #openInTurn(entries: readonly Entry[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>(resolve => (timer = setTimeout(resolve, OPENING_GRACE_MS)));
    for (const entry of entries) await Promise.race([this.#openOrLeave(entry), grace]);
    clearTimeout(timer);
  }

  /** Makes the columns for what is open and known, and gives every adapter its slots. */
  #layOut(): void {
    const layout = buildLayout(this.#countInstances(), this.#isCollected);
    const gpus = JSON.stringify(this.gpus);
    const isNew = !sameColumns(layout, this.#layout) || gpus !== this.#announcedGpus;
    if (!sameColumns(layout, this.#layout)) {
      this.#layout = layout;
      this.#frame = new Frame(layout);
    }
    this.#announcedGpus = gpus;
    const watchedBefore = this.#watched?.count ?? 0;
    this.#watched = this.#watchesCores
      ? WatchedColumns.beside(this.#layout, this.#countInstances().core)
      : undefined;
    const initial = new Frame(this.#layout);
    for (let slot = 0; slot < initial.values.length; slot++) initial.absent(slot, 'unsupported');
    this.#markLeftBehind(initial);
    this.#bindOpen(initial);
    this.#initial = initial.states.slice();
    if (isNew || (this.#watched?.count ?? 0) !== watchedBefore) this.#options.onLayout();
  }

  /** Gives the open adapters their slots; one that they then leave alone reads `failed`. */
  #bindOpen(initial: Frame): void {
    let firstGpu = 0;
    for (const entry of this.#entries) {
      if (entry.info) this.#bind(entry, firstGpu, initial);
      firstGpu += this.#gpusOf(entry).length;
    }
  }

  #bind(entry: Entry, firstGpu: number, initial: Frame): void {
    const slots = new Set<number>();
    const find = (column: string): number => {
      const slot = this.#layout.slots.get(column) ?? this.#watched?.slot(column) ?? -1;
      initial.absent(slot, 'failed');
      slots.add(slot);
      return slot;
    };
    entry.slots = undefined;
    try {
      entry.adapter.bind(Object.assign(find, { firstGpu }));
      entry.slots = slots;
    } catch (error) {
      this.#noteFault(entry, describeFault(error));
    }
  }

  /** Marks the columns of adapters that are not open with the reason: all of the group, or those of its GPUs. */
  #markLeftBehind(initial: Frame): void {
    let firstGpu = 0;
    const nobodyKnowsAGpu = this.gpus.length === 0;
    for (const entry of this.#entries) {
      const gpus = this.#gpusOf(entry).length;
      if (!entry.info) {
        const reason = absenceOf(entry.state);
        this.#layout.columns.forEach(({ metric, instance }, slot) => {
          if (metric.group !== entry.adapter.group) return;
          const isMine = metric.group !== 'gpu' || (instance >= firstGpu && instance < firstGpu + gpus);
          // With no GPU known, the columns of the first stand for an adapter that could not tell.
          if (isMine || (nobodyKnowsAGpu && reason !== 'unsupported')) initial.absent(slot, reason);
        });
      }
      firstGpu += gpus;
    }
  }

  #countInstances(): InstanceCounts {
    const sum = (kind: keyof InstanceCounts): number =>
      this.#entries.reduce((total, entry) => total + (this.#instancesOf(entry)[kind] ?? 0), 0);
    // With no GPU known there is one set of columns, to say why.
    return { core: sum('core'), disk: sum('disk'), gpu: Math.max(1, this.gpus.length) };
  }

  #instancesOf(entry: Entry): Partial<InstanceCounts> {
    if (entry.info) return entry.info.instances ?? {};
    if (!mayComeBack(entry.state)) return {};
    return entry.lastInfo?.instances ?? this.#options.known.instances[entry.adapter.name] ?? {};
  }

  #gpusOf(entry: Entry): readonly GpuInfo[] {
    if (entry.info) return entry.info.gpus ?? [];
    if (!mayComeBack(entry.state)) return [];
    return entry.lastInfo?.gpus ?? this.#options.known.gpus[entry.adapter.name] ?? [];
  }

  /** A call that an adapter makes on another thread while it is read can crash as one at its opening can. */
  #markPendingCall(entry: Entry): void {
    const hasPendingCall = entry.adapter.hasPendingCall === true;
    if (hasPendingCall === entry.hasPendingCall) return;
    entry.hasPendingCall = hasPendingCall;
    if (hasPendingCall) this.#options.marks.opening(entry.adapter.name);
    else this.#options.marks.opened(entry.adapter.name);
  }

  #noteLimits(entry: Entry, limits: Limits | undefined): void {
    if (limits === entry.limits) return;
    entry.limits = limits;
    this.#options.onStatus();
  }

  #noteFault(entry: Entry, fault: string): void {
    if (entry.fault === fault) return;
    entry.fault = fault;
    if (fault !== '') this.#options.context.log(`reading ${entry.adapter.name}: ${fault}`);
    this.#options.onStatus();
  }
}

function sameColumns(a: Layout, b: Layout): boolean {
  return (
    a.columns.length === b.columns.length &&
    a.columns.every((column, slot) => column.name === b.columns[slot]?.name)
  );
}
