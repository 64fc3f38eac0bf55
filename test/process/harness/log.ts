import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { listLogFiles } from '../../../src/log/listing.ts';

/** A log row by column name. */
export type LogRow = Readonly<Record<string, string>>;

/** The log files of a folder in order of their names' date and number; of two copies the plain one. */
export function logFiles(directory: string): string[] {
  if (!fs.existsSync(directory)) return [];
  const files = listLogFiles(directory);
  const names = new Set(files.map(file => file.name));
  return files
    .filter(({ name, isCompressed }) => !isCompressed || !names.has(name.replace(/\.gz$/, '')))
    .map(({ name }) => path.join(directory, name));
}

/** Reads one log file, and fails when any line of it is not whole. */
export function readLogFile(file: string): LogRow[] {
  const bytes = fs.readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
  // It may have been made a moment before its header is written.
  if (text === '') return [];
  assert.ok(text.endsWith('\n'), 'the log ends with a whole line');
  const [header = '', ...lines] = text.slice(0, -1).split('\n');
  const columns = header.split(',');
  assert.deepEqual(columns.slice(0, 4), [
    'timestamp',
    'hardware_id',
    'session_category',
    'session_confidence',
  ]);
  return lines.map(line => {
    const fields = line.split(',');
    assert.equal(fields.length, columns.length, `as many fields as columns in: ${line}`);
    assert.match(fields[0] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? '']));
  });
}

/** All rows of a folder's log. */
export function readLog(directory: string): LogRow[] {
  return logFiles(directory).flatMap(readLogFile);
}

/** Moments of the rows, milliseconds since 1970 UTC. */
export function times(rows: readonly LogRow[]): number[] {
  return rows.map(row => Date.parse(row['timestamp'] ?? ''));
}

/** By how much a timer may fire too early, as the wall clock has it. */
const EARLY_MS = 50;

/** The whole second on which each row was sampled, since 1970 UTC; a busy machine may have been late by most of a second. */
export function seconds(rows: readonly LogRow[]): number[] {
  return times(rows).map(time => Math.floor((time + EARLY_MS) / 1000));
}

/** The seconds between the first row and the last that have none, since 1970 UTC. */
export function missingSeconds(rows: readonly LogRow[]): number[] {
  const there = new Set(seconds(rows));
  const [first, last] = [Math.min(...there), Math.max(...there)];
  return Array.from({ length: Math.max(0, last - first) }, (_, k) => first + k).filter(
    second => !there.has(second),
  );
}
