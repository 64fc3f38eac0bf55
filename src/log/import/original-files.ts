import fs from 'node:fs';
import path from 'node:path';
import { csvLines } from './csv-lines.ts';
import { isOriginalHeader, type OriginalPart } from './original-columns.ts';

/** Names of the files of one device, without their ending, and what each has. */
const PARTS: Readonly<Record<string, OriginalPart>> = {
  cpu: 'cpu',
  gpu_nvidia: 'gpu',
  memory: 'memory',
  disk: 'disk',
  network: 'network',
};

/** Files that are read together: their rows of one moment are one sample. */
export interface OriginalLog {
  readonly files: readonly { readonly path: string; readonly part: OriginalPart }[];
}

/** What a folder of the original holds. */
export interface OriginalFolder {
  readonly logs: readonly OriginalLog[];
  /** Number of files that are no logs of the original, logs of ours among them. */
  readonly ignored: number;
}

/**
 * Finds the logs that the original has left in a folder, in both its layouts: `metrics_<id>_<date>.csv` and the like,
 * with all hardware in one file; and `cpu.csv`, `memory.csv` and so on, in the folder or in one that is named after a
 * hardware id.
 *
 * @throws the system's error when the folder or a file cannot be read
 */
export async function findOriginalLogs(directory: string): Promise<OriginalFolder> {
  const logs: OriginalLog[] = [];
  let ignored = 0;
  for (const folder of [directory, ...deviceFolders(directory)]) {
    const device: { path: string; part: OriginalPart }[] = [];
    for (const entry of fs.readdirSync(folder, { withFileTypes: true }).sort(inOrder)) {
      if (!entry.isFile() || entry.name.startsWith('.')) continue;
      const stem = /^(.+)\.csv(?:\.gz)?$/.exec(entry.name)?.[1];
      const file = path.join(folder, entry.name);
      const part = PARTS[stem ?? ''] ?? 'all';
      if (stem === undefined || !isOriginalHeader(await firstLine(file), part)) ignored++;
      else if (part === 'all') logs.push({ files: [{ path: file, part }] });
      else device.push({ path: file, part });
    }
    if (device.length > 0) logs.push({ files: device });
  }
  return { logs, ignored };
}

function deviceFolders(directory: string): string[] {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && /^[0-9a-f]{32}$/.test(entry.name))
    .map(({ name }) => path.join(directory, name))
    .sort();
}

async function firstLine(file: string): Promise<string[]> {
  for await (const fields of csvLines(file)) return fields.map(name => name.replace(/^\uFEFF/, ''));
  return [];
}

/** By date and number where names have them: `_10` comes after `_9`. */
function inOrder(a: fs.Dirent, b: fs.Dirent): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}
