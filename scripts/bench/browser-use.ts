import type { Browser } from 'playwright-core';
import { CpuMeter, readMemory } from './process-usage.ts';

/** CPU time of a browser's processes over some time, in % of one core. */
export interface BrowserUse {
  /** Those that run pages. */
  readonly renderers: number;
  /** All others: the browser itself, the one that puts pictures together, those of the network and of storage. */
  readonly others: number;
}

/** Adds up what the processes of a browser use. */
export class BrowserMeter {
  readonly #renderers: readonly CpuMeter[];
  readonly #others: readonly CpuMeter[];
  readonly #pids: readonly number[];
  #began = { at: 0, renderers: 0, others: 0 };

  private constructor(renderers: readonly number[], others: readonly number[]) {
    this.#pids = renderers;
    this.#renderers = renderers.map(pid => new CpuMeter(pid));
    this.#others = others.map(pid => new CpuMeter(pid));
  }

  /** Meters for the processes that there are now. */
  static async of(browser: Browser): Promise<BrowserMeter> {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const pids = (isRenderer: boolean): number[] =>
      processInfo.filter(({ type }) => (type === 'renderer') === isRenderer).map(({ id }) => id);
    return new BrowserMeter(pids(true), pids(false));
  }

  /** Memory that only the processes of the pages have, in MiB. */
  get privateMib(): number {
    return this.#pids.reduce((sum, pid) => sum + readMemory(pid).privateKib / 1024, 0);
  }

  begin(): void {
    this.#began = { at: performance.now(), ...this.#read() };
  }

  /** What was used since {@link begin}. */
  result(): BrowserUse {
    const { renderers, others } = this.#read();
    const percent = (ns: number): number => (100 * ns) / ((performance.now() - this.#began.at) * 1e6);
    return {
      renderers: percent(renderers - this.#began.renderers),
      others: percent(others - this.#began.others),
    };
  }

  #read(): { renderers: number; others: number } {
    const sum = (meters: readonly CpuMeter[]): number => meters.reduce((ns, meter) => ns + read(meter), 0);
    return { renderers: sum(this.#renderers), others: sum(this.#others) };
  }
}

function read(meter: CpuMeter): number {
  try {
    return meter.read();
  } catch {
    // A process that has ended uses nothing more.
    return 0;
  }
}
