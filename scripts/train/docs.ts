import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withSection } from '../../src/common/markdown-section.ts';
import { ROOT } from '../lib/paths.mjs';
import { plotReliability } from './reliability-plot.ts';
import { type Report, resultsText } from './report.ts';

const DOCUMENT = path.join(ROOT, 'docs', 'classification.md');
const PLOT = path.join(ROOT, 'docs', 'images', 'reliability.svg');

/**
 * Puts what an evaluation found in the place of what stands in `docs/classification.md`, between its marks, and draws the
 * plot in `docs/images`.
 *
 * @returns the files that were written, below the repository
 */
export function writeDocs(report: Report): string[] {
  writeFileSync(DOCUMENT, updateDocument(readFileSync(DOCUMENT, 'utf8'), report));
  writeFileSync(PLOT, plotReliability(panelsOf(report)));
  return [DOCUMENT, PLOT].map(file => path.relative(ROOT, file));
}

/** The document with the results of `report`. @throws Error when it lacks the marks */
export function updateDocument(document: string, report: Report): string {
  return withSection(document, 'train:evaluation', `\`\`\`\n${resultsText(report).trimEnd()}\n\`\`\``);
}

function panelsOf({ elsewhere, recordings }: Report) {
  return [
    { title: 'traces from elsewhere', results: elsewhere },
    { title: 'own recordings', results: recordings },
  ].filter(({ results }) => results.length > 0);
}
