import type { Config } from '../../common/config/schema.ts';
import { parseColumnName } from '../../common/layout.ts';
import type { SyncPreviewResult } from '../../common/sync-protocol.ts';
import { t } from '../l10n.ts';
import { destinationWords } from './consent.ts';
import { bytesWords, momentWords } from './words.ts';
import { wrapped } from './wrapped.ts';

/** What is known of a set-up when it is shown what would be sent. */
export interface PreviewFacts {
  readonly cloud: Config['cloud'];
  /** `undefined` when there are no rows yet. */
  readonly preview: SyncPreviewResult | undefined;
  /** All columns of the log, as far as they are known. */
  readonly logColumns: readonly string[];
}

/** The box that asks whether to go on lies over the first lines of the editor. */
const COVERED = ['', '', ''];
/** Where the second part of a line begins, and how long that may be. */
const INDENT = 19;
const LINE = 68;
const NEXT_LINE = `\n${' '.repeat(INDENT)}`;

/**
 * What would be sent, as a text: what is known about the file from outside, who can open it, what of the log is not in it, and
 * then all that is in it, or as much as can be shown.
 */
export function previewText({ cloud, preview, logColumns }: PreviewFacts): string {
  const head = [
    ...COVERED,
    t('What would be sent to {0}', destinationWords(cloud)),
    '',
    t('This is the real next file, made for you to look at and opened again. Nothing has been sent or kept.'),
    '',
  ];
  if (!preview)
    return [
      ...head,
      t(
        'The log has no rows that would be sent yet. They come with the next samples; go back and look again.',
      ),
      '',
    ].join('\n');
  const { csv, rows, fromMs, toMs } = preview;
  const shown = csv.trimEnd().split('\n').length - 1;
  return [
    ...head,
    fact(t('Name there'), preview.path),
    fact(t('Size as sent'), bytesWords(preview.bytes)),
    fact(t('Encrypted for'), readersWords(cloud, preview.isEncrypted)),
    fact(t('Rows'), t('{0}, from {1} to {2}', rows, momentWords(fromMs), momentWords(toMs))),
    fact(t('Columns'), String(preview.columns.length)),
    fact(t('Left out'), leftOutWords(preview.columns, logColumns)),
    '',
    cloud.mode === 'contribute'
      ? t('The column hardware_id holds an id made for this study and month, not that of your machine.')
      : t('The column hardware_id holds the id that is in your log.'),
    t('Others can see when a file was sent, its name and its size. They can see nothing of what follows.'),
    '',
    shown < rows ? t('In it, decrypted (the first {0} of {1} rows):', shown, rows) : t('In it, decrypted:'),
    '',
    csv.trimEnd(),
    '',
  ].join('\n');
}

function fact(name: string, value: string): string {
  return `${`${name}:`.padEnd(INDENT - 1)} ${value}`;
}

function readersWords({ mode, recipients }: Config['cloud'], isEncrypted: boolean): string {
  if (!isEncrypted) return t('nobody: it is not encrypted');
  if (mode === 'backup') return t('your own key, and nobody else');
  return [t('your own key, and'), ...recipients].join(NEXT_LINE);
}

/** Columns of the log that are not in the file, one for each metric. */
function leftOutWords(columns: readonly string[], logColumns: readonly string[]): string {
  const sent = new Set(columns);
  const left = logColumns.filter(column => !sent.has(column)).map(nameOfAll);
  if (left.length === 0) return t('no column of the log');
  return wrapped([...new Set(left)].join(', '), LINE).join(NEXT_LINE);
}

/** `core_3_utilization` → `core_N_utilization`: a machine may have hundreds. */
function nameOfAll(column: string): string {
  return parseColumnName(column) ? column.replace(/(?<=^core_|^disk_|^gpu)\d+/u, 'N') : column;
}
