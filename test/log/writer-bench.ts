import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import type { Frame } from '../../src/common/frame.ts';
import type { LogStatus } from '../../src/common/protocol.ts';
import { LogWriter } from '../../src/log/log-writer.ts';
import type { RowFilter } from '../../src/log/row-filter.ts';
import type { RowQueue } from '../../src/log/row-queue.ts';
import { formatHeader, formatRow } from '../../src/log/row.ts';
import { type LogRules, logRules } from '../../src/log/rules.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { frameAt, HARDWARE_ID, smallLayout } from './frames.ts';

export const NOON = Date.UTC(2024, 1, 29, 12);

/** A writer, the statuses it told, and frames a second apart. */
export class Bench {
  readonly directory: string;
  readonly writer: LogWriter;
  readonly statuses: LogStatus[] = [];
  readonly warnings: string[] = [];
  readonly layout = smallLayout();
  readonly #start: number;
  #seconds = 0;

  constructor(
    t: TestContext,
    {
      directory = path.join(temporaryDirectory(t), 'logs'),
      start = NOON,
      rules = {},
      filter,
      waiting,
      isHeld,
    }: {
      directory?: string;
      start?: number;
      rules?: Partial<LogRules>;
      filter?: RowFilter;
      waiting?: RowQueue;
      isHeld?: (name: string) => boolean;
    } = {},
  ) {
    this.directory = directory;
    this.#start = start;
    this.writer = new LogWriter({
      directory,
      hardwareId: HARDWARE_ID,
      rules: { ...logRules(DEFAULT_CONFIG), ...rules },
      ...(filter ? { filter } : {}),
      ...(waiting ? { waiting } : {}),
      ...(isHeld ? { isHeld } : {}),
      onStatus: status => this.statuses.push(status),
      onWarning: message => this.warnings.push(message),
    });
    t.after(() => {
      this.writer.close();
    });
  }

  /** The frame of the next second. */
  next(layout = this.layout): Frame {
    const at = this.#start + 1000 * this.#seconds++;
    return frameAt(layout, at, at - this.#start);
  }

  /** Appends the frames of the next seconds. */
  append(seconds: number, layout = this.layout): Frame[] {
    return Array.from({ length: seconds }, () => {
      const frame = this.next(layout);
      this.writer.append(frame);
      return frame;
    });
  }

  /** The files of the log and what is in them. */
  get files(): Record<string, string> {
    const names = fs.readdirSync(this.directory).filter(name => name !== '.writer');
    return Object.fromEntries(
      names.map(name => [name, fs.readFileSync(path.join(this.directory, name), 'utf8')]),
    );
  }

  get states(): string[] {
    return this.statuses.map(status => status.state);
  }
}

/** A log file with these rows. */
export function content(frames: readonly Frame[]): string {
  const [first] = frames;
  assert.ok(first);
  return formatHeader(first.layout) + frames.map(frame => formatRow(frame, HARDWARE_ID)).join('');
}

/** Name of the day's file. */
export const fileOf = (date: string, number = 0): string =>
  `metrics_476aa2f1_${date}${number === 0 ? '' : `_${String(number)}`}.csv`;
