import fs from 'node:fs';
import type { Config } from '../../common/config/schema.ts';
import { codeOf, describeFault, withoutPaths } from '../../common/faults.ts';
import type { Frame } from '../../common/frame.ts';
import type { Layout } from '../../common/layout.ts';
import type { CorrectWorkloadParams, WorkloadMessage, WorkloadStatus } from '../../common/protocol.ts';
import type { Category, Classification } from '../../common/workload.ts';
import type { CorrectionKeeper, MakeClassifier, WorkloadClassifier } from './classifier.ts';
import { TimePerClass } from './time-per-class.ts';

/** Time without a tick after which what was seen before says nothing any more, as after a sleep of the machine. */
const GAP_SECONDS = 60;

/** What the classification is made of. */
export interface WorkloadParts {
  readonly makeClassifier: MakeClassifier;
  readonly corrections: CorrectionKeeper;
  /** Folder of the time per class and the corrections; made when there is something to keep. */
  readonly directory: string;
}

export interface WorkloadOptions extends WorkloadParts {
  readonly config: Config;
  /** Whether time per class is written there. */
  readonly keepsTimes: boolean;
}

/** Which kind of work the machine is doing: asks the classifier once a tick, and keeps count of the answers. */
export class Workload {
  readonly #options: WorkloadOptions;
  readonly #times: TimePerClass;
  #config: Config;
  #classifier: WorkloadClassifier | undefined;
  #fault: string | undefined;
  /** Why the corrections that are kept do not count; empty where they do. */
  #correctionsFault = '';
  #layout: Layout | undefined;
  #confidenceSlot = -1;
  /** The latest answer; `undefined` until there is one. */
  #answer: Classification | undefined;
  /** By how much the user's clock is ahead of the monotonic one. */
  #clockOffsetMs = Number.NaN;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#times = new TimePerClass(options.directory);
    try {
      options.corrections.load();
    } catch (error) {
      this.#correctionsFault = `the corrections cannot be read: ${wordsOf(error)}`;
    }
    this.#make();
  }

  get status(): WorkloadStatus {
    const why = this.#fault ?? this.#correctionsFault;
    return {
      state: this.#fault !== undefined ? 'failed' : this.#classifier ? 'on' : 'off',
      ...(why === '' ? {} : { why }),
      corrections: this.#options.corrections.list.length,
    };
  }

  /** What clients are told, as of `nowMs`. */
  message(nowMs: number): WorkloadMessage {
    return {
      current: this.#answer ?? null,
      categories: this.#categories,
      times: this.#times.times(nowMs),
    };
  }

  /** Takes over settings. Returns whether that changed anything: then there is no answer yet. */
  configure(config: Config): boolean {
    const before = this.#config;
    this.#config = config;
    const isSame =
      before.general.enableSessionClassification === config.general.enableSessionClassification &&
      JSON.stringify(before.sessionClassification) === JSON.stringify(config.sessionClassification);
    if (!isSame) this.#make();
    return !isSame;
  }

  /**
   * Takes in a tick, and writes class and confidence into it.
   *
   * @param elapsedSeconds time since the last tick on the monotonic clock; NaN for the first
   * @returns whether {@link message} is another one now
   */
  take(frame: Frame, elapsedSeconds: number): boolean {
    const before = this.#answer;
    const isGap = this.#passesGap(frame, elapsedSeconds);
    try {
      if (isGap) this.#startAnew();
      this.#ask(frame);
    } catch (error) {
      this.#classifier = undefined;
      this.#answer = undefined;
      this.#fault = `the classifier failed: ${describeFault(error)}`;
    }
    frame.category = this.#answer?.category ?? '';
    if (!this.#answer) return before !== undefined;
    frame.set(this.#confidenceSlot, this.#answer.confidence * 100);
    const isCounted = elapsedSeconds > 0 && !isGap;
    const isOtherDay = isCounted && this.#times.add(this.#answer.category, elapsedSeconds, frame.utcMs);
    return isOtherDay || this.#answer !== before;
  }

  /** Whether there is time to be written. */
  get isSaveDue(): boolean {
    return this.#options.keepsTimes && this.#times.isDue;
  }

  /** Writes the time per class. @throws the system's error */
  save(): void {
    this.#times.save();
  }

  /** Writes what is left. @throws the system's error */
  close(): void {
    if (this.#options.keepsTimes) this.#times.close();
  }

  /**
   * Keeps the user's word for what the last minutes were.
   *
   * @returns how many corrections there are now
   * @throws Error with a message for the user when it cannot
   */
  correct({ category }: CorrectWorkloadParams, nowMs: number): number {
    const { corrections } = this.#options;
    if (!this.#classifier)
      throw new Error('workloads are not classified now, so there is nothing to correct');
    if (!this.#categories.includes(category))
      throw new Error('this is not one of the kinds of work that are told apart here');
    try {
      fs.mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 });
      corrections.add(category, this.#classifier.recentFeatures(), nowMs);
    } catch (error) {
      throw new Error(`the correction was not kept: ${wordsOf(error)}`, { cause: error });
    }
    this.#correctionsFault = '';
    this.#classifier.setCorrections(corrections);
    return corrections.list.length;
  }

  /** Deletes all corrections. @returns how many there were @throws Error with a message for the user */
  forget(): number {
    const { corrections } = this.#options;
    const { length } = corrections.list;
    try {
      corrections.clear();
    } catch (error) {
      throw new Error(`the corrections were not deleted: ${wordsOf(error)}`, { cause: error });
    }
    this.#correctionsFault = '';
    this.#classifier?.setCorrections(corrections);
    return length;
  }

  get #categories(): readonly Category[] {
    return Object.keys(this.#classifier?.current.probabilities ?? {});
  }

  #make(): void {
    const { general, sessionClassification: chosen } = this.#config;
    this.#classifier = undefined;
    this.#answer = undefined;
    this.#layout = undefined;
    this.#fault = undefined;
    if (!general.enableSessionClassification) return;
    try {
      this.#classifier = this.#options.makeClassifier({
        categories: chosen.categories,
        confidenceThreshold: chosen.confidenceThreshold,
        updateIntervalSeconds: chosen.updateInterval,
        profiles: chosen.profiles,
        corrections: this.#options.corrections,
      });
    } catch (error) {
      this.#fault = `the model cannot be used: ${wordsOf(error)}`;
    }
  }

  #ask(frame: Frame): void {
    if (!this.#classifier) return;
    if (frame.layout !== this.#layout) {
      this.#layout = frame.layout;
      this.#confidenceSlot = frame.layout.slots.get('session_confidence') ?? -1;
      this.#classifier.setLayout(frame.layout);
    }
    this.#answer = this.#classifier.add(frame) ?? this.#answer;
  }

  #startAnew(): void {
    this.#classifier?.reset();
    this.#answer = undefined;
  }

  /** Whether ticks have stopped for long, by either clock: the monotonic one stands still while a Linux machine sleeps. */
  #passesGap(frame: Frame, elapsedSeconds: number): boolean {
    const offsetMs = frame.utcMs - frame.monotonicMs;
    const jump = (offsetMs - this.#clockOffsetMs) / 1000;
    this.#clockOffsetMs = offsetMs;
    const limit = Math.max(GAP_SECONDS, 3 * this.#config.general.loggingInterval);
    return elapsedSeconds > limit || jump > GAP_SECONDS;
  }
}

/** Our own words for a fault of ours, and {@link describeFault} for one of the system. */
function wordsOf(error: unknown): string {
  return error instanceof Error && codeOf(error) === undefined
    ? withoutPaths(error.message)
    : describeFault(error);
}
