import type { Config } from '../common/config/schema.ts';
import type { Frame } from '../common/frame.ts';
import type { LogMessage, LogStatus } from '../common/protocol.ts';
import { DeltaFilter } from '../log/delta-filter.ts';
import { LogWriter } from '../log/log-writer.ts';
import { rollupFilesOf } from '../log/rollup/rollup-name.ts';
import { everySample } from '../log/row-filter.ts';
import { RowQueue } from '../log/row-queue.ts';
import { logRules } from '../log/rules.ts';
import type { History } from './history.ts';
import type { InFlightMarks } from './in-flight.ts';
import { LogHistory } from './log-history.ts';
import type { Quarantine } from './quarantine.ts';

/** The log's name among the parts that may hang. */
const PART = 'log';
/** Samples kept while the hardware id, which names the log file, is not known yet. */
const PENDING_LIMIT = 30;
/** When a log that was left out is looked at again; the quarantine decides. */
const LEFT_OUT_CHECK_MS = 5_000;

export interface SampleLogOptions {
  /** Whether samples are written at all. */
  readonly isWritten: boolean;
  readonly marks: InFlightMarks;
  readonly quarantine: Quarantine;
  /** What is in memory of the same time. */
  readonly recent: History;
  readonly report: (level: LogMessage['level'], message: string) => void;
  /** Whether a log file must not be deleted yet; asked when old files are deleted. */
  readonly isHeld: (name: string) => boolean;
  /** Told when {@link SampleLog.status} has changed. */
  readonly onStatus: () => void;
}

/** The sampler's log: written as soon as the machine's id is known, begun anew when settings change, and read. */
export class SampleLog {
  readonly #options: SampleLogOptions;
  #config: Config;
  #hardwareId = '';
  #writer: LogWriter | undefined;
  #history: LogHistory;
  /** Rows that could not be written yet; a change of the settings does not lose them. */
  readonly #waiting = new RowQueue();
  #pending: Frame[] = [];
  #retry: NodeJS.Timeout | undefined;

  constructor(options: SampleLogOptions, config: Config) {
    this.#options = options;
    this.#config = config;
    this.#history = this.#read();
  }

  /** Answers what is asked of the past. */
  get history(): LogHistory {
    return this.#history;
  }

  get status(): LogStatus {
    if (!this.#options.isWritten) return { state: 'off', rowsWritten: 0 };
    if (this.#writer) return this.#writer.status;
    if (this.#hardwareId === '') return { state: 'waiting', rowsWritten: 0 };
    return { state: 'paused', why: 'the sampler hung while writing to the log folder', rowsWritten: 0 };
  }

  /** Takes over settings; what is written follows them from {@link open} on. */
  configure(config: Config): void {
    const isMoved = config.logging.logDirectory !== this.#config.logging.logDirectory;
    this.#config = config;
    if (!isMoved) return;
    this.#history.close();
    this.#history = this.#read();
  }

  /** Begins to write, with the samples that have waited for it; what was written before is closed. */
  open(hardwareId: string): void {
    this.#close();
    this.#hardwareId = hardwareId;
    this.#open();
    for (const frame of this.#pending.splice(0)) this.write(frame);
  }

  /** A manual start: a log that was left out is tried again. */
  retry(): void {
    if (!this.#writer && this.#hardwareId !== '') this.#open();
  }

  write(frame: Frame): void {
    if (this.#writer) {
      // A log folder on a network drive can hang as a driver can.
      this.#options.marks.enter(PART);
      this.#writer.append(frame);
      this.#options.marks.leave();
    } else if (this.#options.isWritten && this.#hardwareId === '' && this.#pending.length < PENDING_LIMIT) {
      this.#pending.push(frame.clone());
    }
  }

  /** Whether there are samples for which the machine's id is not known yet. */
  get isWaitingForId(): boolean {
    return this.#pending.length > 0;
  }

  /** Writes and reads no more. Rows that could not be written are lost, and that is told. */
  end(): void {
    this.#close();
    this.#history.close();
    const lost = this.#waiting.length + this.#pending.splice(0).length;
    if (lost > 0)
      this.#options.report(
        'warn',
        `${String(lost)} rows of the log are lost: it could not be written to the end`,
      );
  }

  #open(): void {
    const { isWritten, quarantine, report, onStatus } = this.#options;
    clearTimeout(this.#retry);
    if (!isWritten) return;
    const verdict = quarantine.verdict(PART, Date.now());
    if (verdict === 'left-out') {
      this.#retry = setTimeout(() => {
        this.#open();
        onStatus();
      }, LEFT_OUT_CHECK_MS);
    }
    if (verdict !== 'free') return;
    let isPaused = false;
    const { logging } = this.#config;
    this.#writer = new LogWriter({
      directory: logging.logDirectory,
      hardwareId: this.#hardwareId,
      rules: logRules(this.#config),
      filter: logging.enableDeltaFiltering ? new DeltaFilter(logging.deltaThresholdPercent) : everySample,
      waiting: this.#waiting,
      derivedFrom: rollupFilesOf,
      isHeld: name => this.#options.isHeld(name),
      onWarning: message => {
        report('warn', message);
      },
      onStatus: ({ why }) => {
        if (why !== undefined) report('warn', `log paused: ${why}`);
        else if (isPaused) report('info', 'the log goes on');
        isPaused = why !== undefined;
        onStatus();
      },
    });
  }

  #close(): void {
    clearTimeout(this.#retry);
    if (!this.#writer) return;
    this.#options.marks.enter(PART);
    this.#writer.close();
    this.#options.marks.leave();
    this.#writer = undefined;
  }

  #read(): LogHistory {
    return new LogHistory({
      directory: this.#config.logging.logDirectory,
      recent: this.#options.recent,
      saves: this.#options.isWritten,
    });
  }
}
