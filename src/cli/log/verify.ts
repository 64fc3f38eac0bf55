import fs from 'node:fs';
import path from 'node:path';
import { DamageReport, formatDamage } from '../../log/reader/damage.ts';
import { decodeRollup } from '../../log/rollup/rollup-format.ts';
import { rollupFilesOf } from '../../log/rollup/rollup-name.ts';
import { openFolder } from './files.ts';
import { count } from './info.ts';
import { isClosed, scanFile } from './scan.ts';

/** Damaged lines of which each is told; of more, only how many there are. */
const MOST_LINES = 1_000;

/** What `optimetrics log verify` found. */
export interface Verification {
  /** What is wrong, a line each. */
  readonly problems: readonly string[];
  /** What is as it may be, and worth knowing. */
  readonly notes: readonly string[];
  readonly summary: string;
}

/**
 * Checks every line of every log file of a folder, and its rollups.
 *
 * @throws Error in one line when the folder or a file cannot be read
 */
export async function verifyLog(directory: string): Promise<Verification> {
  const { files, foreign } = openFolder(directory);
  const damage = new DamageReport(MOST_LINES);
  const problems: string[] = [];
  const notes: string[] = [];
  let rows = 0;
  for (const file of files) {
    const scan = await scanFile(file, damage, isClosed(file, files));
    rows += scan.rows;
    if (scan.misplaced > 0) problems.push(`${file.name} has ${count(scan.misplaced, 'row')} of another day`);
    if (scan.foreignIds > 0)
      problems.push(
        `${file.name} has ${count(scan.foreignIds, 'row')} with another hardware id than its name`,
      );
    if (scan.disorder > 0)
      notes.push(
        `${file.name} has ${count(scan.disorder, 'row')} no later than the one before: the clock was set back`,
      );
  }
  for (const name of new Set(files.flatMap(file => rollupFilesOf(file.name)))) {
    const file = path.join(directory, name);
    if (fs.existsSync(file) && decodeRollup(fs.readFileSync(file))?.whole !== fs.statSync(file).size)
      problems.push(`${name} is damaged; it is made anew by itself, or can be deleted`);
  }
  if (foreign > 0) notes.push(`${count(foreign, 'file')} of other programs ignored`);
  const lines = damage.list.map(formatDamage);
  if (damage.count > lines.length)
    lines.push(`and ${String(damage.count - lines.length)} more damaged lines`);
  const found = damage.count + problems.length;
  return {
    problems: [...lines, ...problems],
    notes,
    summary: `${count(files.length, 'file')}, ${count(rows, 'row')}: ${found === 0 ? 'all right' : count(found, 'problem')}`,
  };
}
