import type { DashboardPage } from './dashboard-page.ts';
import { quantile } from './statistics.ts';

/** How long each gesture goes on. */
const GESTURE_MS = 4_000;
/** Steps of a gesture in a second: as often as a mouse tells. */
const STEPS = 60;

/** Frames while the user moves through time. */
export interface ZoomRate {
  readonly name: string;
  /** Frames in a second, of those that could be. */
  readonly framesPerSecond: number;
  /** Time between two frames, ms. */
  readonly medianMs: number;
  readonly p99Ms: number;
}

interface FrameLog {
  __frames: number[] | undefined;
}

/** Frame rate of a page that shows a day: at rest, while a span is dragged, while it is moved, and while the wheel turns. */
export async function measureZoom({ page }: DashboardPage): Promise<ZoomRate[]> {
  const canvas = page.locator('[data-pane="cpu"] canvas');
  const box = await canvas.boundingBox();
  if (!box) throw new Error('there is no chart to zoom');
  const left = box.x + 60;
  const width = box.width - 80;
  const y = box.y + box.height / 2;
  const { mouse, keyboard } = page;
  const gesture = async (name: string, act: (step: number) => Promise<void>): Promise<ZoomRate> => {
    await page.evaluate(startFrameLog);
    const start = performance.now();
    for (let at = 0; performance.now() - start < GESTURE_MS; at++) {
      await act(at);
      const ahead = start + (1000 * (at + 1)) / STEPS - performance.now();
      if (ahead > 0) await page.waitForTimeout(ahead);
    }
    return rateOf(name, await page.evaluate(endFrameLog));
  };
  const swing = (at: number): number => left + width * (0.5 + 0.4 * Math.sin(at / 20));
  const rates = [await gesture('at rest', () => Promise.resolve())];
  await mouse.move(left, y);
  rates.push(await gesture('pointing', at => mouse.move(swing(at), y)));
  await mouse.down();
  rates.push(await gesture('dragging a span', at => mouse.move(swing(at), y)));
  await keyboard.press('Escape');
  await mouse.move(left, y);
  await mouse.up();
  await keyboard.down('Shift');
  await mouse.move(left + width / 2, y);
  await mouse.down();
  rates.push(await gesture('moving, with Shift', at => mouse.move(swing(at), y)));
  await mouse.up();
  await keyboard.up('Shift');
  await keyboard.down('Control');
  rates.push(await gesture('turning the wheel', at => mouse.wheel(0, at % 80 < 40 ? -40 : 40)));
  await keyboard.up('Control');
  return rates;
}

function rateOf(name: string, times: readonly number[]): ZoomRate {
  const steps = Float64Array.from(times.slice(1), (time, at) => time - (times[at] ?? time)).sort();
  const ms = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    name,
    framesPerSecond: (1000 * steps.length) / ms,
    medianMs: quantile(steps, 0.5),
    p99Ms: quantile(steps, 0.99),
  };
}

/** Runs in the page. */
function startFrameLog(): void {
  const log = globalThis as unknown as FrameLog;
  const frames: number[] = [];
  log.__frames = frames;
  const next = (): void => {
    if (log.__frames !== frames) return;
    frames.push(performance.now());
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

/** Runs in the page. */
function endFrameLog(): number[] {
  const log = globalThis as unknown as FrameLog;
  const frames = log.__frames ?? [];
  log.__frames = undefined;
  return frames;
}
