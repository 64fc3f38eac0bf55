import fs from 'node:fs';
import { codeOf, describeFault } from '../common/faults.ts';
import type { Frame } from '../common/frame.ts';
import type { Layout } from '../common/layout.ts';
import type { LogStatus } from '../common/protocol.ts';
import { DirectoryLock, DirectoryLockedError } from './directory-lock.ts';
import { utcDate } from './file-name.ts';
import { LogFile } from './log-file.ts';
import { formatHeader, formatRow } from './row.ts';
import { everySample, type RowFilter } from './row-filter.ts';

/** Time between attempts to write again after a fault. */
const RETRY_MS = 5_000;

export interface LogWriterOptions {
  /** Folder of the log; made when it is missing. */
  readonly directory: string;
  /** 32 hex digits. */
  readonly hardwareId: string;
  readonly filter?: RowFilter;
  /** Told whenever {@link LogWriter.status} has changed, rows aside. */
  readonly onStatus?: (status: LogStatus) => void;
}

/**
 * Writes frames to the rolling log: one file a UTC day, a new one when the columns change. A fault (disk full, folder
 * read-only or gone) pauses it; it tries again every few seconds and goes on by itself. It never throws for one.
 */
export class LogWriter {
  readonly #directory: string;
  readonly #hardwareId: string;
  readonly #filter: RowFilter;
  readonly #onStatus: (status: LogStatus) => void;
  #lock: DirectoryLock | undefined;
  #file: LogFile | undefined;
  #date = '';
  #layout: Layout | undefined;
  #rowsWritten = 0;
  #why: string | undefined;
  #retryAt = Number.NEGATIVE_INFINITY;

  constructor(options: LogWriterOptions) {
    this.#directory = options.directory;
    this.#hardwareId = options.hardwareId;
    this.#filter = options.filter ?? everySample;
    this.#onStatus = options.onStatus ?? (() => undefined);
  }

  get status(): LogStatus {
    return {
      state: this.#why === undefined ? 'writing' : 'paused',
      ...(this.#why === undefined ? {} : { why: this.#why }),
      ...(this.#file ? { file: this.#file.name } : {}),
      rowsWritten: this.#rowsWritten,
    };
  }

  /** Writes the frame's row when the filter admits it. */
  append(frame: Frame): void {
    if (this.#why !== undefined && frame.monotonicMs < this.#retryAt) return;
    try {
      const isFirstOfFile = this.#openFor(frame);
      if (!this.#filter.admits(frame) && !isFirstOfFile) return;
      this.#file?.append(formatRow(frame, this.#hardwareId));
      this.#rowsWritten++;
      if (this.#why !== undefined || isFirstOfFile) this.#resume();
    } catch (error) {
      this.#pause(error, frame.monotonicMs);
    }
  }

  /** Closes the file and frees the folder for another writer. */
  close(): void {
    const lock = this.#lock;
    this.#lock = undefined;
    try {
      this.#closeFile();
      lock?.release();
    } catch {
      // On a disk that is in trouble closing fails as writing did, which has been reported. A lock that stays behind is
      // taken over once this process has ended.
    }
  }

  /** Makes the right file for the frame's day and columns the open one; true when that changed the file. */
  #openFor(frame: Frame): boolean {
    const date = utcDate(frame.utcMs);
    if (this.#file?.isLost === true) {
      this.#closeFile();
      // It may have gone with the folder; acquiring it again takes over one of our own.
      this.#lock = undefined;
    }
    if (this.#file && this.#date === date && this.#layout === frame.layout) return false;
    this.#closeFile();
    fs.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#lock ??= DirectoryLock.acquire(this.#directory);
    this.#file = LogFile.open(
      this.#directory,
      this.#hardwareId.slice(0, 8),
      date,
      formatHeader(frame.layout),
    );
    this.#date = date;
    this.#layout = frame.layout;
    this.#filter.reset();
    return true;
  }

  #closeFile(): void {
    try {
      this.#file?.close();
    } finally {
      this.#file = undefined;
    }
  }

  #pause(error: unknown, monotonicMs: number): void {
    this.#retryAt = monotonicMs + RETRY_MS;
    const why = error instanceof DirectoryLockedError ? error.message : explain(error);
    // With the lock: when the next attempt comes, the folder may be another one of the same name.
    this.close();
    if (this.#why === why) return;
    this.#why = why;
    this.#onStatus(this.status);
  }

  #resume(): void {
    this.#why = undefined;
    this.#onStatus(this.status);
  }
}

function explain(error: unknown): string {
  const fault = describeFault(error);
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `${fault}: free some space or move the log with logging.log_directory; logging goes on by itself`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `the log folder cannot be written, ${fault}: give this user the right to write there or move the log with logging.log_directory`;
    default:
      return `the log cannot be written: ${fault}`;
  }
}
