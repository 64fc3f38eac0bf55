import type { MeanAndPeak, SessionPower, WorkloadSession } from '../../common/workload-session.ts';
import type { SessionColumns } from './session-columns.ts';
import type { Stretch } from './stretch.ts';

const MS_PER_HOUR = 3_600_000;

/** What is told of a session: what is known of it, and nothing for what is not. */
export function sessionFacts(stretch: Stretch, columns: SessionColumns): WorkloadSession {
  const { category, from, to, covered, ofClass } = stretch;
  const confidence = stretch.mean(columns.confidence);
  const cpu = meanAndPeak(stretch, columns.cpu);
  const ram = meanAndPeak(stretch, columns.ram);
  const gpu = highest(
    stretch,
    columns.gpus.map(slots => [slots.gpu, slots.utilization]),
  );
  const vram = highest(
    stretch,
    columns.gpus.map(slots => [slots.gpu, slots.vram]),
  );
  const power = powerOf(stretch, columns);
  return {
    category,
    from,
    to,
    coveredMs: covered,
    ofClassMs: ofClass,
    ...(Number.isNaN(confidence) ? {} : { confidence: presentable(confidence) }),
    ...(cpu ? { cpu } : {}),
    ...(ram ? { ram } : {}),
    ...(gpu ? { gpu } : {}),
    ...(vram ? { vram } : {}),
    ...(power ? { power } : {}),
  };
}

function meanAndPeak(stretch: Stretch, slot: number): MeanAndPeak | undefined {
  const mean = stretch.mean(slot);
  if (Number.isNaN(mean)) return undefined;
  return { mean: presentable(mean), peak: presentable(stretch.maxima[slot] ?? mean) };
}

/** The device with the highest mean. */
function highest(
  stretch: Stretch,
  devices: readonly (readonly [gpu: number, slot: number])[],
): (MeanAndPeak & { readonly gpu: number }) | undefined {
  let found: (MeanAndPeak & { readonly gpu: number }) | undefined;
  for (const [gpu, slot] of devices) {
    const one = meanAndPeak(stretch, slot);
    if (one && (!found || one.mean > found.mean)) found = { gpu, ...one };
  }
  return found;
}

function powerOf(stretch: Stretch, columns: SessionColumns): SessionPower | undefined {
  const meters = [{ slot: columns.power }, ...columns.gpus.map(({ gpu, power }) => ({ gpu, slot: power }))];
  const sources = meters.flatMap(({ slot, ...which }) => {
    const knownMs = stretch.weights[slot] ?? 0;
    return knownMs > 0 ? [{ ...which, wh: (stretch.sums[slot] ?? 0) / MS_PER_HOUR, knownMs }] : [];
  });
  if (sources.length === 0) return undefined;
  const wh = sources.reduce((sum, source) => sum + source.wh, 0);
  return {
    mean: presentable((wh * MS_PER_HOUR) / stretch.powerMs),
    peak: presentable(stretch.mostWatts),
    wh: presentable(wh),
    sources: sources.map(source => ({ ...source, wh: presentable(source.wh) })),
  };
}

/** Seven digits, as much as rollups hold. */
function presentable(value: number): number {
  return Number(value.toPrecision(7));
}
