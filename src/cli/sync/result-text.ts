import type { Config } from '../../common/config/schema.ts';
import type { Count, DryRun, RoundResult } from '../../sync/round/result.ts';

const PLACES: Readonly<Record<Config['cloud']['provider'], string>> = {
  folder: 'the folder',
  gdrive: 'Google Drive',
  s3: 'the S3 store',
  webdav: 'the WebDAV server',
};

/** What was done, in words. */
export function resultText({ cloud }: Config, { counts }: RoundResult): string {
  const place = PLACES[cloud.provider];
  const { confirmed, total } = counts;
  if (total.segments === 0) return 'Nothing to send: the log has no rows yet.\n';
  if (confirmed.segments === 0)
    return `Nothing to send: all rows have been confirmed in ${place} before, ${counted(total)}.\n`;
  return `${counted(confirmed)} sent to ${place} and confirmed; confirmed in all: ${counted(total)}.\n`;
}

/** The same for programs; docs/upload.md describes it. */
export function resultJson({ cloud }: Config, { state, reason, remedy, counts, lost }: RoundResult): string {
  const { sealed, sent, confirmed, waiting, total } = counts;
  const { mode, provider } = cloud;
  return `${JSON.stringify({
    state,
    reason,
    remedy,
    mode,
    provider,
    sealed,
    sent,
    confirmed,
    waiting,
    total,
    lost: counts.lost,
    lost_ranges: lost,
  })}\n`;
}

/** What would be done, in words. */
export function dryRunText({ cloud }: Config, { toSeal, waiting }: DryRun): string {
  const place = PLACES[cloud.provider];
  const all: Count = {
    segments: toSeal.segments + waiting.segments,
    rows: toSeal.rows + waiting.rows,
    bytes: toSeal.bytes + waiting.bytes,
  };
  if (all.segments === 0) return `Nothing would be sent: all rows have been confirmed in ${place} before.\n`;
  const off = cloud.enabled ? '' : ' Uploads are off: cloud.enabled is false.';
  return `${counted(all)} would be sent to ${place}, ${waiting.segments} of them sealed before. Nothing was sent.${off}\n`;
}

/** The same for programs; docs/upload.md describes it. */
export function dryRunJson({ cloud }: Config, { toSeal, waiting }: DryRun): string {
  const { enabled, mode, provider } = cloud;
  return `${JSON.stringify({ dry_run: true, enabled, mode, provider, to_seal: toSeal, waiting })}\n`;
}

function counted({ segments, rows, bytes }: Count): string {
  return `${segments} ${segments === 1 ? 'file' : 'files'} with ${rows} ${rows === 1 ? 'row' : 'rows'} (${sized(bytes)})`;
}

function sized(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
