import type { WorkloadModel } from '../../src/classify/model.ts';
import { calibrated } from './calibration.ts';
import { writeDocs } from './docs.ts';
import { CONDITIONS, evaluate, noticeChanges } from './evaluate.ts';
import type { Sample } from './fit.ts';
import { leaveOneOut } from './folds.ts';
import { writeModel } from './model-file.ts';
import { modelOf, priorSamples } from './model-of.ts';
import { isRecordedHere, readRecordings } from './recordings.ts';
import { recordingSamples } from './recording-samples.ts';
import { reportText } from './report.ts';
import { type LabelledTrace, readStatistics, readTraces, writeStatistics } from './statistics-file.ts';

/** Trains the model and writes it. */
export function trainModel(tracesFolder: string | undefined): void {
  if (tracesFolder !== undefined) writeStatistics(readTraces(tracesFolder));
  const samples = allSamples(readRecordings());
  const folds = leaveOneOut(samples, source => {
    console.log(`without ${source}`);
  });
  console.log('with all');
  const model = calibrated(
    modelOf(samples),
    folds.flatMap(({ heldOut }) => heldOut),
  );
  writeModel(model);
  console.log(
    `configs/workload-model.json written: ${String(samples.length)} windows of ${String(folds.length)} sources and the prior`,
  );
}

/**
 * Says how good the answers are on sources that a model has not seen.
 *
 * @param options `json`: as one document; `docs`: also in docs/classification.md and docs/images
 */
export function evaluateModel(
  tracesFolder: string | undefined,
  { json, docs }: { readonly json: boolean; readonly docs: boolean },
): void {
  const recordings = readRecordings();
  const elsewhere = tracesFolder === undefined ? [] : readTraces(tracesFolder);
  const samples = allSamples(recordings);
  const folds = leaveOneOut(samples, fold => {
    process.stderr.write(`without ${fold}\n`);
  });
  const results = (traces: readonly LabelledTrace[]) =>
    traces.length === 0
      ? []
      : Object.entries(CONDITIONS).map(([name, degrade]) => evaluate(folds, traces, name, degrade));
  const played = (traces: readonly LabelledTrace[], model: WorkloadModel, name: string) =>
    evaluate(
      folds.map(fold => ({ ...fold, model })),
      traces,
      name,
      trace => trace,
    );
  const whole = calibrated(
    modelOf(samples),
    folds.flatMap(({ heldOut }) => heldOut),
  );
  const all = [...elsewhere, ...recordings];
  // A fold of several classes can be asked for changes that its model has never seen either side of.
  const unseen = [...new Map(folds.map(({ fold, model }) => [fold, model]))].flatMap(([fold, model]) => {
    const own = all.filter(trace => trace.fold === fold);
    return new Set(own.map(({ category }) => category)).size > 1
      ? [noticeChanges(own, model, `the model that has not seen ${fold}`)]
      : [];
  });
  const ofRecordings = results(recordings);
  if (recordings.length > 0) {
    process.stderr.write('without any recording of our own\n');
    const foreign = calibrated(
      modelOf(samples.filter(({ source }) => !isRecordedHere(source))),
      folds.filter(({ source }) => !isRecordedHere(source)).flatMap(({ heldOut }) => heldOut),
    );
    ofRecordings.push(played(recordings, foreign, 'as recorded, nothing of this machine seen'));
  }
  const report = {
    sources: [...new Set(folds.map(({ fold }) => fold))],
    windows: samples.length,
    elsewhere: results(elsewhere),
    recordings: ofRecordings,
    seen: all.length === 0 ? undefined : played(all, whole, 'by the model that has seen them'),
    notices: all.length === 0 ? [] : [noticeChanges(all, whole, 'the model that has seen them'), ...unseen],
  };
  process.stdout.write(json ? `${JSON.stringify(report, mapsAsObjects, 2)}\n` : reportText(report));
  if (docs) process.stderr.write(`Written: ${writeDocs(report).join(', ')}\n`);
}

function allSamples(recordings: readonly LabelledTrace[]): Sample[] {
  const statistics = readStatistics();
  const known = new Set(statistics.map(({ category }) => category));
  return [...statistics, ...recordingSamples(recordings, known), ...priorSamples()];
}

function mapsAsObjects(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value;
}
