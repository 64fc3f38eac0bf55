import type { WorkloadModel } from '../../src/classify/model.ts';
import { calibrated, heldOut, type HeldOut } from './calibration.ts';
import type { Sample } from './fit.ts';
import { modelOf } from './model-of.ts';
import { isRecordedHere } from './recordings.ts';

/** A source, the model that has not seen it, and what that says of it. */
export interface Fold {
  /** What was left out together. */
  readonly fold: string;
  readonly source: string;
  readonly model: WorkloadModel;
  readonly heldOut: readonly HeldOut[];
}

/**
 * Leaves out every source in turn; of the project's own recordings, which are of many programs, every third program of
 * each class together. A fold's model is calibrated by what the other folds' models say of the sources that they have not
 * seen, so that nothing of a source touches the model that is tested on it.
 */
export function leaveOneOut(samples: readonly Sample[], progress: (fold: string) => void): Fold[] {
  const found = [...new Set(samples.flatMap(({ fold }) => fold ?? []))];
  const parts = found.map(fold => {
    progress(fold);
    const rest = samples.filter(sample => sample.fold !== fold);
    const model = modelOf(rest);
    const own = samples.filter(sample => sample.fold === fold);
    const known = new Set(rest.flatMap(({ category, source }) => (source === 'prior' ? [] : [category])));
    const sources = [...new Set(own.map(({ source }) => source))].map(source => {
      const ofSource = own.filter(sample => sample.source === source);
      // Of a class that nobody else has recorded a model knows expectations alone: that says little about its certainty.
      const judged = ofSource.filter(({ category }) => known.has(category));
      return { fold, source, model, heldOut: heldOut(model, judged, isRecordedHere(source)) };
    });
    return { fold, sources };
  });
  return parts.flatMap(({ fold, sources }) => {
    const others = parts.filter(part => part.fold !== fold).flatMap(part => part.sources);
    const judged = others.flatMap(one => one.heldOut);
    return sources.map(one => ({ ...one, model: calibrated(one.model, judged) }));
  });
}
