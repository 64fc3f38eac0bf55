import type { SessionsResult } from '../../common/protocol.ts';
import type { MeanAndPeak, PowerSource, WorkloadSession } from '../../common/workload-session.ts';
import { workloadName } from '../../common/workload-names.ts';
import { durationText } from '../../common/workload-words.ts';
import { Headers } from '../../log/rollup/log-days.ts';
import { RollupKeeper } from '../../log/rollup/rollup-keeper.ts';
import { readSessions } from '../../log/sessions/session-reader.ts';
import { openFolder, readFault } from './files.ts';
import { count } from './info.ts';

/**
 * The sessions of a log folder.
 *
 * @param from milliseconds since 1970 UTC
 * @param to likewise, not included
 * @throws Error in one line when the folder or a file cannot be read
 */
export async function logSessions(directory: string, from: number, to: number): Promise<SessionsResult> {
  openFolder(directory);
  const headers = new Headers();
  const pause = (): Promise<void> => Promise.resolve();
  const keeper = new RollupKeeper({ directory, saves: false, headers, pause });
  const rollups = {
    finished: keeper.finished.bind(keeper),
    update: keeper.update.bind(keeper),
    prepare: pause,
  };
  try {
    return await readSessions(
      { from, to, most: Number.MAX_SAFE_INTEGER },
      { directory, rollups, recent: undefined, headers, pause },
    );
  } catch (error) {
    throw readFault(directory, error);
  }
}

/** As `--json` prints them: what is not known is left out. */
export function sessionsJson({ stepMs, sessions }: SessionsResult): string {
  const list = sessions.map(({ power, ...session }) => ({
    class: session.category === '' ? undefined : session.category,
    from: isoOf(session.from),
    to: isoOf(session.to),
    seconds: seconds(session.to - session.from),
    covered_seconds: seconds(session.coveredMs),
    class_seconds: seconds(session.ofClassMs),
    confidence: session.confidence,
    cpu: session.cpu,
    ram: session.ram,
    gpu: session.gpu,
    vram: session.vram,
    power: power && {
      mean: power.mean,
      peak: power.peak,
      wh: power.wh,
      sources: power.sources.map(source => ({
        source: sourceName(source),
        wh: source.wh,
        known_seconds: seconds(source.knownMs),
      })),
    },
  }));
  return `${JSON.stringify({ step_seconds: seconds(stepMs), sessions: list })}\n`;
}

const CSV_COLUMNS: readonly (readonly [
  name: string,
  value: (session: WorkloadSession) => string | number | undefined,
])[] = [
  ['from', session => isoOf(session.from)],
  ['to', session => isoOf(session.to)],
  ['class', session => session.category],
  ['seconds', session => seconds(session.to - session.from)],
  ['covered_seconds', session => seconds(session.coveredMs)],
  ['class_seconds', session => seconds(session.ofClassMs)],
  ['confidence', session => session.confidence],
  ['cpu_mean', session => session.cpu?.mean],
  ['cpu_peak', session => session.cpu?.peak],
  ['ram_mean', session => session.ram?.mean],
  ['ram_peak', session => session.ram?.peak],
  ['gpu', session => session.gpu?.gpu],
  ['gpu_mean', session => session.gpu?.mean],
  ['gpu_peak', session => session.gpu?.peak],
  ['vram_gpu', session => session.vram?.gpu],
  ['vram_mean', session => session.vram?.mean],
  ['vram_peak', session => session.vram?.peak],
  ['power_mean', session => session.power?.mean],
  ['power_peak', session => session.power?.peak],
  ['energy_wh', session => session.power?.wh],
  ['energy_sources', session => session.power?.sources.map(sourceName).join(' ')],
];

/** As `--csv` prints them: a field without a value is empty. */
export function sessionsCsv({ sessions }: SessionsResult): string {
  const lines = sessions.map(session => CSV_COLUMNS.map(([, value]) => String(value(session) ?? '')).join());
  return [CSV_COLUMNS.map(([name]) => name).join(), ...lines].map(line => `${line}\n`).join('');
}

const TABLE: readonly (readonly [title: string, text: (session: WorkloadSession) => string])[] = [
  ['from', session => isoOf(session.from).slice(0, 16) + 'Z'],
  ['length', session => durationText((session.to - session.from) / 1000)],
  ['class', session => (session.category === '' ? '–' : workloadName(session.category).title)],
  ['sure', session => (session.confidence === undefined ? '–' : percent(session.confidence))],
  ['CPU', session => pair(session.cpu)],
  ['GPU', session => pair(session.gpu)],
  ['RAM', session => pair(session.ram)],
  ['VRAM', session => pair(session.vram)],
  ['power', session => (session.power ? `${session.power.mean.toFixed(0)} W` : '–')],
  ['energy', session => (session.power ? energyText(session.power.wh, session.power.sources) : '–')],
];

/** The same as a table for people, with mean and peak of each metric. */
export function sessionsText(result: SessionsResult): string {
  const { sessions, stepMs } = result;
  const footer = `${count(sessions.length, 'session')}, told apart by ${stepMs === 60_000 ? 'the minute' : 'ten minutes'}; times in UTC; mean and peak of each value\n`;
  if (sessions.length === 0) return footer;
  const cells = [
    TABLE.map(([title]) => title),
    ...sessions.map(session => TABLE.map(([, text]) => text(session))),
  ];
  const widths = TABLE.map((_, column) => Math.max(...cells.map(row => (row[column] ?? '').length)));
  const lines = cells.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n${footer}`;
}

function pair(value: MeanAndPeak | undefined): string {
  return value ? `${value.mean.toFixed(0)}–${percent(value.peak)}` : '–';
}

function percent(value: number): string {
  return `${value.toFixed(0)} %`;
}

function energyText(wh: number, sources: readonly PowerSource[]): string {
  return `${wh.toFixed(wh < 10 ? 2 : 0)} Wh (${sources.map(sourceName).join(', ')})`;
}

/** `cpu` for the package, `gpu0` for a GPU. */
function sourceName({ gpu }: PowerSource): string {
  return gpu === undefined ? 'cpu' : `gpu${String(gpu)}`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function seconds(ms: number): number {
  return ms / 1000;
}
