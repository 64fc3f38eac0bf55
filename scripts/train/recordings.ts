import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readTrace } from '../../src/classify/trace.ts';
import type { LabelledTrace } from './statistics-file.ts';

/** Where the project's own recordings are: `<class>/<program>__<number>.csv.gz`, and `manifest.json`. */
export const RECORDINGS = path.join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'traces');

/** What `manifest.json` says of a recording. */
export interface Recording {
  /** From the folder of the manifest: `coding_development/gcc__1.csv.gz`. */
  readonly file: string;
  readonly program: string;
  readonly version: string;
  /** How it was driven, in a sentence. */
  readonly driven: string;
  readonly machine: string;
}

/**
 * Reads the project's own recordings; none where the folder is not there. A source is a program on a machine.
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
  return files.map(file => {
    const entry = manifest.find(one => one.file === file);
    if (!entry) throw new Error(`${file} is not in manifest.json of the recordings`);
    const [category = ''] = file.split('/');
    return {
      category,
      source: `${entry.program} on ${entry.machine}`,
      machine: entry.machine,
      name: file.replace(/\.csv\.gz$/, ''),
      trace: readTrace(gunzipSync(fs.readFileSync(path.join(folder, file))).toString('utf8')),
    };
  });
}
