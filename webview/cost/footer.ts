import type { UsageMessage } from '../../src/common/protocol.ts';
import { make, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import { DrawMeter, type ViewCost } from './draw-meter.ts';

/** The line at the bottom: what all this costs. */
export class CostFooter {
  readonly element: HTMLElement;
  readonly meter = new DrawMeter(() => performance.now());
  readonly #sampler = make('span', {
    title: t(
      'CPU time of the sampler’s process over ten seconds, and its resident memory. One process serves all windows.',
    ),
  });
  readonly #view = make('span', {
    title: t(
      'Time that this page’s code took to draw, over ten seconds; tasks of 50 ms and more; memory of its JavaScript. What the browser takes to put pixels on the screen is not in it.',
    ),
  });
  readonly #tellsLongTasks: boolean;
  #usage: UsageMessage | undefined;

  constructor() {
    this.element = make(
      'footer',
      { class: 'cost' },
      make('span', {}, t('Own cost')),
      this.#sampler,
      this.#view,
    );
    this.#tellsLongTasks = PerformanceObserver.supportedEntryTypes.includes('longtask');
    if (this.#tellsLongTasks) {
      new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (entry.duration > 0) this.meter.addLongTask();
      }).observe({ entryTypes: ['longtask'] });
    }
  }

  set usage(usage: UsageMessage | undefined) {
    this.#usage = usage;
  }

  /** Writes what was measured. */
  show(): void {
    setText(this.#sampler, samplerText(this.#usage));
    const { drawPercent, longTasks } = this.meter.latest;
    setText(
      this.#view,
      viewText({ drawPercent, longTasks: this.#tellsLongTasks ? longTasks : undefined, heapMb: heapMb() }),
    );
  }
}

/** What the sampler costs, in words. */
export function samplerText(usage: UsageMessage | undefined): string {
  if (!usage) return t('Sampler: being measured');
  const { cpuPercent, rssMb } = usage;
  return t('Sampler: {0} % of a core, {1} MiB', cpuPercent.toFixed(cpuPercent < 1 ? 2 : 1), rssMb.toFixed(0));
}

/** What the view costs, in words. */
export function viewText({ drawPercent, longTasks, heapMb: heap }: ViewCost): string {
  if (Number.isNaN(drawPercent)) return t('This view: being measured');
  const parts = [t('drawing {0} % of a core', drawPercent.toFixed(2))];
  if (longTasks !== undefined && longTasks > 0) parts.push(t('{0} long tasks', longTasks));
  if (heap !== undefined) parts.push(t('{0} MiB of script memory', heap.toFixed(0)));
  return t('This view: {0}', parts.join(', '));
}

/** Chromium's own, in none of the standards. */
function heapMb(): number | undefined {
  const { memory } = performance as { readonly memory?: { readonly usedJSHeapSize: number } };
  return memory && memory.usedJSHeapSize / 2 ** 20;
}
