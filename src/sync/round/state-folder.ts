import path from 'node:path';
import type { Disk } from '../disk.ts';
import { Journal } from '../journal/journal.ts';
import { nameIn, Spool } from '../spool/spool.ts';
import { ResumeNotes } from '../spool/resume-notes.ts';
import type { RoundSource } from './options.ts';

/** Folder of all destinations in the user's data folder. */
const SYNC_FOLDER = 'sync';

/** What is kept of one destination. */
export interface State {
  readonly journal: Journal;
  readonly spool: Spool;
  readonly notes: ResumeNotes;
}

/** The folder of a destination. */
export function stateFolder({
  dataDirectory,
  destination,
}: Pick<RoundSource, 'dataDirectory' | 'destination'>): string {
  return path.join(dataDirectory, SYNC_FOLDER, destination);
}

/** The journal's file in the folder of a destination. */
export function journalFile(folder: string): string {
  return path.join(folder, 'journal');
}

/** The folder of its files. */
export function spoolFolder(folder: string): string {
  return path.join(folder, 'spool');
}

/** Makes the folder of a destination, so that it is there after a power cut too. Rejects with the system's error. */
export async function makeStateFolder(disk: Disk, folder: string): Promise<void> {
  await disk.makeFolder(folder);
  await disk.syncFolder(path.dirname(folder));
  await disk.syncFolder(path.dirname(path.dirname(folder)));
}

/**
 * Opens what is kept of a destination and puts right what a crash has left. Rejects with the system's error, or with a
 * NewerJournalError.
 */
export async function openState(
  disk: Disk,
  folder: string,
  { keys, onDamage }: Pick<RoundSource, 'keys'> & { readonly onDamage: (what: string) => void },
): Promise<State> {
  const journal = await Journal.open(disk, journalFile(folder), onDamage);
  const files = journal.ledger.open.flatMap(({ file }) => (file ? [file] : []));
  const spool = await Spool.open(disk, spoolFolder(folder), new Set(files.map(nameIn)));
  const sent = new Set(files.map(({ sha256 }) => sha256));
  const notes = await ResumeNotes.open(disk, path.join(folder, 'notes'), keys, sent);
  await disk.syncFolder(folder);
  return { journal, spool, notes };
}
