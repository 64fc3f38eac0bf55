import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readTrace } from '../../src/classify/trace.ts';
import type { LabelledTrace } from './statistics-file.ts';

/** Where the project's own recordings are: `<class>/<program>__<number>.csv.gz`, and `manifest.json`. */
export const RECORDINGS = path.join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'traces');

/** What `manifest.json` says of a recording, as far as it is looked at here. */
export interface Recording {
  /** From the folder of the manifest: `coding_development/compile-c__2c_11.csv.gz`. */
  readonly file: string;
  readonly class: string;
  /** What was recorded, whatever the cores and how often. */
  readonly source: string;
  readonly machine: string;
}

const HERE = ' (recorded here)';
/** In how many parts the programs of a class are left out. */
const PARTS = 3;

/** Whether a source is a recording of this project's own. */
export function isRecordedHere(source: string): boolean {
  return source.endsWith(HERE);
}

/**
 * Reads the project's own recordings; none where the folder is not there. A source is a program as it was driven. In an
 * evaluation a third of each class's sources is left out together: the first, the fourth and so on, then the second.
 *
 * @throws Error when a recording is not in the manifest, or is not a trace
 */
export function readRecordings(folder = RECORDINGS): LabelledTrace[] {
  const manifestFile = path.join(folder, 'manifest.json');
  if (!fs.existsSync(manifestFile)) return [];
  const manifest = JSON.parse(fs.readFileSync(manifestFile, 'utf8')) as readonly Recording[];
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.csv.gz'))
    .map(file => file.split(path.sep).join('/'))
    .sort();
  const sourcesOf = new Map<string, string[]>();
  return files.map(file => {
    const entry = manifest.find(one => one.file === file);
    if (!entry) throw new Error(`${file} is not in manifest.json of the recordings`);
    const sources = sourcesOf.get(entry.class) ?? [];
    sourcesOf.set(entry.class, sources);
    if (!sources.includes(entry.source)) sources.push(entry.source);
    return {
      category: entry.class,
      source: `${entry.source}${HERE}`,
      fold: `every third program of each class, from number ${String((sources.indexOf(entry.source) % PARTS) + 1)}${HERE}`,
      machine: entry.machine,
      name: file.replace(/\.csv\.gz$/, ''),
      trace: readTrace(gunzipSync(fs.readFileSync(path.join(folder, file))).toString('utf8')),
    };
  });
}
