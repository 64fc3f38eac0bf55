import { make, setAttribute, setHidden, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import type { TimeView } from '../time/time-view.ts';
import { makeButton, setButton } from '../toolkit.ts';
import { RangeBar } from './range-bar.ts';

/** What the user does in the toolbar. */
export interface ToolbarEvents {
  readonly onPause: (paused: boolean) => void;
  readonly onArrange: (isOpen: boolean) => void;
  readonly onCancel: () => void;
}

/** The lines at the top: what is shown, how fresh it is, what is being read, and the controls of the view. */
export class Toolbar {
  readonly element: HTMLElement;
  /** Place for buttons of other parts. */
  readonly tools = make('div', { class: 'tools' });
  #machineKind = '';
  readonly #machine = make('span', { class: 'machine' });
  readonly #status = make('span', { class: 'status' });
  readonly #loading = make('span', { class: 'loading', role: 'status' });
  readonly #progress = make('progress', { 'max': '1', 'aria-label': t('Reading') });
  readonly #loadingWords = make('span');
  readonly #cancel: HTMLElement;
  readonly #pause: HTMLElement;
  readonly #arrange: HTMLElement;
  readonly #ranges: RangeBar;
  #isPaused = false;
  #isArranging = false;

  constructor(view: TimeView, events: ToolbarEvents) {
    this.#ranges = new RangeBar(view);
    this.#pause = makeButton(
      t('Pause'),
      'secondary',
      () => {
        events.onPause(!this.#isPaused);
      },
      'debug-pause',
    );
    this.#pause.classList.add('pause');
    this.#arrange = makeButton(
      t('Layout'),
      'secondary',
      () => {
        this.#isArranging = !this.#isArranging;
        setAttribute(this.#arrange, 'aria-pressed', String(this.#isArranging));
        events.onArrange(this.#isArranging);
      },
      'layout',
    );
    this.#arrange.classList.add('arrange');
    this.#cancel = makeButton(t('Cancel'), 'secondary', events.onCancel);
    this.#loading.append(this.#progress, this.#loadingWords, this.#cancel);
    this.tools.append(this.#pause, this.#arrange);
    this.element = make(
      'div',
      { class: 'toolbar' },
      make('h1', {}, 'OptiMetrics'),
      make('p', { class: 'span' }, this.#machine, this.#status),
      this.#loading,
      this.#ranges.element,
      this.tools,
    );
    this.setLoading(undefined);
  }

  /** Kind of the machine that is watched, in words. */
  get machine(): string {
    return this.#machineKind;
  }

  /** Says which machine is watched. */
  setMachine(text: string): void {
    this.#machineKind = text;
    const words = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
    setText(this.#machine, words);
    setAttribute(this.#machine, 'title', words);
  }

  /** Says how fresh the values are: live, paused, a moment or a span of the past. */
  setStatus(text: string, kind: 'live' | 'still'): void {
    setText(this.#status, text);
    setAttribute(this.#status, 'data-kind', kind);
  }

  /** Says how much has been read of what is awaited, 0 to 1; `undefined` when nothing is. */
  setLoading(loading: { readonly text: string; readonly share: number } | undefined): void {
    this.#loading.classList.toggle('idle', loading === undefined);
    this.#cancel.toggleAttribute('disabled', loading === undefined);
    setText(this.#loadingWords, loading?.text ?? '');
    if (loading && loading.share > 0) this.#progress.value = loading.share;
    else this.#progress.removeAttribute('value');
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    setButton(this.#pause, isPaused ? t('Resume') : t('Pause'), isPaused ? 'play' : 'debug-pause');
  }

  /** Shows the controls where there is something to control. */
  setAvailable(isAvailable: boolean): void {
    setHidden(this.tools, !isAvailable);
    setHidden(this.#ranges.element, !isAvailable);
  }
}
