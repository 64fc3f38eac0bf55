import { make, setAttribute, setText } from '../dom.ts';
import type { IconName } from '../icons/icon-names.ts';
import { makeIcon } from '../icons/icon.ts';
import { t } from '../l10n.ts';
import { PRESETS, type PresetId } from '../time/presets.ts';
import { LEAST_SPAN_MS } from '../time/span.ts';
import { fieldText, presetText } from '../time/time-text.ts';
import type { TimeView } from '../time/time-view.ts';
import { makeButton } from '../toolkit.ts';

/** The buttons that choose the span: presets, a span of the user's own, nearer and farther, back and reset. */
export class RangeBar {
  readonly element: HTMLElement;
  readonly #view: TimeView;
  readonly #presets: ReadonlyMap<PresetId, HTMLButtonElement>;
  readonly #custom = make('button', { 'type': 'button', 'aria-expanded': 'false' }, t('Custom…'));
  readonly #back: HTMLButtonElement;
  readonly #reset: HTMLButtonElement;
  readonly #from = make('input', { type: 'datetime-local', step: '1' });
  readonly #to = make('input', { type: 'datetime-local', step: '1' });
  readonly #error = make('p', { class: 'field-error', role: 'alert' });
  readonly #form: HTMLFormElement;

  constructor(view: TimeView) {
    this.#view = view;
    this.#presets = new Map(
      PRESETS.map(({ id }) => {
        const button = make('button', { 'type': 'button', 'data-range': id }, presetText(id));
        button.addEventListener('click', () => {
          this.#openForm(false);
          view.choose(id);
        });
        return [id, button];
      }),
    );
    const tool = (label: string, icon: IconName, act: () => void): HTMLButtonElement => {
      const button = make(
        'button',
        { 'type': 'button', 'aria-label': label, 'title': label },
        makeIcon(icon),
      );
      button.addEventListener('click', act);
      return button;
    };
    this.#back = tool(t('Back'), 'discard', () => {
      view.back();
    });
    this.#reset = tool(t('Reset zoom'), 'refresh', () => {
      view.reset();
    });
    this.#custom.addEventListener('click', () => {
      this.#openForm(this.#form.hidden !== false);
    });
    this.#form = this.#makeForm();
    const length = (): number => view.span.to - view.span.from;
    this.element = make(
      'div',
      { class: 'ranges' },
      make(
        'div',
        { 'class': 'segments', 'role': 'group', 'aria-label': t('Time range') },
        ...this.#presets.values(),
        this.#custom,
      ),
      make(
        'div',
        { 'class': 'segments', 'role': 'group', 'aria-label': t('Zoom') },
        tool(t('Earlier'), 'arrow-left', () => {
          view.pan(-length() / 2);
        }),
        tool(t('Later'), 'arrow-right', () => {
          view.pan(length() / 2);
        }),
        tool(t('Zoom in'), 'zoom-in', () => {
          view.zoom(0.5);
        }),
        tool(t('Zoom out'), 'zoom-out', () => {
          view.zoom(2);
        }),
        this.#back,
        this.#reset,
      ),
      this.#form,
    );
    view.onChange(() => {
      this.show();
    });
    this.show();
  }

  /** Marks what is chosen. */
  show(): void {
    const { choice, isPreset, canGoBack } = this.#view;
    for (const [id, button] of this.#presets)
      setAttribute(button, 'aria-pressed', String(isPreset && choice.preset === id));
    setAttribute(this.#custom, 'aria-pressed', String(!isPreset));
    this.#back.disabled = !canGoBack;
    this.#reset.disabled = isPreset;
  }

  #makeForm(): HTMLFormElement {
    const form = make(
      'form',
      { 'class': 'custom', 'hidden': '', 'aria-label': t('Custom time range') },
      make('label', {}, t('From'), ' ', this.#from),
      make('label', {}, t('To'), ' ', this.#to),
      makeButton(t('Show'), 'primary', () => {
        this.#apply();
      }),
      this.#error,
    );
    form.addEventListener('submit', event => {
      event.preventDefault();
      this.#apply();
    });
    form.addEventListener('keydown', event => {
      if (event.key === 'Enter') {
        event.preventDefault();
        this.#apply();
      } else if (event.key === 'Escape') {
        this.#openForm(false);
        this.#custom.focus();
      }
    });
    return form;
  }

  #openForm(isOpen: boolean): void {
    this.#form.hidden = !isOpen;
    setAttribute(this.#custom, 'aria-expanded', String(isOpen));
    setText(this.#error, '');
    if (!isOpen) return;
    const { from, to } = this.#view.span;
    this.#from.value = fieldText(from);
    this.#to.value = fieldText(to);
    this.#from.focus();
  }

  #apply(): void {
    const from = Date.parse(this.#from.value);
    const to = Date.parse(this.#to.value);
    const fault = Number.isNaN(from)
      ? t('“From” is no date and time.')
      : Number.isNaN(to)
        ? t('“To” is no date and time.')
        : to - from < LEAST_SPAN_MS
          ? t('“To” must be at least {0} seconds after “From”.', LEAST_SPAN_MS / 1000)
          : from > this.#view.now
            ? t('“From” is in the future.')
            : '';
    setText(this.#error, fault);
    if (fault !== '') return;
    this.#openForm(false);
    this.#custom.focus();
    this.#view.show({ from, to });
  }
}
