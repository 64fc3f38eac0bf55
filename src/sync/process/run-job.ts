import { PREVIEW_ROWS } from '../../common/upload.ts';
import type { SyncPreviewResult } from '../../common/sync-protocol.ts';
import { SignInError } from '../oauth/sign-in-error.ts';
import { preview } from '../round/preview.ts';
import { removeSent } from '../round/remove-sent.ts';
import { endingOf } from '../round/round-end.ts';
import { runRound } from '../round/run-round.ts';
import { parquetToCsv } from '../segments/parquet-to-csv.ts';
import { KEY_MADE } from '../upload/upload-keys.ts';
import { SettingsError, type Upload, uploadOf } from '../upload/upload.ts';
import type { EndEvent, SyncEvent, SyncJob } from './job.ts';
import { signIn } from './sign-in-job.ts';

export interface JobSurroundings {
  readonly signal: AbortSignal;
  readonly tell: (event: SyncEvent) => void;
  /** Further lines of standard input. */
  readonly lines: AsyncIterator<string>;
}

/**
 * Does a job.
 *
 * @returns what came of it. Rejects only with what nobody has thought of
 */
export async function runJob(job: SyncJob, surroundings: JobSurroundings): Promise<EndEvent> {
  const { tell } = surroundings;
  try {
    if (job.action === 'sign-in') return await signIn(job, surroundings);
    const upload = await uploadOf({
      ...job,
      onKeyMade: () => tell({ type: 'notice', what: KEY_MADE }),
      onRenewed: credentials => tell({ type: 'renewed', credentials }),
    });
    switch (job.action) {
      case 'sync':
      case 'seal':
        return await round(job, upload, surroundings);
      case 'preview':
        return { type: 'preview', preview: (await previewOf(upload, surroundings)) ?? null };
      case 'remove-sent':
        return await removal(upload, surroundings);
    }
  } catch (error) {
    return failure(error, surroundings.signal);
  }
}

/** What an error means. Throws again what nobody has thought of. */
function failure(error: unknown, signal: AbortSignal): EndEvent {
  if (error instanceof SettingsError)
    return { type: 'failed', state: 'off', why: error.message, remedy: error.remedy };
  // Its message says what to do.
  if (error instanceof SignInError)
    return { type: 'failed', state: 'refused', why: error.message, remedy: '' };
  const { state, reason, remedy } = endingOf(error, signal);
  return { type: 'failed', state, why: reason, remedy };
}

async function round(
  { action, includesOpen }: SyncJob,
  { source, maxSpoolBytes, openTarget }: Upload,
  { signal, tell }: JobSurroundings,
): Promise<EndEvent> {
  const target = action === 'sync' ? await openTarget() : undefined;
  try {
    const result = await runRound({
      ...source,
      target,
      maxSpoolBytes,
      includesOpen,
      signal,
      onProgress: ({ step, confirmed, left, bytes, ofBytes }) =>
        tell({ type: 'progress', progress: { step, confirmed, left, bytes, ofBytes } }),
      onDamage: what => tell({ type: 'damage', what }),
    });
    return { type: 'result', destination: source.destination, result };
  } finally {
    target?.close();
  }
}

async function removal({ source, openTarget }: Upload, { signal, tell }: JobSurroundings): Promise<EndEvent> {
  const target = await openTarget();
  try {
    const { state, reason, remedy, removed, left } = await removeSent({
      ...source,
      target,
      signal,
      onProgress: (done, of) =>
        tell({
          type: 'progress',
          progress: { step: 'removing', confirmed: done, left: of - done, bytes: 0, ofBytes: 0 },
        }),
      onDamage: what => tell({ type: 'damage', what }),
    });
    return { type: 'removal', removal: { state, why: reason, remedy, removed, left } };
  } finally {
    target.close();
  }
}

/** What would be sent next, as it is shown. Rejects as `preview` does. */
export async function previewOf(
  { source }: Pick<Upload, 'source'>,
  { signal }: Pick<JobSurroundings, 'signal'>,
): Promise<SyncPreviewResult | undefined> {
  const next = await preview({ ...source, signal });
  if (!next) return undefined;
  const { columns, csv } = await beginningOf(next.parquet);
  return {
    path: next.path,
    bytes: next.bytes,
    isEncrypted: source.encrypt,
    rows: next.range.rows,
    fromMs: next.range.firstMs,
    toMs: next.range.lastMs,
    columns,
    csv,
  };
}

async function beginningOf(parquet: Uint8Array): Promise<{ columns: string[]; csv: string }> {
  const lines: string[] = [];
  for await (const text of parquetToCsv(parquet)) {
    lines.push(...text.split('\n').filter(line => line !== ''));
    if (lines.length > PREVIEW_ROWS) break;
  }
  const shown = lines.slice(0, 1 + PREVIEW_ROWS);
  return { columns: shown[0]?.split(',') ?? [], csv: shown.map(line => `${line}\n`).join('') };
}
