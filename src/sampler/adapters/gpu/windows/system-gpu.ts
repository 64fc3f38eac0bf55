import { setTimeout as delay } from 'node:timers/promises';
import { STATUS } from '../../../native/windows/codes.ts';
import {
  ADAPTER_ADDRESS,
  ADAPTER_STATISTICS,
  NODE_STATISTICS,
  QueryType,
  StatisticsType,
} from '../../../native/windows/d3dkmt-layout.ts';
import { D3dkmt, type D3dkmtOptions, type Luid } from '../../../native/windows/d3dkmt.ts';
import type { GpuInfo } from '../../base.ts';
import { pciAddress } from '../pci-display.ts';
import { IDLE_SECONDS } from '../rest.ts';
import { MAX_ENGINES } from './engines.ts';
import { identifyAdapter } from './identity.ts';

/** How far two looks at the engines are apart at least. */
const LOOK_MS = 200;

/** What tests put in place of the system and its clock. */
export interface SystemGpuOptions extends D3dkmtOptions {
  /** Milliseconds on a monotonic clock. */
  readonly now?: () => number;
}

/** A GPU, looked at without its driver. */
export interface SystemGpu {
  /** As {@link pciAddress} writes it. */
  readonly address: string;
  /** Whether it must be taken to sleep, so that asking its driver about it would wake it. */
  isAsleep(): boolean;
  /** Whether Windows cuts it off from power when nobody uses it. */
  canSleep(): boolean;
  close(): void;
}

/**
 * A laptop’s second GPU. Windows does not tell whether it sleeps. But its engines’ running times do not wake it, so it is
 * taken to sleep when no engine has worked for a while: then nothing is asked of its driver that would wake it.
 */
class HybridGpu implements SystemGpu {
  readonly address: string;
  readonly #d3dkmt: D3dkmt;
  readonly #luid: Luid;
  readonly #engines: number;
  readonly #now: () => number;
  #runningTime: number;
  #lookedAtMs: number;
  #workedAtMs = Number.NEGATIVE_INFINITY;
  #isGone = false;

  constructor(d3dkmt: D3dkmt, luid: Luid, address: string, now: () => number) {
    this.#d3dkmt = d3dkmt;
    this.#luid = luid;
    this.address = address;
    this.#now = now;
    const isTold = d3dkmt.readStatistics(StatisticsType.adapter, luid) === STATUS.success;
    this.#engines = isTold ? Math.min(d3dkmt.statistic32(ADAPTER_STATISTICS.nodes), MAX_ENGINES) : 0;
    this.#lookedAtMs = now();
    this.#runningTime = this.#readRunningTime();
  }

  /** Whether no engine has worked for {@link IDLE_SECONDS}, or, in the beginning, since it was found. */
  isAsleep(): boolean {
    const now = this.#now();
    if (now - this.#lookedAtMs >= LOOK_MS) this.#look(now);
    // The driver of one that is gone, or cannot be looked at, says so itself.
    return !this.#isGone && now - this.#workedAtMs > IDLE_SECONDS * 1000;
  }

  canSleep(): boolean {
    return true;
  }

  close(): void {
    // Nothing is kept open.
  }

  #look(now: number): void {
    const runningTime = this.#readRunningTime();
    if (runningTime !== this.#runningTime) this.#workedAtMs = now;
    this.#runningTime = runningTime;
    this.#lookedAtMs = now;
  }

  /** Of all engines together, 100 ns. */
  #readRunningTime(): number {
    let sum = 0;
    this.#isGone = this.#engines === 0;
    for (let node = 0; node < this.#engines; node++) {
      if (this.#d3dkmt.readStatistics(StatisticsType.node, this.#luid, node) === STATUS.success) {
        sum += this.#d3dkmt.statistic64(NODE_STATISTICS.runningTime);
      } else {
        this.#isGone = true;
      }
    }
    return sum;
  }
}

/** Finds the GPUs of a vendor; where one can sleep, looks at it for a moment. */
export async function findSystemGpus(
  vendor: GpuInfo['vendor'],
  options: SystemGpuOptions = {},
): Promise<SystemGpu[]> {
  const d3dkmt = D3dkmt.open(options);
  const adapters = d3dkmt.available ? d3dkmt.openAdapters() : [];
  if (!d3dkmt.available || typeof adapters === 'number') return [];
  const now = options.now ?? (() => performance.now());
  const gpus: SystemGpu[] = [];
  for (const { handle, luid } of adapters) {
    const kind = identifyAdapter(d3dkmt, handle);
    const address = readAddress(d3dkmt, handle);
    if (kind.kind === 'gpu' && kind.info.vendor === vendor && address !== undefined) {
      gpus.push(kind.isHybridDiscrete ? new HybridGpu(d3dkmt, luid, address, now) : alwaysAwake(address));
    }
    d3dkmt.closeAdapter(handle);
  }
  if (gpus.some(gpu => gpu.canSleep())) await delay(LOOK_MS);
  return gpus;
}

function alwaysAwake(address: string): SystemGpu {
  return { address, isAsleep: () => false, canSleep: () => false, close: () => undefined };
}

function readAddress(d3dkmt: D3dkmt, handle: number): string | undefined {
  d3dkmt.data.fill(0, 0, ADAPTER_ADDRESS.size);
  const status = d3dkmt.query(handle, QueryType.adapterAddress, ADAPTER_ADDRESS.size);
  if (status !== STATUS.success) return undefined;
  const bus = d3dkmt.data.readUInt32LE(ADAPTER_ADDRESS.bus);
  return pciAddress(0, bus, d3dkmt.data.readUInt32LE(ADAPTER_ADDRESS.device));
}
