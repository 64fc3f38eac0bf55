import type { SessionsResult } from '../../src/common/protocol.ts';
import type { MeanAndPeak, WorkloadSession } from '../../src/common/workload-session.ts';
import { durationText } from '../../src/common/workload-words.ts';
import { t } from '../l10n.ts';
import { sessionLength } from '../sessions/session-list.ts';
import {
  energyText,
  NOTHING,
  percentText,
  sessionTitle,
  sourcesText,
  wattText,
} from '../sessions/session-words.ts';
import { OWN_PROFILE, publicName } from './csv.ts';
import { markdownTable } from './markdown-table.ts';

/** Most sessions of a summary: of more, the longest. */
const MOST_SESSIONS = 20;

/** The sessions of what is shown, or why they could not be read. */
export type SummarySessions = Pick<SessionsResult, 'sessions' | 'earlier'> | { readonly why: string };

/** The sessions as a Markdown table in order of time; columns of which nothing is known are left out. Empty without sessions. */
export function sessionsAsMarkdown(summary: SummarySessions): string {
  if ('why' in summary) return t('The sessions could not be read: {0}', summary.why);
  const { sessions, earlier } = summary;
  const longest = [...sessions].sort((a, b) => sessionLength(b) - sessionLength(a)).slice(0, MOST_SESSIONS);
  const listed = longest.sort((a, b) => a.from - b.from);
  const columns = COLUMNS.filter(({ text }, at) => at < 3 || listed.some(one => text(one) !== NOTHING));
  const table = markdownTable(
    columns.map(({ title }) => title()),
    listed.map(session => columns.map(({ text }) => text(session))),
  );
  const left = sessions.length - listed.length + earlier;
  return left > 0 ? `${table}\n\n${t('{0} more sessions are not listed.', left)}` : table;
}

interface Column {
  readonly title: () => string;
  /** {@link NOTHING} where nothing is known. */
  readonly text: (session: WorkloadSession) => string;
}

const COLUMNS: readonly Column[] = [
  { title: () => t('Session'), text: publicTitle },
  { title: () => t('Began (UTC)'), text: ({ from }) => minuteText(from) },
  { title: () => t('Length'), text: session => durationText(sessionLength(session) / 1000) },
  { title: () => t('CPU, mean / peak'), text: ({ cpu }) => pairText(cpu, percentText) },
  { title: () => t('GPU, mean / peak'), text: ({ gpu }) => pairText(gpu, percentText) },
  { title: () => t('RAM, mean / peak'), text: ({ ram }) => pairText(ram, percentText) },
  { title: () => t('VRAM, mean / peak'), text: ({ vram }) => pairText(vram, percentText) },
  { title: () => t('Power, mean / peak'), text: ({ power }) => pairText(power, wattText) },
  {
    title: () => t('Energy'),
    text: ({ power }) => (power ? `${energyText(power.wh)} (${sourcesText(power)})` : NOTHING),
  },
];

/** A class of the user's own profiles may be called after a project. */
function publicTitle(session: WorkloadSession): string {
  return session.category !== '' && publicName(session.category) === OWN_PROFILE
    ? t('Own profiles')
    : sessionTitle(session);
}

function minuteText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function pairText(value: MeanAndPeak | undefined, text: (value: number) => string): string {
  return value ? `${text(value.mean)} / ${text(value.peak)}` : NOTHING;
}
