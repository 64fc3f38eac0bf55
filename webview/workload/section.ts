import type { DashboardCommand, DashboardStatus, WebviewMessage } from '../../src/common/dashboard.ts';
import type { WorkloadMessage } from '../../src/common/protocol.ts';
import { UNKNOWN } from '../../src/common/workload.ts';
import { workloadIcon } from '../../src/common/workload-icons.ts';
import { workloadName } from '../../src/common/workload-names.ts';
import { reasonTexts } from '../../src/common/workload-reasons.ts';
import { alternativesText, confidenceText, durationText, timesAt } from '../../src/common/workload-words.ts';
import { make, setAttribute, setHidden, setText } from '../dom.ts';
import type { ShownData } from '../data/shown-data.ts';
import { makeIcon, setIcon } from '../icons/icon.ts';
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
  readonly #icon = makeIcon('question');
  readonly #title = make('strong');
  readonly #sure = make('span', { class: 'sure' });
  readonly #reasons = make('ul', { 'class': 'reasons', 'aria-label': t('Reasons') });
  readonly #alternatives = make('p', { class: 'alternatives' });
  /** Why there is no answer, and what to do. */
  readonly #note = make('p', { class: 'workload-note', hidden: '' });
  readonly #correct: HTMLElement;
  readonly #settings: HTMLElement;
  #latest: WorkloadMessage | undefined;
  #shown: WorkloadMessage | undefined;
  #reasonsShown = '';
  #status: DashboardStatus['workload'];

  /** @param post asks the extension for something */
  constructor(post: (message: WebviewMessage) => void) {
    const run = (command: DashboardCommand) => (): void => {
      post({ type: 'command', command });
    };
    this.#correct = makeButton(t('Correct…'), 'secondary', run('correctWorkload'));
    this.#settings = makeButton(t('Open Setting'), 'secondary', run('workloadSettings'));
    this.#settings.hidden = true;
    const heading = make('h2', { id: 'heading-workload' }, t('Workload'));
    this.element = make(
      'section',
      { 'class': 'workload card', 'aria-labelledby': heading.id, 'hidden': '' },
      make('header', {}, heading),
      make(
        'div',
        { class: 'workload-now' },
        make('p', { class: 'answer' }, this.#swatch, this.#icon, this.#title, this.#sure),
        this.#reasons,
        this.#alternatives,
        this.#note,
        make('div', { class: 'workload-actions' }, this.#correct, this.#settings),
      ),
      this.#times.element,
      this.#band.element,
    );
  }

  /** The latest answer; `null` where the sampler does not classify. */
  setMessage(message: WorkloadMessage | null): void {
    this.#latest = message ?? undefined;
  }

  /** Whether kinds of work are told apart; `undefined` where that is not known. */
  setStatus(status: DashboardStatus['workload']): void {
    this.#status = status;
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
    const note = categories.length > 0 ? '' : this.#whyNot();
    setHidden(this.element, categories.length === 0 && segments.length === 0 && note === '');
    if (this.element.hidden) return;
    setAttribute(this.#swatch, 'data-class', classOf(current?.category ?? UNKNOWN));
    setHidden(this.#swatch, current === null);
    this.#icon.toggleAttribute('hidden', current === null);
    if (current) setIcon(this.#icon, workloadIcon(current.category));
    setText(
      this.#title,
      current
        ? workloadName(current.category, t).title
        : categories.length > 0
          ? t('No answer yet')
          : t('Off'),
    );
    setText(this.#sure, current ? sureText(current, now) : '');
    this.#showReasons(current ? reasonTexts(current, t).slice(0, 3) : []);
    const alternatives = current ? alternativesText(current, t) : '';
    setText(this.#alternatives, alternatives);
    setHidden(this.#alternatives, alternatives === '');
    const beginning = t('It takes ten seconds of readings. Charts fill as time goes on.');
    const words = categories.length > 0 && !current ? beginning : note;
    setText(this.#note, words);
    setHidden(this.#note, words === '');
    this.#correct.classList.toggle('idle', current === null);
    setHidden(this.#settings, note === '' || this.#status?.state !== 'off');
    if (times) this.#times.show(timesAt(times, current?.category ?? '', now));
    this.#band.draw(segments, data, now);
  }

  dispose(): void {
    this.element.remove();
  }

  #whyNot(): string {
    const { state, why = '' } = this.#status ?? {};
    if (state === 'failed') return t('Kinds of work cannot be told apart: {0}', why);
    if (state !== 'off') return '';
    return t(
      'Kinds of work are not told apart now. The setting “{0}” switches that on.',
      'optimetrics.general.enableSessionClassification',
    );
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
  const length = durationText((now - sinceMs) / 1000);
  return category === UNKNOWN
    ? t('for {0}', length)
    : t('{0} sure, for {1}', confidenceText(confidence), length);
}
