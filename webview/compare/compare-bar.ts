import { make, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import type { Span } from '../time/span.ts';
import { spanText } from '../time/time-text.ts';
import { dateBack, daysBack, offsetOf } from './other-day.ts';

const NONE = 'none';
const OTHER = 'other';

/** Chooses the day whose hours are laid under what is shown. */
export class CompareBar {
  readonly element: HTMLElement;
  readonly #span: () => Span;
  readonly #onChoose: (days: number | undefined) => void;
  readonly #choice = make(
    'select',
    {},
    make('option', { value: NONE }, t('nothing')),
    make('option', { value: '1' }, t('the day before')),
    make('option', { value: '7' }, t('the week before')),
    make('option', { value: OTHER }, t('another day…')),
  );
  readonly #date = make('input', { 'type': 'date', 'aria-label': t('Day to compare with'), 'hidden': '' });
  readonly #note = make('span', { class: 'compare-note' });

  /**
   * @param span what is shown
   * @param days what was chosen before
   */
  constructor(span: () => Span, days: number | undefined, onChoose: (days: number | undefined) => void) {
    this.#span = span;
    this.#onChoose = onChoose;
    this.element = make(
      'div',
      { class: 'compare-bar' },
      make('label', {}, t('Compare with'), ' ', this.#choice),
      this.#date,
      this.#note,
    );
    const isUsual = days === undefined || days === 1 || days === 7;
    this.#choice.value = days === undefined ? NONE : isUsual ? String(days) : OTHER;
    this.#date.hidden = isUsual;
    if (!isUsual) this.#date.value = dateBack(span(), days);
    this.#choice.addEventListener('change', () => {
      this.#chosen();
    });
    this.#date.addEventListener('change', () => {
      this.#chosen();
    });
  }

  /** Says which time is compared, that it is being read, or why it is not there. */
  show(days: number | undefined, isLoading: boolean, fault: string | undefined): void {
    const span = this.#span();
    if (this.#choice.value === OTHER && days === undefined) {
      setText(this.#note, this.#date.value === '' ? '' : t('Choose a day before the time shown.'));
      return;
    }
    if (days === undefined) {
      setText(this.#note, '');
      return;
    }
    const offset = offsetOf(span, days);
    const other = spanText({ from: span.from - offset, to: span.to - offset }, span.to);
    setText(
      this.#note,
      fault !== undefined
        ? t('{0} could not be read: {1}', other, fault)
        : isLoading
          ? t('Reading {0}…', other)
          : other,
    );
  }

  #chosen(): void {
    const { value } = this.#choice;
    const wasHidden = this.#date.hidden;
    this.#date.hidden = value !== OTHER;
    if (value !== OTHER) {
      this.#onChoose(value === NONE ? undefined : Number(value));
      return;
    }
    const latest = dateBack(this.#span(), 1);
    this.#date.max = latest;
    if (wasHidden) {
      if (this.#date.value === '') this.#date.value = dateBack(this.#span(), 2);
      this.#date.focus();
    }
    this.#onChoose(daysBack(this.#span(), this.#date.value));
  }
}
