import fs from 'node:fs';
import path from 'node:path';
import { codeOf, describeFault } from '../common/faults.ts';
import { compressLogFile, InUseError, tidy } from './compression.ts';
import { listLogFiles, type ListedFile } from './listing.ts';
import { ageInDays, filesToDelete } from './retention.ts';
import type { LogRules } from './rules.ts';
import { trimPartialLine } from './trim.ts';

export interface HousekeepingOptions {
  readonly directory: string;
  readonly rules: Pick<LogRules, 'compressAfterDays' | 'retentionDays' | 'maxTotalBytes'>;
  /** First eight digits of the hardware id: whose files are trimmed and compressed. */
  readonly id8: string;
  /** Whether this file is being written. */
  readonly isOpen: (name: string) => boolean;
  /** Whether a file must not be deleted because it has still to be uploaded. */
  readonly isHeld: (name: string) => boolean;
  /** Names of the files that go with the last log file of the day of this one: what was computed from them. */
  readonly derivedFrom: (name: string) => readonly string[];
  /** Told in one line of what went wrong. */
  readonly onFault: (message: string) => void;
}

/**
 * Looks after the files that are not being written: puts right what a crash left, deletes what is too much or too old,
 * and compresses the rest. All of it happens in small steps beside the sampling, one thing at a time.
 */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #ended = new AbortController();
  #isTidy = false;
  #running: Promise<void> | undefined;
  #fault = '';

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /**
   * Does what is due, unless it is at it already. Never rejects.
   *
   * @param today UTC date, `YYYY-MM-DD`
   * @param isClockSure whether files may be deleted by their age: a clock that is wrong at the start must not cost a log
   */
  run(today: string, isClockSure: boolean): Promise<void> {
    this.#running ??= this.#work(today, isClockSure).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Ends what is going on as soon as it can be left. */
  end(): void {
    this.#ended.abort();
  }

  #hasEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  async #work(today: string, isClockSure: boolean): Promise<void> {
    try {
      if (!this.#isTidy) {
        await tidy(this.#options.directory, this.#options.isOpen);
        this.#trim();
        this.#isTidy = true;
      }
      this.#delete(isClockSure ? today : undefined);
      await this.#compress(today);
      this.#fault = '';
    } catch (error) {
      if (this.#hasEnded() || codeOf(error) === 'ENOENT') return;
      this.#report(`looking after the older log files: ${describeFault(error)}`);
    }
  }

  /** Cuts off the partial last line that a crash left in a file which nobody will open for writing again. */
  #trim(): void {
    const { directory, id8, isOpen } = this.#options;
    for (const { name, isCompressed, id8: of } of listLogFiles(directory)) {
      if (isCompressed || of !== id8 || isOpen(name)) continue;
      const file = path.join(directory, name);
      const fd = fs.openSync(file, 'r+');
      try {
        // What had not even a header is no log file.
        if (trimPartialLine(fd) === 0) fs.rmSync(file, { force: true });
      } finally {
        fs.closeSync(fd);
      }
    }
  }

  #delete(today: string | undefined): void {
    const { directory, rules, isOpen, isHeld, derivedFrom } = this.#options;
    const left = new Set(listLogFiles(directory));
    const mustStay = (file: ListedFile): boolean => isOpen(file.name) || isHeld(file.name);
    for (const file of filesToDelete([...left], rules, today, mustStay)) {
      fs.rmSync(path.join(directory, file.name), { force: true });
      left.delete(file);
      if ([...left].some(other => other.date === file.date && other.id8 === file.id8)) continue;
      for (const name of derivedFrom(file.name)) fs.rmSync(path.join(directory, name), { force: true });
    }
  }

  async #compress(today: string): Promise<void> {
    const { directory, isOpen } = this.#options;
    let fault: unknown;
    for (const file of listLogFiles(directory)) {
      if (this.#hasEnded()) return;
      if (!this.#isToCompress(file, today)) continue;
      try {
        await compressLogFile(directory, file, { isOpen, signal: this.#ended.signal });
      } catch (error) {
        if (this.#hasEnded()) return;
        // It comes up again next time, and one that cannot be compressed keeps no other from it.
        if (!(error instanceof InUseError)) fault ??= error;
      }
    }
    if (fault !== undefined) throw fault as Error;
  }

  #isToCompress({ name, id8, date, isCompressed }: ListedFile, today: string): boolean {
    const { isOpen } = this.#options;
    const { compressAfterDays: days } = this.#options.rules;
    if (days === undefined || isCompressed || id8 !== this.#options.id8 || isOpen(name)) return false;
    // The last row of a day's file is as old as the file only when another day has gone.
    return days === 0 || ageInDays(date, today) > days;
  }

  /** Says each fault once until things went well. */
  #report(fault: string): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    this.#options.onFault(fault);
  }
}
