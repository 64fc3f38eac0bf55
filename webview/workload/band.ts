import { CATEGORIES, type Category, UNKNOWN, type WorkloadSpan } from '../../src/common/workload.ts';
import { workloadName } from '../../src/common/workload-names.ts';
import { durationText } from '../../src/common/workload-words.ts';
import { make, setAttribute, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import { lengthOf, type Span } from '../time/span.ts';
import { momentText } from '../time/time-text.ts';

/** A stretch of the band, in shares of its width. */
export interface Segment {
  readonly category: Category;
  readonly left: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
}

/** The parts of `spans` that lie in a stretch of time, in order of time. */
export function segmentsOf(spans: readonly WorkloadSpan[], { from: start, to: end }: Span): Segment[] {
  const length = end - start;
  return spans.flatMap(span => {
    const from = Math.max(start, span.from);
    const to = Math.min(end, span.to);
    if (to <= from) return [];
    return { category: span.category, left: (from - start) / length, width: (to - from) / length, from, to };
  });
}

/** The classes of the segments with their time in milliseconds, the longest first. */
export function classesOf(segments: readonly Segment[]): { category: Category; ms: number }[] {
  const sum = new Map<Category, number>();
  for (const { category, from, to } of segments) sum.set(category, (sum.get(category) ?? 0) + to - from);
  return [...sum].map(([category, ms]) => ({ category, ms })).sort((a, b) => b.ms - a.ms);
}

/** Width of a letter and of the space around a word, in pixels: where a word may not fit it is left out. */
const LETTER_WIDTH = 7.5;
const WORD_MARGIN = 12;
/** Where the axis under the band has a time, as shares of its width. */
const AXIS = [0, 0.5, 1] as const;

/** The classes over the time that the charts show: a coloured stretch each, named where there is room, and a legend. */
export class Band {
  readonly element: HTMLElement;
  readonly #track = make('div', {
    'class': 'band',
    'role': 'list',
    'aria-label': t('Kinds of work in the time shown'),
  });
  readonly #axis = make(
    'div',
    { 'class': 'band-axis', 'aria-hidden': 'true' },
    ...AXIS.map(() => make('span')),
  );
  readonly #legend = make('ul', { 'class': 'legend', 'aria-label': t('Legend') });

  constructor() {
    this.element = make('div', { class: 'timeline' }, this.#track, this.#axis, this.#legend);
  }

  /** Draws the segments. Elements are kept, so that a screen reader that reads one is not interrupted each second. */
  draw(segments: readonly Segment[], span: Span, now: number): void {
    const { clientWidth } = this.#track;
    AXIS.forEach((share, at) => {
      const mark = this.#axis.children.item(at);
      if (mark) setText(mark, momentText(span.from + share * lengthOf(span), span));
    });
    fit(this.#track, segments.length, () =>
      make('div', { class: 'span', role: 'listitem' }, make('span', { class: 'word' })),
    );
    segments.forEach(({ category, left, width, from, to }, at) => {
      const element = this.#track.children.item(at);
      const word = element?.firstElementChild;
      if (!(element instanceof HTMLElement) || !word) return;
      const { title, short } = workloadName(category, t);
      setAttribute(element, 'data-class', classOf(category));
      element.style.left = `${(left * 100).toFixed(3)}%`;
      element.style.width = `${(width * 100).toFixed(3)}%`;
      const end = to >= now ? t('now') : momentText(to, span);
      const label = t('{0}, {1} to {2}', title, momentText(from, span), end);
      setAttribute(element, 'aria-label', label);
      setAttribute(element, 'title', label);
      const hasRoom = width * clientWidth >= short.length * LETTER_WIDTH + WORD_MARGIN;
      setText(word, hasRoom ? short : '');
    });
    const classes = classesOf(segments);
    fit(this.#legend, classes.length, () =>
      make('li', {}, make('span', { 'class': 'swatch', 'aria-hidden': 'true' }), make('span')),
    );
    classes.forEach(({ category, ms }, at) => {
      const item = this.#legend.children.item(at);
      const [swatch, words] = item?.children ?? [];
      if (!(swatch instanceof HTMLElement) || !words) return;
      setAttribute(swatch, 'data-class', classOf(category));
      setText(words, `${workloadName(category, t).title} ${durationText(ms / 1000)}`);
    });
  }
}

const LOOKS: ReadonlySet<Category> = new Set([...CATEGORIES, UNKNOWN]);

/** Name of the look of a class in the style sheet; those of the user's profiles share one. */
export function classOf(category: Category): string {
  return LOOKS.has(category) ? category : 'other';
}

/** Makes `parent` have `count` children. */
function fit(parent: HTMLElement, count: number, makeOne: () => HTMLElement): void {
  while (parent.childElementCount > count) parent.lastElementChild?.remove();
  while (parent.childElementCount < count) parent.append(makeOne());
}
