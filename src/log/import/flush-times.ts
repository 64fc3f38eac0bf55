import type { OriginalSample } from './original-samples.ts';

/** A sample with the moment that it was taken at, as far as that can be told. */
export interface TimedSample extends OriginalSample {
  /** Whether it shared its time with others. */
  readonly isSpread: boolean;
}

/**
 * Gives samples that were written together times of their own. The original keeps samples in memory and, in one of its
 * layouts, notes when it writes them, up to 60 of them within a few milliseconds. Such a block is spread back from there
 * at the logging interval, but no further than to the block before.
 *
 * @param intervalMs the logging interval of the original
 */
export async function* spreadFlushes(
  samples: AsyncIterable<OriginalSample>,
  intervalMs: number,
): AsyncGenerator<TimedSample> {
  let block: OriginalSample[] = [];
  let before = Number.NEGATIVE_INFINITY;
  for await (const sample of samples) {
    const step = sample.time - (block.at(-1)?.time ?? Number.NaN);
    if (step >= 0 && step < intervalMs / 2 && sample.hardwareId === block[0]?.hardwareId) {
      block.push(sample);
      continue;
    }
    yield* spread(block, before, intervalMs);
    before = block.at(-1)?.time ?? before;
    block = [sample];
  }
  yield* spread(block, before, intervalMs);
}

function* spread(
  block: readonly OriginalSample[],
  before: number,
  intervalMs: number,
): Generator<TimedSample> {
  const end = block.at(-1)?.time ?? 0;
  const room = end > before ? (end - before) / block.length : intervalMs;
  const step = Math.min(intervalMs, room);
  for (const [at, sample] of block.entries()) {
    const time = Math.round(end - (block.length - 1 - at) * step);
    yield { ...sample, time, isSpread: block.length > 1 };
  }
}
