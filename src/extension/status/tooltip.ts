import type { AdapterStatus, LogStatus } from '../../common/protocol.ts';
import { t } from '../l10n.ts';
import { type CommandLink, commandLink, escapeMarkdown } from './markdown.ts';
import { readoutTable, type TableContent } from './tooltip-table.ts';
import type { TroubleWords } from './trouble-words.ts';
import type { UploadLine } from './upload-line.ts';
import type { WorkloadLines } from './workload.ts';

/** What the tooltip is made of. */
export interface TooltipContent {
  /** Which machine is watched. */
  readonly machine: string;
  /** `undefined` while no readings come. */
  readonly readout: TableContent | undefined;
  readonly status: TableContent['status'];
  /** The kind of work; `undefined` while there is no answer. */
  readonly workload: WorkloadLines | undefined;
  /** What to say first where the sampler is down or stopped; empty otherwise. */
  readonly note: string;
  /** What is really wrong with the machine. */
  readonly troubles: readonly TroubleWords[];
  /** How uploads are doing; `undefined` where they are off. */
  readonly upload: UploadLine | undefined;
  /** What is wrong with the template, and where; `undefined` where nothing is. */
  readonly template: { readonly what: string; readonly link: CommandLink } | undefined;
  readonly links: readonly CommandLink[];
}

/** The tooltip as Markdown: what is wrong, one table with a row for each group, the kind of work, and the command links. */
export function tooltipMarkdown(content: TooltipContent): string {
  const { machine, readout, status, workload, note, troubles, upload, template, links } = content;
  const blocks = [`**OptiMetrics** — ${escapeMarkdown(machine)}`];
  if (note !== '') blocks.push(escapeMarkdown(note));
  blocks.push(...troubles.map(troubleBlock));
  if (template) blocks.push(`$(edit) ${escapeMarkdown(template.what)} ${commandLink(template.link)}`);
  if (readout) blocks.push(readoutTable(readout));
  if (readout && workload) blocks.push(...workloadBlocks(workload));
  if (status) {
    const faults = status.adapters.filter(isFault).map(adapterLine);
    if (status.workload?.why !== undefined) faults.push(workloadFault(status.workload.why));
    if (faults.length > 0) blocks.push(faults.join('  \n'));
    blocks.push(logLine(status.log));
  }
  if (upload) blocks.push(uploadBlock(upload));
  blocks.push(links.map(commandLink).join(' · '));
  return blocks.join('\n\n');
}

function troubleBlock({ what, remedy }: TroubleWords): string {
  return `$(warning) **${escapeMarkdown(what)}**  \n${escapeMarkdown(remedy)}`;
}

/** In bold only where the user is needed. */
function uploadBlock({ icon, text, needsUser }: UploadLine): string {
  const words = escapeMarkdown(text);
  const link = commandLink({ title: t('Show Upload Status'), command: 'optimetrics.showUploadStatus' });
  return `${icon} ${needsUser ? `**${words}**` : words} · ${link}`;
}

function workloadBlocks({ icon, answer, times, reasons, alternatives }: WorkloadLines): string[] {
  const blocks = [`${icon} **${escapeMarkdown(answer)}** ${escapeMarkdown(times)}`];
  if (reasons.length > 0) blocks.push(reasons.map(reason => `- ${escapeMarkdown(reason)}`).join('\n'));
  if (alternatives !== '') blocks.push(escapeMarkdown(alternatives));
  return blocks;
}

function isFault({ state }: AdapterStatus): boolean {
  return !['ok', 'off', 'opening', 'unsupported'].includes(state);
}

function adapterLine({ name, state, detail, remedy }: AdapterStatus): string {
  const text = `${name} ${state}: ${detail}${remedy === undefined ? '' : `. ${remedy}`}`;
  return `$(warning) ${escapeMarkdown(text)}`;
}

function workloadFault(why: string): string {
  return `$(warning) ${escapeMarkdown(t('Workload: {0}', why))}`;
}

function logLine({ state, why, file }: LogStatus): string {
  switch (state) {
    case 'writing':
      return escapeMarkdown(t('Log: {0}', file ?? t('new file')));
    case 'paused':
      return `$(warning) ${escapeMarkdown(t('Log paused: {0}', why ?? t('unknown reason')))}`;
    case 'waiting':
      return escapeMarkdown(t('Log: about to begin'));
    case 'off':
      return escapeMarkdown(t('Log: off'));
  }
}
