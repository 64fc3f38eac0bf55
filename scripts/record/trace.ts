import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Columns that say something about one machine or come from the classifier itself. */
const LEFT_OUT = new Set(['hardware_id', 'session_category', 'session_confidence']);

/** What is kept of a recording beside its rows. */
export interface TraceEntry {
  readonly file: string;
  readonly class: string;
  /** Program and machine: what is left out together in an evaluation. */
  readonly source: string;
  readonly program: string;
  readonly version: string;
  readonly driven: string;
  readonly machine: string;
  readonly recorded: string;
  readonly seconds: number;
}

/**
 * Takes the rows of a log from a moment on.
 *
 * @returns CSV with the log's columns less {@link LEFT_OUT} and those that have no value at all, and the number of its rows
 */
export function traceOf(log: string, fromMs: number): { readonly text: string; readonly rows: number } {
  const [header = '', ...lines] = log.trimEnd().split('\n');
  const names = header.split(',');
  const rows = lines.map(line => line.split(',')).filter(row => Date.parse(row[0] ?? '') >= fromMs);
  const kept = names
    .map((name, at) => ({ name, at }))
    .filter(({ name, at }) => !LEFT_OUT.has(name) && rows.some(row => (row[at] ?? '') !== ''));
  const text = [names, ...rows].map((row, n) =>
    kept.map(({ name, at }) => (n === 0 ? name : (row[at] ?? ''))).join(','),
  );
  return { text: `${text.join('\n')}\n`, rows: rows.length };
}

/** The one log in a folder. @throws Error where there is none or more than one */
export function readOnlyLog(folder: string): string {
  const files = readdirSync(folder).filter(name => name.endsWith('.csv'));
  const [file] = files;
  if (file === undefined || files.length > 1) throw new Error(`${String(files.length)} logs instead of one`);
  return readFileSync(path.join(folder, file), 'utf8');
}

/** Writes a trace and its entry in the manifest; one of the same name is replaced. */
export function keepTrace(folder: string, entry: TraceEntry, text: string): void {
  const file = path.join(folder, entry.file);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(text, { level: 9 }));
  const manifest = path.join(folder, 'manifest.json');
  const others = readManifest(manifest).filter(other => other.file !== entry.file);
  const entries = [...others, entry].sort((a, b) => (a.file < b.file ? -1 : 1));
  writeFileSync(`${manifest}.new`, `${JSON.stringify(entries, undefined, 2)}\n`);
  renameSync(`${manifest}.new`, manifest);
}

function readManifest(file: string): TraceEntry[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TraceEntry[];
  } catch {
    return [];
  }
}
