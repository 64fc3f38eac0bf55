import fs from 'node:fs';
import path from 'node:path';
import { codeOf, describeFault } from '../../common/faults.ts';
import { parseLogFileName } from '../../log/file-name.ts';
import { type FoundLogFile, listLogFolder, type LogFolder } from '../../log/reader/log-folder.ts';
import { TEXT_COLUMNS } from '../../log/reader/row-parser.ts';
import { readHeader } from '../../log/reader/read-rows.ts';

/**
 * What a folder holds.
 *
 * @throws Error in one line when it is not there or cannot be read
 */
export function openFolder(directory: string): LogFolder {
  try {
    if (!fs.statSync(directory).isDirectory())
      throw new Error(`${directory} is no folder; give that of the log files`);
    return listLogFolder(directory);
  } catch (error) {
    throw codeOf(error) === undefined ? error : readFault(directory, error);
  }
}

/** Paths of the log files that arguments name: files, in the order of the log, and all of a folder's. */
export function filesOf(names: readonly string[]): string[] {
  const files = names.flatMap(name => {
    let isFolder: boolean;
    try {
      isFolder = fs.statSync(name).isDirectory();
    } catch (error) {
      throw readFault(name, error);
    }
    return isFolder ? openFolder(name).files.map(file => file.path) : [name];
  });
  const parsed = files.map(file => parseLogFileName(path.basename(file).replace(/\.gz$/, '')));
  if (parsed.includes(undefined)) return files;
  return files
    .map((file, k) => ({ file, date: parsed[k]?.date ?? '', number: parsed[k]?.number ?? 0 }))
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.number - b.number))
    .map(({ file }) => file);
}

/** Columns of numbers that any of the files has, in the order of their coming. */
export async function numericColumns(files: readonly string[]): Promise<string[]> {
  const columns = new Set<string>();
  for (const file of files) for (const name of await headerOf(file)) columns.add(name);
  for (const name of TEXT_COLUMNS) columns.delete(name);
  return [...columns];
}

async function headerOf(file: string): Promise<readonly string[]> {
  try {
    return (await readHeader(file)) ?? [];
  } catch (error) {
    throw readFault(file, error);
  }
}

/** What to say when a file or folder that the user has named cannot be read. */
export function readFault(name: string, error: unknown): Error {
  return new Error(`${name}: ${describeFault(error)}; give a file or folder that can be read`);
}

/** Columns of numbers of one listed file. */
export async function columnsOf(file: FoundLogFile): Promise<string[]> {
  return numericColumns([file.path]);
}
