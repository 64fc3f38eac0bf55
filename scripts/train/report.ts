import { formatTable } from '../bench/table.ts';
import type { Notice, Result } from './evaluate.ts';
import type { ReliabilityBin, Scores } from './metrics.ts';

/** All that an evaluation found. */
export interface Report {
  readonly sources: readonly string[];
  readonly windows: number;
  readonly elsewhere: readonly Result[];
  readonly recordings: readonly Result[];
  /** For comparison: the shipped model on what it was trained on. */
  readonly seen: Result | undefined;
  readonly notices: readonly Notice[];
}

/** The report as text for a terminal. */
export function reportText(report: Report): string {
  const { sources, windows } = report;
  return [
    `${String(windows)} windows; ${String(sources.length)} sources, each left out in turn:`,
    ...sources.map(source => `  ${source}`),
    '',
    resultsText(report),
  ].join('\n');
}

/** What was found, without what it was found on. */
export function resultsText({ elsewhere, recordings, seen, notices }: Report): string {
  const parts: string[] = [];
  for (const [title, results] of [
    ['Traces from elsewhere', elsewhere],
    ['Own recordings', recordings],
  ] as const) {
    if (results.length === 0) {
      parts.push(`${title}: none at hand.`, '');
      continue;
    }
    parts.push(`${title}: ${String(results[0]?.traces ?? 0)} traces`, '', summary(results), '');
    const [first] = results;
    if (!first) continue;
    parts.push('Right class (rows) and answer, as recorded:', '', confusion(first.scores), '');
    parts.push('Reliability, as recorded:', '', reliability(first.reliability), '');
  }
  if (seen) parts.push('For comparison, on what it was trained on:', '', summary([seen]), '');
  for (const notice of notices) {
    parts.push(
      `Changes between two traces, by ${notice.model}: ${String(notice.noticed)} of ${String(notice.pairs)} noticed in 120 s, ` +
        `after ${notice.medianSeconds.toFixed(0)} s (median), ${notice.meanSeconds.toFixed(1)} s (mean)`,
      '',
    );
  }
  return parts.join('\n');
}

function summary(results: readonly Result[]): string {
  return formatTable({
    head: [
      '',
      'macro-F1',
      'original’s F1',
      'right',
      'unknown',
      'Brier',
      'calibration error',
      'changes/h',
      'of the class/h',
    ],
    rows: results.map(result => [
      result.condition,
      result.scores.macroF1.toFixed(3),
      result.baseline.macroF1.toFixed(3),
      percent(result.scores.accuracy),
      percent(result.unknown),
      result.brier.toFixed(3),
      result.calibration.toFixed(3),
      result.changesAnHour.toFixed(1),
      result.classChangesAnHour.toFixed(1),
    ]),
  });
}

function confusion({ confusion: rows }: Scores): string {
  const answers = [...new Set([...rows.keys(), ...[...rows.values()].flatMap(row => [...row.keys()])])];
  return formatTable({
    head: ['', ...answers],
    rows: [...rows].map(([truth, row]) => [truth, ...answers.map(answer => String(row.get(answer) ?? ''))]),
  });
}

const BAR = 40;

/** A bar a bin: `=` as far as the confidence, `|` where it was right. */
function reliability(bins: readonly ReliabilityBin[]): string {
  return formatTable({
    head: ['confidence', 'share', 'mean', 'right', `0 ${'·'.repeat(BAR - 4)} 1`],
    rows: bins.map(({ from, to, share, confidence, right }) => {
      const bar = '='.repeat(Math.round(confidence * BAR)).padEnd(BAR + 1, ' ');
      const at = Math.round(right * BAR);
      return [
        `${from.toFixed(1)}–${to.toFixed(1)}`,
        percent(share),
        confidence.toFixed(2),
        right.toFixed(2),
        `${bar.slice(0, at)}|${bar.slice(at + 1)}`,
      ];
    }),
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
