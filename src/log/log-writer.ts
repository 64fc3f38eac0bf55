import fs from 'node:fs';
import { Frame } from '../common/frame.ts';
import type { Layout } from '../common/layout.ts';
import type { LogStatus } from '../common/protocol.ts';
import { DirectoryLock } from '../runtime/directory-lock.ts';
import { Continuity } from './continuity.ts';
import { utcDate } from './file-name.ts';
import { Housekeeping } from './housekeeping.ts';
import type { LogFile } from './log-file.ts';
import { explainPause, isByRule, isLocked } from './pause.ts';
import { DayFullError, hasRoom, openForRow } from './rotation.ts';
import { everySample, type RowFilter } from './row-filter.ts';
import { RowQueue, type WaitingRow } from './row-queue.ts';
import { formatHeader, formatRow } from './row.ts';
import type { LogRules } from './rules.ts';
import { WRITER_LOCK } from './writer-lock.ts';

/** Time between attempts to write again after a fault. */
const RETRY_MS = 5_000;
/** Time after which the lock is confirmed. */
const CONFIRM_MS = 30_000;
/** Time after which the disk is asked to take what was written. */
const SYNC_MS = 60_000;
/** Time between two looks after the older files; another look comes with each new file. */
const HOUSEKEEPING_MS = 3_600_000;

export interface LogWriterOptions {
  /** Folder of the log; made when it is missing. */
  readonly directory: string;
  /** 32 hex digits. */
  readonly hardwareId: string;
  readonly rules: LogRules;
  /** Leaves nothing out when it is left out. */
  readonly filter?: RowFilter;
  /** Rows that a former writer could not write; they are written first. */
  readonly waiting?: RowQueue;
  /** Whether a file must not be deleted because it has still to be uploaded. */
  readonly isHeld?: (name: string) => boolean;
  /** Names of the files that are to be deleted with the last log file of the day of this one. */
  readonly derivedFrom?: (name: string) => readonly string[];
  /** Told whenever {@link LogWriter.status} has changed, rows aside. */
  readonly onStatus?: (status: LogStatus) => void;
  /** Told in one line, without paths, of what pauses nothing and should be known: rows lost, files not looked after. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Writes frames to the rolling log: a file a UTC day, and another when one is full or the columns change. What the
 * filter leaves out, the row before stands for; the last sample before anything that ends that is a row in any case.
 *
 * A fault (disk full, folder read-only or gone) pauses the log: it tries again every few seconds, goes on by itself, and
 * writes the rows that have waited in memory. It never throws for one.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #filter: RowFilter;
  readonly #waiting: RowQueue;
  readonly #continuity = new Continuity();
  readonly #housekeeping: Housekeeping;
  #lock: DirectoryLock | undefined;
  #file: LogFile | undefined;
  /** What the open file is for. */
  #place: Pick<WaitingRow, 'id8' | 'date' | 'header'> | undefined;
  #layout: Layout | undefined;
  #header = '';
  #date = '';
  /** A copy of the last sample that was left out; meaningless unless {@link #hasLeftOut}. */
  #leftOut: Frame | undefined;
  #hasLeftOut = false;
  /** Whether nobody has been told yet of the file that is open. */
  #isNewFile = false;
  #isClosed = false;
  #rowsWritten = 0;
  #why: string | undefined;
  #isPausedByRule = false;
  /** What the last attempt to write failed with. */
  #lastFault: unknown;
  #nowMs = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #syncedAt = Number.NEGATIVE_INFINITY;
  #housekeptAt = Number.NEGATIVE_INFINITY;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#filter = options.filter ?? everySample;
    this.#waiting = options.waiting ?? new RowQueue();
    this.#housekeeping = new Housekeeping({
      directory: options.directory,
      rules: options.rules,
      id8: options.hardwareId.slice(0, 8),
      isOpen: name => name === this.#file?.name,
      isHeld: options.isHeld ?? (() => false),
      derivedFrom: options.derivedFrom ?? (() => []),
      onFault: message => options.onWarning?.(message),
    });
  }

  get status(): LogStatus {
    return {
      state: this.#why === undefined ? 'writing' : 'paused',
      ...(this.#why === undefined ? {} : { why: this.#why }),
      ...(this.#file ? { file: this.#file.name } : {}),
      rowsWritten: this.#rowsWritten,
    };
  }

  /** Writes the frame's row when the filter admits it. Frames come in the order of their monotonic time. */
  append(frame: Frame): void {
    this.#nowMs = frame.monotonicMs;
    const isBroken = this.#continuity.isBrokenBy(frame);
    const date = utcDate(frame.utcMs);
    if (this.#isPausedByRule) {
      if (date !== this.#date) this.#retryAt = Number.NEGATIVE_INFINITY;
      if (this.#nowMs < this.#retryAt) return;
      // As at a start: what was sampled meanwhile is not in the log.
      this.#layout = undefined;
    }
    const isLost = this.#forgetLostFile();
    const isFirst = isLost || frame.layout !== this.#layout || date !== this.#date;
    if (isFirst || isBroken) {
      this.#writeLeftOut();
      this.#filter.reset();
    }
    if (isFirst) this.#begin(frame.layout, date);
    if (this.#filter.admits(frame) || isFirst) {
      this.#hasLeftOut = false;
      this.#push(frame);
    } else {
      this.#leaveOut(frame);
    }
    // A process that was stopped for long may have lost its lock.
    if (isBroken || this.#nowMs - this.#confirmedAt >= CONFIRM_MS) this.#confirmLock();
    this.#write(this.#options.rules.batchRows);
    this.#lookAfter();
  }

  /** Writes what can be written, closes the file and frees the folder for another writer. */
  close(): void {
    this.#writeLeftOut();
    if (!this.#isPausedByRule) {
      this.#retryAt = Number.NEGATIVE_INFINITY;
      this.#write(Number.POSITIVE_INFINITY);
    }
    this.#isClosed = true;
    this.#housekeeping.end();
    const lock = this.#lock;
    const file = this.#file;
    this.#lock = undefined;
    this.#file = undefined;
    this.#layout = undefined;
    try {
      file?.close();
      lock?.release();
    } catch {
      // On a disk that is in trouble closing fails as writing did, which has been reported. A lock that stays behind is
      // taken over once this process has ended.
    }
  }

  #begin(layout: Layout, date: string): void {
    if (layout !== this.#layout) {
      this.#layout = layout;
      this.#header = formatHeader(layout);
      this.#leftOut = new Frame(layout);
    }
    this.#date = date;
  }

  #push(frame: Frame): void {
    const { hardwareId, rules } = this.#options;
    this.#waiting.push(
      {
        id8: hardwareId.slice(0, 8),
        date: this.#date,
        header: this.#header,
        text: formatRow(frame, hardwareId),
      },
      rules.maxWaitingBytes,
    );
  }

  #leaveOut(frame: Frame): void {
    this.#leftOut?.assign(frame);
    this.#hasLeftOut = true;
  }

  /** Makes a row of the last sample, where it was left out, before something comes for which it does not stand. */
  #writeLeftOut(): void {
    if (this.#hasLeftOut && this.#leftOut && !this.#isPausedByRule) this.#push(this.#leftOut);
    this.#hasLeftOut = false;
  }

  /** A file that was deleted under our hands is another story, and so is its folder. */
  #forgetLostFile(): boolean {
    if (this.#file?.isLost !== true) return false;
    this.#leaveFile();
    // It may have gone with the folder; acquiring it again takes over one of our own.
    this.#lock = undefined;
    return true;
  }

  #confirmLock(): void {
    if (!this.#lock) return;
    this.#confirmedAt = this.#nowMs;
    try {
      this.#lock.confirm();
    } catch (error) {
      this.#pause(error);
    }
  }

  /** Writes up to `most` of the rows that wait, which is one row in one write unless there was a fault. */
  #write(most: number): void {
    if (this.#why !== undefined && this.#nowMs < this.#retryAt) return;
    try {
      const { maxFileBytes, batchRows } = this.#options.rules;
      for (let left = most; left > 0 && this.#waiting.length > 0;) {
        const file = this.#fileFor(this.#waiting.peek(1));
        const rows = this.#waiting.peek(Math.min(left, batchRows), maxFileBytes - file.size);
        file.append(rows.length === 1 ? (rows[0]?.text ?? '') : rows.map(row => row.text).join(''));
        this.#waiting.drop(rows.length);
        this.#rowsWritten += rows.length;
        left -= rows.length;
        this.#resume();
      }
    } catch (error) {
      if (error instanceof DayFullError && error.date !== this.#date) this.#giveUpDay(error.date);
      else this.#pause(error);
    }
  }

  /** Rows that waited past midnight, and the files of their day are full: the next ones must not wait for them. */
  #giveUpDay(date: string): void {
    const lost = this.#waiting.dropDay(date);
    this.#options.onWarning?.(
      `${String(lost)} rows are lost: the files that logging.max_files_per_day allows were full when they could be written`,
    );
  }

  /** The file for a row, which is the open one nearly always. */
  #fileFor([row]: readonly WaitingRow[]): LogFile {
    if (!row) throw new RangeError('no row waits');
    const { directory, rules } = this.#options;
    const isPlace =
      row.header === this.#place?.header && row.date === this.#place.date && row.id8 === this.#place.id8;
    if (this.#file && isPlace && hasRoom(this.#file, row.header, row.text, rules.maxFileBytes))
      return this.#file;
    this.#leaveFile();
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!this.#lock) {
      this.#lock = DirectoryLock.acquire(directory, WRITER_LOCK);
      this.#confirmedAt = this.#nowMs;
    }
    this.#file = openForRow(directory, row, rules);
    this.#place = row;
    this.#syncedAt = this.#nowMs;
    this.#housekeptAt = Number.NEGATIVE_INFINITY;
    this.#isNewFile = true;
    return this.#file;
  }

  /** Closes the open file for good; the disk takes it in its own time. */
  #leaveFile(): void {
    this.#file?.seal(error => {
      this.#options.onWarning?.(`closing a log file: ${explainPause(error)}`);
    });
    this.#file = undefined;
  }

  #lookAfter(): void {
    const now = this.#nowMs;
    if (!this.#file) return;
    if (now - this.#syncedAt >= SYNC_MS) {
      this.#syncedAt = now;
      this.#file.sync(error => {
        this.#pause(error);
      });
    }
    if (now - this.#housekeptAt >= HOUSEKEEPING_MS) {
      this.#housekeptAt = now;
      void this.#housekeeping.run(this.#date, this.#continuity.isClockSure);
    }
  }

  #pause(error: unknown): void {
    if (this.#isClosed) return;
    this.#retryAt = this.#nowMs + RETRY_MS;
    this.#isPausedByRule = isByRule(error, this.#lastFault) || (this.#isPausedByRule && isLocked(error));
    this.#lastFault = error;
    if (this.#isPausedByRule) this.#waiting.clear();
    this.#file?.seal(() => undefined);
    this.#file = undefined;
    this.#releaseLock();
    const why = explainPause(error);
    if (this.#why === why) return;
    this.#why = why;
    this.#options.onStatus?.(this.status);
  }

  /** When the next attempt comes, the folder may be another one of the same name. */
  #releaseLock(): void {
    const lock = this.#lock;
    this.#lock = undefined;
    try {
      lock?.release();
    } catch {
      // On a disk that is in trouble; it is taken over at the next attempt.
    }
  }

  #resume(): void {
    const lost = this.#waiting.takeLost();
    if (lost > 0) {
      this.#options.onWarning?.(
        `${String(lost)} rows are lost: the log could not be written for longer than performance.max_buffer_memory_mb has room for`,
      );
    }
    if (this.#why === undefined && !this.#isNewFile) return;
    this.#why = undefined;
    this.#isPausedByRule = false;
    this.#lastFault = undefined;
    this.#isNewFile = false;
    this.#options.onStatus?.(this.status);
  }
}
