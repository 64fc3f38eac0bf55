import { make } from './dom.ts';
import { t } from './l10n.ts';

/** What the page is made of, each in its order. */
export interface PageParts {
  /** Stays in sight while the rest scrolls. */
  readonly top: readonly HTMLElement[];
  readonly main: readonly HTMLElement[];
  readonly after: readonly HTMLElement[];
}

/** Fills an element with the parts of the page, as landmarks for those who go from one to the next by keyboard. */
export function fillPage(root: HTMLElement, { top, main, after }: PageParts): void {
  const header = make('header', { class: 'top' }, ...top);
  root.replaceChildren(
    header,
    make('main', {}, ...main),
    ...after,
    // A description is read where it is referred to, and is no text of the page besides.
    make(
      'p',
      { id: 'chart-keys', hidden: '' },
      t(
        'Arrow keys point at a moment, with Shift they move in time. Plus and minus zoom. Enter begins a selection and shows it. Backspace goes back, 0 resets.',
      ),
    ),
  );
  keepClearOf(header);
}

/** Room between the header and what is scrolled to, in CSS pixels: for the line around what has the focus. */
const CLEARANCE = 4;

/**
 * Keeps what the focus scrolls to from ending up under the header, however many lines that has; where the header scrolls
 * with the page nothing is kept clear.
 */
function keepClearOf(header: HTMLElement): void {
  let kept = '';
  new ResizeObserver(() => {
    const isSticky = getComputedStyle(header).position === 'sticky';
    const padding = isSticky ? `${String(Math.ceil(header.offsetHeight) + CLEARANCE)}px` : '0px';
    if (padding === kept) return;
    kept = padding;
    document.documentElement.style.scrollPaddingTop = padding;
  }).observe(header);
}
