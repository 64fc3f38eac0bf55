import {
  exportChunks,
  MOST_EXPORT_BYTES,
  type ExportAnswer,
  type ExportFault,
  type ExportRequest,
} from '../../src/common/dashboard-export.ts';
import type { SessionsResult } from '../../src/common/protocol.ts';
import type { ShownData } from '../data/shown-data.ts';
import type { Theme } from '../theme.ts';
import type { Span } from '../time/span.ts';
import { shownAsCsv } from './csv.ts';
import type { SummarySessions } from './markdown-sessions.ts';
import { shownAsMarkdown, spanText } from './markdown.ts';
import { pageAsPng } from './png.ts';

/** What a dashboard shows, as an export needs it. */
export interface Shown {
  readonly data: ShownData;
  /** Columns of the log that are drawn, in the order of the log. */
  readonly columns: readonly string[];
  /** Kind of the machine, in words. */
  readonly machine: string;
  /** The part of the page with the charts, all of them drawn as they are now. */
  readonly page: HTMLElement;
  readonly theme: Theme;
  /** Asks for the sessions of a span; `undefined` where they are not shown. */
  readonly sessions: ((span: Span) => Promise<SessionsResult>) | undefined;
}

/**
 * Answers a request for what is shown.
 *
 * @param shown `undefined` where there is nothing to see
 * @param post gets the answer in its pieces
 */
export async function answerExport(
  { request, kind }: ExportRequest,
  shown: Shown | undefined,
  post: (answer: ExportAnswer) => void,
): Promise<void> {
  const refuse = (fault: ExportFault): void => {
    post({ type: 'exportFailed', request, fault });
  };
  if (!shown || shown.data.times.length === 0) {
    refuse('empty');
    return;
  }
  let bytes: Uint8Array;
  try {
    bytes = await exportOf(kind, shown);
  } catch {
    refuse('failed');
    return;
  }
  if (bytes.byteLength > MOST_EXPORT_BYTES) {
    refuse('large');
    return;
  }
  for (const chunk of exportChunks(bytes)) post({ type: 'exportChunk', request, bytes: chunk });
  post({ type: 'exportEnd', request });
}

async function exportOf(kind: ExportRequest['kind'], shown: Shown): Promise<Uint8Array> {
  const { data, columns, machine, page, theme, sessions } = shown;
  switch (kind) {
    case 'csv':
      return new TextEncoder().encode(shownAsCsv(data, columns));
    case 'markdown':
      return new TextEncoder().encode(
        shownAsMarkdown(data, machine, sessions && (await sessionsOf(data, sessions))),
      );
    case 'png':
      return pageAsPng(page, {
        title: `OptiMetrics · ${machine}`,
        line: spanText(data.from, data.to),
        theme,
      });
  }
}

/** The rest of a summary is worth having without them. */
async function sessionsOf(span: Span, ask: NonNullable<Shown['sessions']>): Promise<SummarySessions> {
  try {
    return await ask(span);
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
