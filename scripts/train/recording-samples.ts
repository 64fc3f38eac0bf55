import type { Signal } from '../../src/classify/signals.ts';
import { thinned } from './degrade.ts';
import { masked, maskOf, type Sample } from './fit.ts';
import { onMoreCores } from './more-cores.ts';
import { isPause, type LabelledTrace, samplesOf } from './statistics-file.ts';
import { stepsOf, windowsOf } from './windows-of.ts';

/**
 * How many sources a program counts as that was recorded here, of a class that nobody else has recorded; and all programs
 * of a class together that others have recorded: they are many, and all of a few machines.
 */
const SHARE = 0.5;
/** How many times as many cores a recording is put on besides, and the feature vectors taken of each, at 1 Hz and every 5 s. */
const MORE_CORES = [3, 8];
const WINDOWS = 8;
const COARSE_WINDOWS = 3;
/** What nothing but the recorded program could move: the machines recorded had no network but that of the browsers. */
const NETWORK: readonly Signal[] = ['netSend', 'netReceive', 'connections'];
const WITH_NETWORK = 'web_browsing';

/**
 * Windows of the project's own recordings as samples: as they are, and as on machines with more cores.
 *
 * @param known classes that others have recorded
 */
export function recordingSamples(recordings: readonly LabelledTrace[], known: ReadonlySet<string>): Sample[] {
  const programs = new Map<string, Set<string>>();
  for (const { category, source } of recordings)
    programs.set(category, (programs.get(category) ?? new Set()).add(source));
  return recordings.flatMap(recording => {
    const { category, source, fold, name, trace } = recording;
    const share = known.has(category) ? SHARE / (programs.get(category)?.size ?? 1) : SHARE;
    const fine = stepsOf(trace);
    const coarse = stepsOf(thinned(trace, 5));
    const larger = MORE_CORES.flatMap(times => [
      ...windowsOf(onMoreCores(fine, times), WINDOWS),
      ...windowsOf(onMoreCores(coarse, times), COARSE_WINDOWS),
    ])
      .filter(features => !isPause(category, features))
      .map((features): Sample => ({ category, source, fold, trace: name, features }));
    const hidden = category === WITH_NETWORK ? 0 : maskOf(signal => NETWORK.includes(signal));
    return [...samplesOf(recording), ...larger].map(sample => ({
      ...sample,
      share,
      features: masked(sample.features, hidden),
    }));
  });
}
