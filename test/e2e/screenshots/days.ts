import fs from 'node:fs';
import path from 'node:path';
import { readRecordings } from '../../../scripts/train/recordings.ts';
import { Random } from '../../../scripts/train/random.ts';
import { ROOT } from '../../../scripts/lib/paths.mjs';
import { Classifier } from '../../../src/classify/classifier.ts';
import { CorrectionStore } from '../../../src/classify/corrections.ts';
import { readModel } from '../../../src/classify/model.ts';
import type { Trace } from '../../../src/classify/trace.ts';
import { DEFAULT_CONFIG } from '../../../src/common/config/schema.ts';
import { Frame } from '../../../src/common/frame.ts';
import { layoutFromNames } from '../../../src/common/layout.ts';
import { DeltaFilter } from '../../../src/log/delta-filter.ts';
import { LogWriter } from '../../../src/log/log-writer.ts';
import { logRules } from '../../../src/log/rules.ts';
import { Workload } from '../../../src/sampler/workload/workload.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is done from an hour of the local day on; `off` is a machine that is switched off. */
const PLAN: readonly (readonly [hour: number, what: string])[] = [
  [0, 'idle'],
  [1, 'system_maintenance'],
  [1.5, 'idle'],
  [2.5, 'off'],
  [6.75, 'idle'],
  [7.5, 'web_browsing'],
  [8.25, 'coding_development'],
  [10, 'web_browsing'],
  [10.5, 'coding_development'],
  [12, 'idle'],
  [13, 'document_editing'],
  [13.75, 'coding_development'],
  [15.25, 'cad_3d_modeling'],
  [16.5, 'ai_training'],
  [18.5, 'idle'],
  [19.25, 'gaming'],
  [20.75, 'video_editing'],
  [22, 'web_browsing'],
  [22.75, 'idle'],
];

/** What goes on by itself: nobody pauses in it. */
const UNATTENDED = new Set(['ai_training', 'system_maintenance', 'idle', 'off']);
/** Share of the pieces of other work that are a pause in truth. */
const PAUSES = 0.15;
/** Seconds of a recording that are played in one go. */
const SHORTEST_PIECE = 30;

/** Where the days are written. */
export interface DaysOptions {
  readonly logDirectory: string;
  /** Folder of the time per class. */
  readonly workloadDirectory: string;
  /** 32 hex digits. */
  readonly hardwareId: string;
  readonly days: number;
  /** The end of the last day, milliseconds since 1970 UTC. */
  readonly now: number;
}

/**
 * Writes a log of whole days, as the sampler would have: what was recorded of real programs, in pieces, one after the other after
 * {@link PLAN}, told apart by the classifier and written by the log's own writer.
 */
export function writeDays({ logDirectory, workloadDirectory, hardwareId, days, now }: DaysOptions): void {
  const player = new Player(new Random(20));
  const model = readModel(path.join(ROOT, 'configs', 'workload-model.json'));
  const workload = new Workload({
    config: DEFAULT_CONFIG,
    makeClassifier: settings => new Classifier({ model, ...settings }),
    corrections: new CorrectionStore(path.join(workloadDirectory, 'corrections.json')),
    directory: workloadDirectory,
    keepsTimes: true,
  });
  fs.mkdirSync(logDirectory, { recursive: true, mode: 0o700 });
  const log = new LogWriter({
    directory: logDirectory,
    hardwareId,
    rules: logRules(DEFAULT_CONFIG),
    filter: new DeltaFilter(DEFAULT_CONFIG.logging.deltaThresholdPercent),
  });
  let before = Number.NaN;
  for (let time = now - days * DAY_MS; time < now; time += SECOND_MS) {
    const frame = player.frame(time);
    if (!frame) continue;
    workload.take(frame, (time - before) / SECOND_MS);
    log.append(frame);
    before = time;
  }
  log.close();
  workload.close();
}

/** Plays recordings as one machine's days. */
class Player {
  readonly #random: Random;
  readonly #traces = new Map<string, { readonly trace: Trace; readonly slots: readonly number[] }[]>();
  readonly #frame: Frame;
  /** Counters go on counting from one recording to the next. */
  readonly #counters: readonly number[];
  readonly #counts: Float64Array;
  #what = '';
  #piece: { readonly trace: Trace; readonly slots: readonly number[] } | undefined;
  #row = 0;
  #until = 0;

  constructor(random: Random) {
    this.#random = random;
    const [recordings, names] = ofOneMachine();
    const { layout } = layoutFromNames(['session_confidence', ...names]);
    for (const { category, trace } of recordings) {
      const slots = layout.columns.map(({ name }) => trace.layout.slots.get(name) ?? -1);
      this.#traces.set(category, [...(this.#traces.get(category) ?? []), { trace, slots }]);
    }
    this.#frame = new Frame(layout);
    this.#counters = layout.columns.flatMap(({ metric }, slot) => (metric.kind === 'counter' ? [slot] : []));
    this.#counts = new Float64Array(layout.columns.length);
  }

  /** The sample of a second; `undefined` while the machine is off. The frame is overwritten by the next. */
  frame(time: number): Frame | undefined {
    const what = planned(time);
    if (what !== this.#what || this.#row >= this.#until) this.#begin(what);
    if (!this.#piece) return undefined;
    const { trace, slots } = this.#piece;
    const row = trace.rows[this.#row] ?? new Float64Array();
    const former = trace.rows[this.#row - 1] ?? row;
    const frame = this.#frame;
    frame.clear();
    slots.forEach((from, slot) => {
      const value = row[from] ?? Number.NaN;
      if (Number.isNaN(value)) frame.absent(slot, 'unsupported');
      else frame.set(slot, value);
    });
    for (const slot of this.#counters) {
      const from = slots[slot] ?? -1;
      const added = (row[from] ?? 0) - (former[from] ?? 0);
      this.#counts[slot] = (this.#counts[slot] ?? 0) + Math.max(0, added);
      if (from >= 0) frame.set(slot, this.#counts[slot]);
    }
    frame.utcMs = time;
    frame.monotonicMs = time;
    frame.seq++;
    this.#row++;
    return frame;
  }

  #begin(what: string): void {
    this.#what = what;
    const isPause = !UNATTENDED.has(what) && this.#random.chance(PAUSES);
    const traces = this.#traces.get(isPause ? 'idle' : what) ?? [];
    this.#piece = traces.length === 0 ? undefined : this.#random.pick(traces);
    const length = this.#piece?.trace.rows.length ?? 0;
    this.#row = Math.floor(this.#random.between(0, Math.max(0, length - SHORTEST_PIECE)));
    this.#until = Math.min(length, this.#row + this.#random.between(SHORTEST_PIECE, length));
  }
}

/** The recordings that have the same columns, of which there are most, and these columns: those of one machine. */
function ofOneMachine(): readonly [ReturnType<typeof readRecordings>, readonly string[]] {
  const groups = new Map<string, ReturnType<typeof readRecordings>>();
  for (const recording of readRecordings()) {
    const names = recording.trace.layout.columns.map(({ name }) => name).join();
    groups.set(names, [...(groups.get(names) ?? []), recording]);
  }
  const [largest] = [...groups].sort(([, a], [, b]) => b.length - a.length);
  if (!largest) throw new Error('there are no recordings');
  return [largest[1], largest[0].split(',')];
}

/** What is done at a moment, by the clock of this machine. */
function planned(time: number): string {
  const date = new Date(time);
  // Not every day begins at the same time.
  const hour = (24 + date.getHours() + date.getMinutes() / 60 - 0.6 * (date.getDate() % 3)) % 24;
  return PLAN.findLast(([from]) => from <= hour)?.[1] ?? 'off';
}
