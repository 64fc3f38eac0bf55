import { COLOURS, dot, GREY, group, INK, line, picture, RULE, text } from '../bench/svg.ts';
import type { Result } from './evaluate.ts';

const PANEL = { width: 428, height: 400 };
const MARGIN = { left: 48, right: 24, top: 34, bottom: 46 };
const SIZE = {
  width: PANEL.width - MARGIN.left - MARGIN.right,
  height: PANEL.height - MARGIN.top - MARGIN.bottom,
};
/** Marks on both axes. */
const MARKS = [0, 0.2, 0.4, 0.6, 0.8, 1];
/** Radius of a bin that has all answers, and of one that has hardly any. */
const LARGEST = 14;
const SMALLEST = 2;

/** Traces of one origin, played under several conditions. */
export interface ReliabilityPanel {
  readonly title: string;
  readonly results: readonly Result[];
}

/**
 * Draws how often answers were right over how sure they were, as SVG: a line for each condition, a dot for each bin, the
 * larger the more answers it has, and the diagonal on which confidence says what it should.
 */
export function plotReliability(panels: readonly ReliabilityPanel[]): string {
  const width = panels.length * PANEL.width;
  const title = 'How often answers were right (upwards) over how sure they were (to the right)';
  const body = panels.map((panel, at) => group(at * PANEL.width, 0, drawPanel(panel)));
  return picture(width, PANEL.height, title, body);
}

function x(share: number): number {
  return MARGIN.left + SIZE.width * share;
}

function y(share: number): number {
  return MARGIN.top + SIZE.height * (1 - share);
}

function drawPanel({ title, results }: ReliabilityPanel): string[] {
  const colourOf = (at: number): string => COLOURS[at % COLOURS.length] ?? GREY;
  return [
    text(MARGIN.left, 18, `Right answers by confidence: ${title}`, 'start', INK, true),
    ...MARKS.flatMap(mark => [
      line(x(0), y(mark), x(1), y(mark), RULE),
      text(MARGIN.left - 6, y(mark) + 4, percent(mark), 'end'),
      text(x(mark), y(0) + 16, percent(mark), 'middle'),
    ]),
    text(x(0.5), y(0) + 34, 'confidence', 'middle'),
    line(x(0), y(0), x(1), y(1), GREY, '5 4'),
    // The first condition, the traces as they are, lies on top.
    ...results.flatMap((result, at) => drawResult(result, colourOf(at))).reverse(),
    ...results.map(({ condition }, at) =>
      text(x(0) + 8, MARGIN.top + 16 + 15 * at, condition, 'start', colourOf(at)),
    ),
  ];
}

function drawResult({ reliability }: Result, colour: string): string[] {
  return reliability.flatMap((bin, at) => {
    const before = reliability[at - 1];
    const radius = SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(bin.share);
    return [
      ...(before
        ? [line(x(before.confidence), y(before.right), x(bin.confidence), y(bin.right), colour)]
        : []),
      dot(x(bin.confidence), y(bin.right), radius, colour),
    ];
  });
}

function percent(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}
