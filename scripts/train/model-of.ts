import { FEATURES } from '../../src/classify/features.ts';
import type { WorkloadModel } from '../../src/classify/model.ts';
import { CATEGORIES } from '../../src/common/workload.ts';
import { fit, type Sample, spreadOf } from './fit.ts';
import { priorTraces } from './prior/traces.ts';
import { isPause } from './statistics-file.ts';
import { windowsOf } from './windows-of.ts';

/** The prior counts as this many sources of each class. */
const PRIOR_SHARE = 2;
/** Windows taken of each trace of the prior. */
const PRIOR_WINDOWS = 9;
const COARSE_PRIOR_WINDOWS = 3;

/** The prior as samples, at a sample a second and at one every 5 s. */
export function priorSamples(): Sample[] {
  const origin = { source: 'prior', share: PRIOR_SHARE };
  return priorTraces().flatMap(({ category, name, seconds }) => {
    const fine = seconds.map(signals => ({ signals, seconds: 1 }));
    const coarse = seconds.filter((_, at) => at % 5 === 0).map(signals => ({ signals, seconds: 5 }));
    return [...windowsOf(fine, PRIOR_WINDOWS), ...windowsOf(coarse, COARSE_PRIOR_WINDOWS)]
      .filter(features => !isPause(category, features))
      .map(features => ({ ...origin, category, trace: name, features }));
  });
}

/** The model of these samples, before its probabilities are made to mean what they say. */
export function modelOf(samples: readonly Sample[]): WorkloadModel {
  const sources: Record<string, number> = {};
  for (const { source } of samples) sources[source] = (sources[source] ?? 0) + 1;
  return {
    format: 1,
    sources,
    categories: [...CATEGORIES],
    features: FEATURES.map(({ id, knots }) => ({ id, knots: [...knots] })),
    ...fit(samples, CATEGORIES),
    withGpu: { temperature: 1, sharpness: 1 },
    withoutGpu: { temperature: 1, sharpness: 1 },
    ...spreadOf(samples, CATEGORIES),
  };
}
