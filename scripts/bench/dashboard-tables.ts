import { DASHBOARD_AIMS, type DashboardCosts } from './dashboard.ts';
import { formatTable, type Table } from './table.ts';

const whole = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(0));

/** The tables of the dashboard: opening it, in VS Code and alone; CPU; memory; frames. */
export function dashboardTables(costs: DashboardCosts): Table[] {
  const { openings, inVsCode = [], uses, memory, zoom } = costs;
  return [
    {
      head: ['until painted, ms, over 30 days of log', 'first chart', 'most', 'all of it', 'most'],
      rows: openings.map(({ name, first, all }) => [
        `page alone, opened at ${name}`,
        ...[first.median, first.most, all.median, all.most].map(whole),
      ]),
    },
    {
      head: ['the same in VS Code', 'VS Code’s part', 'first chart', 'most', 'all of it', 'most'],
      rows: inVsCode.map(({ name, page, first, all }) => [
        name,
        ...[page.median, first.median, first.most, all.median, all.most].map(whole),
      ]),
    },
    {
      head: ['CPU, % of a core', 'page', 'the browser’s other processes'],
      rows: uses.map(({ name, use }) => [name, use.renderers.toFixed(2), use.others.toFixed(2)]),
    },
    {
      head: ['memory after so many ticks, MiB', 'script', 'private'],
      rows: memory.map(({ ticks, heapMib, privateMib }) => [
        String(ticks),
        heapMib.toFixed(1),
        privateMib.toFixed(1),
      ]),
    },
    {
      head: ['frames over 24 hours', 'in a second', 'ms between two: median', 'p99'],
      rows: zoom.map(({ name, framesPerSecond, medianMs, p99Ms }) => [
        name,
        framesPerSecond.toFixed(1),
        medianMs.toFixed(1),
        p99Ms.toFixed(1),
      ]),
    },
  ].filter(({ rows }) => rows.length > 0);
}

/** The part of the report on the dashboard. */
export function dashboardText(costs: DashboardCosts): string {
  const { liveMs, longMs, rendererPercent } = DASHBOARD_AIMS;
  return [
    '== Dashboard ==',
    '',
    ...dashboardTables(costs).flatMap(table => [formatTable(table), '']),
    `aim: live charts within ${liveMs} ms, 30 days within ${longMs} ms; less than ${rendererPercent} % of a core in sight, nothing hidden`,
    '',
    `· ${costs.seconds} s side by side, each page in a Chromium of its own without a graphics card, one sample a second.`,
    '· All of it: nothing more was being read. VS Code’s part: from the click to when the page asks for our script.',
    ...costs.notes.map(note => `· ${note}`),
  ].join('\n');
}
