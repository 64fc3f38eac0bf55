import { gunzipSync } from 'node:zlib';
import type { Disk } from '../disk.ts';
import { EnvelopeError } from '../envelope/errors.ts';
import { type OpeningKeys, unseal } from '../envelope/unseal.ts';
import { readJournal } from '../journal/journal.ts';
import type { SealedFile } from '../journal/records.ts';
import type { RowRange } from '../segments/segment.ts';
import { readSpooled } from '../spool/spool.ts';
import { Making } from './making.ts';
import type { RoundOptions } from './options.ts';
import { plannedRanges } from './planned-ranges.ts';
import { HERE } from './run-round.ts';
import { journalFile, spoolFolder, stateFolder } from './state-folder.ts';
import { trialOf } from './trial.ts';

/** The next file that will be sent. */
export interface Preview {
  readonly range: RowRange;
  /** Where it goes. Of a file that is not made yet, the last part is another when it is: each sealing gives other bytes. */
  readonly path: string;
  /** As it is sent. */
  readonly bytes: number;
  /** What is in it, decrypted from just those bytes: a Parquet file. */
  readonly parquet: Buffer;
}

/**
 * Shows what will be sent next: the oldest file that waits, else what would be made of the oldest rows that are in no segment,
 * those of the last minutes too. Makes it as a round does, keeps nothing and sends nothing.
 *
 * @returns `undefined` when there are no such rows. Rejects as `dryRun` does
 */
export async function preview(
  options: Omit<RoundOptions, 'target' | 'maxSpoolBytes' | 'includesOpen'>,
): Promise<Preview | undefined> {
  const { disk, now } = { ...HERE, ...options.surroundings };
  const making = new Making(options, now);
  const { ledger } = await readJournal(disk, journalFile(stateFolder(options)));
  for (const { range, file } of ledger.open) {
    // What was made for other settings is made anew before it is sent.
    if (file?.madeFor !== making.fingerprint) return trial(making, range);
    const shown = await spooled(options, disk, file);
    if (shown) return { range, path: file.path, ...shown };
  }
  const plan = { nowMs: now(), includesOpen: true, onDamage: options.onDamage ?? (() => undefined) };
  for await (const { range } of plannedRanges(options.logDirectory, ledger, plan))
    return trial(making, range);
  return undefined;
}

async function trial(making: Making, range: RowRange): Promise<Preview> {
  const { path, bytes, key } = await trialOf(making, range);
  const parquet = making.isSealed ? await opened([bytes], { local: [key] }) : bytes;
  return { range, path, bytes: bytes.length, parquet };
}

/** `undefined` when the file cannot be opened: it is made anew then, or sent as it is and opened by others. */
async function spooled(
  { dataDirectory, destination, keys }: Pick<RoundOptions, 'dataDirectory' | 'destination' | 'keys'>,
  disk: Disk,
  file: SealedFile,
): Promise<Pick<Preview, 'bytes' | 'parquet'> | undefined> {
  const bytes = await readSpooled(disk, spoolFolder(stateFolder({ dataDirectory, destination })), file);
  if (!bytes) return undefined;
  if (file.keyId === '') return { bytes: bytes.length, parquet: bytes };
  try {
    const { local } = await keys.load();
    return { bytes: bytes.length, parquet: await opened([bytes], { local }) };
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return undefined;
  }
}

async function opened(sealed: readonly Uint8Array[], keys: OpeningKeys): Promise<Buffer> {
  const { content, plaintext } = await unseal(sealed, keys);
  const pieces: Uint8Array[] = [];
  for await (const piece of plaintext) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return content === 'parquet.gz' ? gunzipSync(bytes) : bytes;
}
