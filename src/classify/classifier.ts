import type { Frame } from '../common/frame.ts';
import type { Layout } from '../common/layout.ts';
import { english } from '../common/translate.ts';
import { type Category, type Classification, type Profiles, UNKNOWN } from '../common/workload.ts';
import { type KnownReason, reasonText } from '../common/workload-reasons.ts';
import { stepsSinceChange } from './change.ts';
import { CorrectionEvidence, type Corrections } from './corrections.ts';
import { computeFeatures, FEATURES } from './features.ts';
import { History } from './history.ts';
import { ModelReader, type WorkloadModel } from './model.ts';
import { ProfileRules } from './profiles.ts';
import { reasonsFor } from './reasons.ts';
import { SignalReader, SIGNALS } from './signals.ts';
import { Smoothing } from './smoothing.ts';
import { Windows, WINDOWS } from './windows.ts';

/** What a {@link Classifier} is made of. */
export interface ClassifierOptions {
  readonly model: WorkloadModel;
  /** The classes to tell apart; the profiles' own come on top. */
  readonly categories: readonly Category[];
  /** Probability below which the answer is `unknown`, 0 to 1. */
  readonly confidenceThreshold: number;
  /** Seconds after which confidence and reasons are told anew. A change of the class is told as soon as it is believed. */
  readonly updateIntervalSeconds: number;
  readonly profiles: Profiles;
  /** What the user of this machine has corrected, as it is now: a later correction needs {@link Classifier.setCorrections}. */
  readonly corrections?: Corrections;
}

/** Seconds that must have been seen before there is an answer. */
const FIRST_ANSWER_SECONDS = 10;
/** Seconds between two looks at the last seconds. */
const LOOK_SECONDS = 3;
/** Seconds between two looks at the long windows, once they hardly move any more, and after how many seconds that is. */
const LONG_LOOK_SECONDS = 9;
const SETTLED_SECONDS = 60;
/** Seconds without a frame, and times the usual interval, that are a pause: a sleep of the machine or a stopped process. */
const PAUSE_SECONDS = 90;
const PAUSE_INTERVALS = 3;
/** Seconds that are looked at by themselves, for telling a change, and the least number of steps. */
const RECENT_SECONDS = 9;
const RECENT_STEPS = 4;
/** Probability above the threshold that it takes to name a class that was just dropped, so that the answer does not flicker. */
const MARGIN = 0.1;
/** Seconds for which another class must be the answer, and for which none must be, until that is told. */
const BELIEVE_SECONDS = 3;
const DROP_SECONDS = 90;
/** Seconds of evidence up to which a change has only just been believed: what it is needs no waiting then. */
const FRESH_SECONDS = 20;
/** Seconds between two of the feature vectors that are kept for a correction, and their number: three minutes. */
const KEEP_SECONDS = 10;
const KEPT = 18;
/** Share of the answer from which corrections are named as its reason. */
const OWN_SHARE = 0.25;

/**
 * Whether the time between two frames is a pause, of which nothing is known.
 *
 * @param interval time between the two frames before; NaN where it is not known
 */
export function isPause(seconds: number, interval: number): boolean {
  return seconds > PAUSE_SECONDS && !(seconds <= PAUSE_INTERVALS * interval);
}

/**
 * Tells which kind of work a machine is doing from its frames, whatever columns they have and however far apart they
 * are. It never throws on a frame.
 */
export class Classifier {
  readonly #options: ClassifierOptions;
  readonly #categories: readonly Category[];
  readonly #reader: ModelReader;
  readonly #profiles: ProfileRules;
  #corrections: CorrectionEvidence;
  readonly #smoothing: Smoothing;
  readonly #signals = new SignalReader();
  readonly #history = new History();
  readonly #windows = new Windows(this.#history);
  readonly #frameSignals = new Float64Array(SIGNALS.length);
  readonly #features = new Float64Array(FEATURES.length);
  /** Of the long windows, and of the last seconds alone. */
  readonly #probabilities: Float64Array;
  readonly #recent: Float64Array;
  readonly #kept = Array.from({ length: KEPT }, () => new Float64Array(FEATURES.length));
  #keptCount = 0;
  #keptAtMs = Number.NEGATIVE_INFINITY;
  #layout: Layout | undefined;
  #frameMs = Number.NaN;
  #interval = Number.NaN;
  #seenSeconds = 0;
  #lookSeconds = 0;
  #longSeconds = 0;
  /** Seconds since what is seen changed abruptly. */
  #sinceAbrupt = Number.POSITIVE_INFINITY;
  #toldMs = Number.NaN;
  #ownShare = 0;
  /** Another answer than the present one, and since when. */
  #new: Category = UNKNOWN;
  #newSinceMs = Number.NaN;
  /** The answer before the present one. */
  #dropped: Category = UNKNOWN;
  #current: Classification;

  constructor(options: ClassifierOptions) {
    this.#options = options;
    this.#reader = new ModelReader(options.model, options.categories);
    const known = this.#reader.classes.map(index => options.model.categories[index] ?? '');
    this.#profiles = new ProfileRules(known, options.profiles);
    this.#categories = [...known, ...this.#profiles.added];
    this.#corrections = this.#evidenceOf(options.corrections);
    this.#smoothing = new Smoothing(this.#categories.length);
    this.#probabilities = new Float64Array(this.#categories.length);
    this.#recent = new Float64Array(this.#categories.length);
    this.#current = this.#nothingYet(0);
  }

  /** The columns of the frames that follow. What was seen before is kept. */
  setLayout(layout: Layout): void {
    if (layout === this.#layout) return;
    this.#layout = layout;
    this.#signals.setLayout(layout);
  }

  /** The corrections that count from now on. */
  setCorrections(corrections: Corrections): void {
    this.#corrections = this.#evidenceOf(corrections);
  }

  /** The latest answer; `unknown` without reasons in the first 10 seconds. */
  get current(): Classification {
    return this.#current;
  }

  /** Feature vectors of the last three minutes, at most since the last change: what a correction is about. */
  recentFeatures(): Float64Array[] {
    const count = Math.min(this.#keptCount, KEPT);
    return Array.from({ length: count }, (_, at) => {
      const place = (this.#keptCount - count + at) % KEPT;
      return Float64Array.from(this.#kept[place] ?? []);
    });
  }

  /** Takes in a tick. Returns the answer where it is a new one: another class, or told anew after the update interval. */
  add(frame: Frame): Classification | undefined {
    if (frame.layout !== this.#layout) this.setLayout(frame.layout);
    const elapsed = (frame.monotonicMs - this.#frameMs) / 1000;
    if (elapsed <= 0) return undefined;
    const isFirst = Number.isNaN(elapsed);
    this.#frameMs = frame.monotonicMs;
    if (isFirst || isPause(elapsed, this.#interval)) {
      const wasKnown = this.#current.category !== UNKNOWN;
      this.reset();
      this.#frameMs = frame.monotonicMs;
      this.#interval = isFirst ? Number.NaN : elapsed;
      this.#current = this.#nothingYet(frame.utcMs);
      this.#take(frame, 1);
      return wasKnown ? this.#current : undefined;
    }
    this.#interval = elapsed;
    if (!this.#take(frame, elapsed) || this.#seenSeconds < FIRST_ANSWER_SECONDS) return undefined;
    // An abrupt change is one until the seconds before it are left behind.
    const fresh = this.#sinceAbrupt > RECENT_SECONDS ? stepsSinceChange(this.#history) : 0;
    const isTime = fresh > 0 || this.#lookSeconds >= LOOK_SECONDS - 0.1;
    return isTime ? this.#look(frame, fresh) : undefined;
  }

  /** Forgets what was seen, as after a sleep of the machine. */
  reset(): void {
    this.#history.clear();
    this.#signals.forget();
    this.#smoothing.restart();
    this.#sinceAbrupt = Number.POSITIVE_INFINITY;
    this.#newSinceMs = Number.NaN;
    this.#toldMs = Number.NaN;
    this.#keptCount = 0;
    this.#keptAtMs = Number.NEGATIVE_INFINITY;
    this.#frameMs = Number.NaN;
    this.#seenSeconds = 0;
    this.#lookSeconds = 0;
    this.#longSeconds = 0;
    this.#current = this.#nothingYet(0);
  }

  /** Returns whether a step of the history is complete. */
  #take(frame: Frame, seconds: number): boolean {
    this.#signals.read(frame, seconds, this.#frameSignals);
    const isStep = this.#history.add(this.#frameSignals, seconds);
    this.#seenSeconds += seconds;
    this.#lookSeconds += seconds;
    this.#longSeconds += seconds;
    this.#sinceAbrupt += seconds;
    return isStep;
  }

  /** @param fresh steps since what was seen changed abruptly; 0 where it did not */
  #look(frame: Frame, fresh: number): Classification | undefined {
    const seconds = this.#lookSeconds;
    this.#lookSeconds = 0;
    if (fresh > 0) this.#suspect(fresh);
    this.#judge(this.#recentSeconds, this.#recent);
    const changed = this.#smoothing.watch(this.#recent, seconds);
    if (changed > 0) this.#begin(this.#history.stepsIn(Math.max(changed, this.#recentSeconds)));
    if (!this.#isLongDue(frame, changed > 0)) return undefined;
    this.#ownShare = this.#judge(WINDOWS.long, this.#probabilities);
    const { sharpness } = this.#reader.calibrationOf(this.#features);
    this.#smoothing.add(this.#probabilities, this.#longSeconds, sharpness);
    this.#longSeconds = 0;
    this.#keep(frame.monotonicMs);
    return this.#answer(frame);
  }

  /** Seconds to look at for telling a change: none from before an abrupt one. */
  get #recentSeconds(): number {
    const usual = Math.max(RECENT_SECONDS, RECENT_STEPS * this.#history.seconds(0));
    return Math.min(usual, this.#sinceAbrupt);
  }

  #isLongDue(frame: Frame, hasChanged: boolean): boolean {
    return (
      hasChanged ||
      this.#smoothing.seconds < SETTLED_SECONDS ||
      this.#longSeconds >= LONG_LOOK_SECONDS - 0.1 ||
      !Number.isNaN(this.#newSinceMs) ||
      frame.monotonicMs - this.#toldMs >= this.#options.updateIntervalSeconds * 1000 - 50
    );
  }

  /** Makes it easy for another class to be believed; without a class so far, nothing is to be kept. */
  #suspect(fresh: number): void {
    this.#sinceAbrupt = 0;
    for (let step = 0; step < fresh; step++) this.#sinceAbrupt += this.#history.seconds(step);
    this.#smoothing.suspect();
    if (this.#current.category !== UNKNOWN) return;
    this.#begin(fresh);
    this.#smoothing.restart();
  }

  /** Lets the windows begin anew with the last steps. */
  #begin(steps: number): void {
    this.#history.startAt(steps);
    this.#keptCount = 0;
  }

  /**
   * Computes the probabilities of the last seconds.
   *
   * @returns the share of them that comes from corrections
   */
  #judge(seconds: number, out: Float64Array): number {
    this.#windows.update(seconds);
    computeFeatures(this.#windows, this.#features);
    this.#reader.read(this.#features, seconds > RECENT_SECONDS);
    out.fill(0);
    out.set(this.#reader.probabilities);
    const share = this.#corrections.apply(this.#features, out);
    this.#profiles.apply(out, this.#windows);
    return share;
  }

  #answer(frame: Frame): Classification | undefined {
    const { probabilities, best } = this.#smoothing;
    const { confidenceThreshold, updateIntervalSeconds } = this.#options;
    const name = this.#categories[best] ?? UNKNOWN;
    const needed = name === this.#dropped ? Math.min(1, confidenceThreshold + MARGIN) : confidenceThreshold;
    const category = (probabilities[best] ?? 0) >= needed ? name : UNKNOWN;
    const isFirst = Number.isNaN(this.#toldMs);
    const nowMs = frame.monotonicMs;
    if (category === this.#current.category) {
      this.#newSinceMs = Number.NaN;
      if (!isFirst && nowMs - this.#toldMs < updateIntervalSeconds * 1000 - 50) return undefined;
    } else {
      // A class that is not likely enough for a moment is no news yet.
      if (category !== this.#new) this.#newSinceMs = Number.NaN;
      this.#new = category;
      if (Number.isNaN(this.#newSinceMs)) this.#newSinceMs = nowMs;
      const isFresh = this.#smoothing.seconds < FRESH_SECONDS;
      const patience = category === UNKNOWN ? DROP_SECONDS : isFresh ? 0 : BELIEVE_SECONDS;
      if (!isFirst && nowMs - this.#newSinceMs < patience * 1000 - 50) return undefined;
      this.#newSinceMs = Number.NaN;
    }
    this.#toldMs = frame.monotonicMs;
    if (category !== this.#current.category) this.#dropped = this.#current.category;
    this.#current = this.#describe(category, frame.utcMs);
    return this.#current;
  }

  #describe(category: Category, utcMs: number): Classification {
    const { probabilities } = this.#smoothing;
    const order = this.#categories
      .map((_, at) => at)
      .sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
    const at = category === UNKNOWN ? (order[0] ?? 0) : this.#categories.indexOf(category);
    const rival = order.find(other => other !== at && (category !== UNKNOWN || other !== order[0])) ?? at;
    const reasonData = this.#reasons(at, rival);
    return {
      category,
      confidence: probabilities[at] ?? 0,
      sinceMs: category === this.#current.category ? this.#current.sinceMs : utcMs,
      ...(rival === at
        ? {}
        : { runnerUp: { category: this.#categories[rival] ?? '', confidence: probabilities[rival] ?? 0 } }),
      reasons: reasonData.map(reason => reasonText(reason, english) ?? ''),
      reasonData,
      probabilities: Object.fromEntries(
        this.#categories.map((name, place) => [name, probabilities[place] ?? 0]),
      ),
    };
  }

  #reasons(at: number, rival: number): KnownReason[] {
    const ofModel = reasonsFor(this.#reader, at, rival, this.#features, this.#windows);
    const isAdded = at >= this.#reader.classes.length;
    const own = isAdded ? 'profile' : this.#ownShare >= OWN_SHARE ? 'corrected' : undefined;
    return own === undefined ? ofModel : [{ key: own, values: [] } as const, ...ofModel].slice(0, 3);
  }

  #keep(nowMs: number): void {
    if (nowMs - this.#keptAtMs < KEEP_SECONDS * 1000) return;
    this.#keptAtMs = nowMs;
    this.#kept[this.#keptCount % KEPT]?.set(this.#features);
    this.#keptCount++;
  }

  #evidenceOf(corrections: Corrections | undefined): CorrectionEvidence {
    return new CorrectionEvidence(corrections ?? { list: [] }, this.#categories, this.#options.model.widths);
  }

  #nothingYet(sinceMs: number): Classification {
    const share = 1 / Math.max(1, this.#categories.length);
    return {
      category: UNKNOWN,
      confidence: share,
      sinceMs,
      reasons: [],
      probabilities: Object.fromEntries(this.#categories.map(category => [category, share])),
    };
  }
}
