import { setTimeout as delay } from 'node:timers/promises';

/** Longest that a chart may take to be painted before the bench gives up. */
const PATIENCE_MS = 60_000;
const POLL_MS = 20;

/** A chart that was painted. */
export interface Painted {
  /** Milliseconds since 1970 UTC, with fractions. */
  readonly at: number;
  /** The preset that was chosen when it was drawn. */
  readonly preset: string;
  /** Whether nothing more was being read for it. */
  readonly isComplete: boolean;
}

/** What {@link installProbe} keeps in a page. */
export interface ProbedPage {
  readonly __painted: Painted[];
}

/**
 * Notes when a chart with data in it was painted: runs in a page before its scripts, also in those that VS Code makes. A line
 * of a chart has more points than a grid line or a mark; it has been painted when the browser begins the frame after.
 */
export function installProbe(): void {
  const LEAST_POINTS = 10;
  const painted: Painted[] = [];
  Object.assign(globalThis, { __painted: painted });
  const points = new WeakMap<object, number>();
  type Method = (this: object, ...values: unknown[]) => unknown;
  const wrap = (prototype: object, name: string, then: (self: object, values: unknown[]) => void): void => {
    const method = Reflect.get(prototype, name) as Method;
    Reflect.set(prototype, name, function (this: object, ...values: unknown[]) {
      method.apply(this, values);
      then(this, values);
    });
  };
  for (const prototype of [CanvasRenderingContext2D.prototype, Path2D.prototype])
    wrap(prototype, 'lineTo', self => points.set(self, (points.get(self) ?? 0) + 1));
  wrap(CanvasRenderingContext2D.prototype, 'beginPath', self => points.set(self, 0));
  let isAwaited = false;
  wrap(CanvasRenderingContext2D.prototype, 'stroke', (self, [path]) => {
    if (isAwaited || (points.get(path ?? self) ?? 0) < LEAST_POINTS) return;
    if (!(self as CanvasRenderingContext2D).canvas.closest('[data-pane]')) return;
    isAwaited = true;
    const preset = document.querySelector<HTMLElement>('[data-range][aria-pressed="true"]')?.dataset['range'];
    requestAnimationFrame(() => {
      isAwaited = false;
      const isComplete = document.querySelector('.loading')?.classList.contains('idle') === true;
      painted.push({ at: performance.timeOrigin + performance.now(), preset: preset ?? '', isComplete });
    });
  });
}

/** Waits until a chart of a preset has been painted for which nothing more is read. @throws Error when that does not come */
export async function untilPainted(
  preset: string,
  painted: () => Promise<readonly Painted[]>,
): Promise<{ readonly first: number; readonly all: number }> {
  for (const start = performance.now(); performance.now() - start < PATIENCE_MS;) {
    const ofPreset = (await painted()).filter(one => one.preset === preset);
    const complete = ofPreset.find(({ isComplete }) => isComplete);
    if (ofPreset[0] && complete) return { first: ofPreset[0].at, all: complete.at };
    await delay(POLL_MS);
  }
  throw new Error(`no chart was painted within ${PATIENCE_MS / 1000} s`);
}
