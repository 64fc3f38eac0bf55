import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withSection } from '../../src/common/markdown-section.ts';
import { ROOT } from '../lib/paths.mjs';
import type { Results } from './all.ts';
import { dashboardTables } from './dashboard-tables.ts';
import { encryptionTables } from './encryption.ts';
import { historyTables } from './history.ts';
import { hostTickTable } from './host-tick.ts';
import { machineText } from './report.ts';
import { plotScale } from './scale-plot.ts';
import { formatMarkdownTable, type Table } from './table.ts';
import {
  activationTable,
  bundlesTable,
  classifierTable,
  linesTable,
  logCostsTable,
  logSizesTable,
  processesTable,
  ratiosTable,
  scaleTable,
  startupTable,
  tickTable,
  weekTable,
  widestTable,
} from './tables.ts';
import { sendingTables } from './sending.ts';
import { wireTable } from './wire.ts';

const DOCUMENT = path.join(ROOT, 'docs', 'performance.md');
const PLOT = path.join(ROOT, 'docs', 'images', 'scale.svg');

/**
 * Puts the tables of what was measured in the place of those in `docs/performance.md`, between marks, each with the machine
 * and the date, and draws the plot in `docs/images`. What was not measured stays, and so do all other words.
 *
 * @returns the files that were written, below the repository
 */
export function writeDocs(results: Results): string[] {
  writeFileSync(DOCUMENT, updateDocument(readFileSync(DOCUMENT, 'utf8'), results));
  if (results.scale) writeFileSync(PLOT, plotScale(results.scale));
  return [DOCUMENT, ...(results.scale ? [PLOT] : [])].map(file => path.relative(ROOT, file));
}

/** The document with the tables of `results`. @throws Error when it lacks the marks of one */
export function updateDocument(document: string, results: Results): string {
  const {
    tick,
    hostTick,
    processes,
    startup,
    activation,
    bundles,
    scale,
    classifier,
    week,
    log,
    history,
    dashboard,
    encryption,
    wire,
    sending,
    machine,
  } = results;
  const sections: [name: string, ...tables: Table[]][] = [];
  if (processes) sections.push(['bench:processes', processesTable(processes), ratiosTable(processes)]);
  if (tick) sections.push(['bench:tick', tickTable(tick)]);
  if (hostTick) sections.push(['bench:host-tick', hostTickTable(hostTick)]);
  if (scale) sections.push(['bench:scale', linesTable(scale), widestTable(scale.widest)]);
  if (scale) sections.push(['bench:scale-points', scaleTable(scale)]);
  if (classifier) sections.push(['bench:classifier', classifierTable(classifier)]);
  if (week) sections.push(['bench:week', weekTable(week)]);
  if (log) sections.push(['bench:log', logSizesTable(log), logCostsTable(log)]);
  if (history) sections.push(['bench:history', ...historyTables(history)]);
  if (dashboard) sections.push(['bench:dashboard', ...dashboardTables(dashboard)]);
  if (encryption) sections.push(['bench:encryption', ...encryptionTables(encryption)]);
  if (wire) sections.push(['bench:wire', wireTable(wire)]);
  if (sending) sections.push(['bench:sending', ...sendingTables(sending)]);
  if (startup) sections.push(['bench:start', startupTable(startup)]);
  if (activation) sections.push(['bench:activation', activationTable(activation)]);
  if (bundles) sections.push(['bench:sizes', bundlesTable(bundles)]);
  return sections.reduce((text, [name, ...tables]) => {
    const measured = machineText(machine).replaceAll('\n', '. ');
    return withSection(text, name, [...tables.map(formatMarkdownTable), `*${measured}.*`].join('\n\n'));
  }, document);
}
