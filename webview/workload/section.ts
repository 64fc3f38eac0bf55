import type { WorkloadMessage } from '../../src/common/protocol.ts';
import { UNKNOWN } from '../../src/common/workload.ts';
import { workloadName } from '../../src/common/workload-names.ts';
import { alternativesText, confidenceText, durationText, timesAt } from '../../src/common/workload-words.ts';
import { make, setAttribute, setHidden, setText } from '../dom.ts';
import type { ShownData } from '../data/shown-data.ts';
import { t } from '../l10n.ts';
import type { Section } from '../section.ts';
import type { TimeView } from '../time/time-view.ts';
import { makeButton } from '../toolkit.ts';
import { Band, classOf, segmentsOf } from './band.ts';
import { TimesTable } from './times-table.ts';

/** The part of the dashboard about the kind of work: the answer and its reasons, the band of the past, time per class. */
export class WorkloadSection implements Section {
  readonly id = 'workload';
  readonly title = t('Workload');
  readonly columns: readonly string[] = [];
  readonly element: HTMLElement;
  readonly #band = new Band();
  readonly #times = new TimesTable();
  readonly #swatch = make('span', { 'class': 'swatch', 'aria-hidden': 'true' });
  readonly #title = make('strong');
  readonly #sure = make('span', { class: 'sure' });
  readonly #reasons = make('ul', { 'class': 'reasons', 'aria-label': t('Reasons') });
  readonly #alternatives = make('p', { class: 'alternatives' });
  readonly #correct: HTMLElement;
  #latest: WorkloadMessage | undefined;
  #shown: WorkloadMessage | undefined;
  #reasonsShown = '';

  /** @param onCorrect the user says that the answer is wrong */
  constructor(onCorrect: () => void) {
    this.#correct = makeButton(t('Correct…'), 'secondary', onCorrect);
    const heading = make('h2', { id: 'heading-workload' }, t('Workload'));
    this.element = make(
      'section',
      { 'class': 'workload card', 'aria-labelledby': heading.id, 'hidden': '' },
      make('header', {}, heading),
      make(
        'div',
        { class: 'workload-now' },
        make('p', { class: 'answer' }, this.#swatch, this.#title, this.#sure),
        this.#reasons,
        this.#alternatives,
        make('div', { class: 'workload-actions' }, this.#correct),
      ),
      this.#times.element,
      this.#band.element,
    );
  }

  /** The latest answer; `null` where the sampler does not classify. */
  setMessage(message: WorkloadMessage | null): void {
    this.#latest = message ?? undefined;
  }

  /** From now on {@link update} shows the latest answer; without this call, the one it showed before. */
  showLatest(): void {
    this.#shown = this.#latest;
  }

  /** A correction needs a sampler that runs. */
  setRunning(isRunning: boolean): void {
    this.element.classList.toggle('stale', !isRunning);
    this.#correct.hidden = !isRunning;
  }

  update({ now }: TimeView, data: ShownData): void {
    const segments = segmentsOf(data.workload, data);
    const { current = null, categories = [], times } = this.#shown ?? {};
    setHidden(this.element, categories.length === 0 && segments.length === 0);
    if (this.element.hidden) return;
    setAttribute(this.#swatch, 'data-class', classOf(current?.category ?? UNKNOWN));
    setHidden(this.#swatch, current === null);
    setText(
      this.#title,
      current ? workloadName(current.category).title : categories.length > 0 ? t('No answer yet') : t('Off'),
    );
    setText(this.#sure, current ? sureText(current, now) : '');
    this.#showReasons(current?.reasons.slice(0, 3) ?? []);
    const alternatives = current ? alternativesText(current) : '';
    setText(this.#alternatives, alternatives);
    setHidden(this.#alternatives, alternatives === '');
    this.#correct.classList.toggle('idle', categories.length === 0);
    if (times) this.#times.show(timesAt(times, current?.category ?? '', now));
    this.#band.draw(segments, data, now);
  }

  dispose(): void {
    this.element.remove();
  }

  #showReasons(reasons: readonly string[]): void {
    const identity = JSON.stringify(reasons);
    if (identity === this.#reasonsShown) return;
    this.#reasonsShown = identity;
    this.#reasons.hidden = reasons.length === 0;
    this.#reasons.replaceChildren(...reasons.map(reason => make('li', {}, reason)));
  }
}

function sureText(
  { category, confidence, sinceMs }: NonNullable<WorkloadMessage['current']>,
  now: number,
): string {
  const time = `for ${durationText((now - sinceMs) / 1000)}`;
  return category === UNKNOWN ? time : `${confidenceText(confidence)} sure, ${time}`;
}
