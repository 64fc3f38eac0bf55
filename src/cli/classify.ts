import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ClassifierOptions } from '../classify/classifier.ts';
import { classifyTrace, type TraceAnswer } from '../classify/timeline.ts';
import { readTrace, TraceError } from '../classify/trace.ts';
import { printable } from '../common/config/problem.ts';
import { describeFault } from '../common/faults.ts';
import type { Category } from '../common/workload.ts';

/** The answer for a file, as `optimetrics classify --json` prints it. */
export interface FileAnswer extends TraceAnswer {
  /** As it was given. */
  readonly file: string;
}

/** What came of the files: answers in their order, and a line for each that could not be answered. */
export interface FileAnswers {
  readonly answers: readonly FileAnswer[];
  readonly errors: readonly string[];
}

/** Most bytes of a trace: a day of a wide machine is a fifth of it. */
const LONGEST = 400e6;
/** Most characters of a path in a message; the system has no longer ones. */
const MOST_OF_NAME = 4096;
/** Bytes that are read at a time. */
const PIECE = 2 ** 20;

/** Classifies each file by itself. Never throws: a file that cannot be read costs its own answer only. */
export function classifyFiles(files: readonly string[], options: ClassifierOptions): FileAnswers {
  const answers: FileAnswer[] = [];
  const errors: string[] = [];
  for (const file of files) {
    try {
      const { seconds, category, confidence, timeline, reasons } = classifyTrace(
        readTrace(readText(file)),
        options,
      );
      answers.push({
        file,
        seconds: round(seconds),
        category,
        confidence: round(confidence),
        timeline: timeline.map(stretch => ({
          start: round(stretch.start),
          end: round(stretch.end),
          category: stretch.category,
          confidence: round(stretch.confidence),
        })),
        reasons,
      });
    } catch (error) {
      const why =
        error instanceof TraceError || !(error instanceof Error) || !('code' in error)
          ? (error as Error).message
          : describeFault(error);
      errors.push(`${printable(file, MOST_OF_NAME)}: ${why}`);
    }
  }
  return { answers, errors };
}

/** The answers as lines for people. */
export function answersText(answers: readonly FileAnswer[]): string {
  return answers
    .map(({ file, seconds, category, confidence, timeline, reasons }) =>
      [
        `${printable(path.basename(file), MOST_OF_NAME)}: ${words(category)}, ${percent(confidence)} sure, ${String(Math.round(seconds))} s`,
        ...(reasons.length === 0 ? [] : [`  because of ${reasons.join('; ')}`]),
        ...timeline.map(
          stretch =>
            `  ${clock(stretch.start)}–${clock(stretch.end)}  ${words(stretch.category)} (${percent(stretch.confidence)})`,
        ),
        '',
      ].join('\n'),
    )
    .join('\n');
}

/** Text of a file that is plain or compressed, told by its first bytes. */
function readText(file: string): string {
  const bytes = readBytes(file);
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  let text: Buffer = bytes;
  if (isCompressed) {
    try {
      text = gunzipSync(bytes, { maxOutputLength: LONGEST });
    } catch (error) {
      throw new TraceError('line 1: it is compressed and cannot be unpacked', { cause: error });
    }
  }
  return text.toString('utf8');
}

/** All that a file holds, or a pipe until its end, as long as it may be a trace. */
function readBytes(file: string): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  const descriptor = fs.openSync(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    for (;;) {
      const read = fs.readSync(descriptor, piece);
      if (read === 0) return Buffer.concat(pieces, length);
      pieces.push(Buffer.from(piece.subarray(0, read)));
      length += read;
      if (length > LONGEST) throw new TraceError('line 1: it is too long for a recording');
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

function words(category: Category): string {
  return category.replaceAll('_', ' ');
}

function percent(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${String(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, '0')}`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
