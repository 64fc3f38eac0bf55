import { make } from './dom.ts';
import { makeIcon } from './icons/icon.ts';
import { makeButton, makeProgressRing } from './toolkit.ts';

/** What a banner says. */
export interface Notice {
  readonly kind: 'progress' | 'information' | 'error';
  readonly title: string;
  /** More about it; may be empty. */
  readonly detail: string;
  readonly actions: readonly { readonly label: string; readonly run: () => void }[];
}

const SIGNS: Readonly<Record<Notice['kind'], () => Element>> = {
  progress: makeProgressRing,
  information: () => makeIcon('info'),
  error: () => makeIcon('error'),
};

/** A line across the dashboard that says what is wrong or awaited, and offers what can be done about it. */
export class Banner {
  readonly element = make('div', { class: 'banner', role: 'status', hidden: '' });
  #shown = '';

  /** Shows the notice; `undefined` takes the banner away. */
  show(notice: Notice | undefined): void {
    // One that is there already stays untouched, so that its buttons keep the focus.
    const identity = notice ? JSON.stringify(notice) : '';
    if (identity === this.#shown) return;
    this.#shown = identity;
    this.element.hidden = notice === undefined;
    if (!notice) {
      this.element.replaceChildren();
      return;
    }
    this.element.dataset['kind'] = notice.kind;
    const words = make('p', {}, make('strong', {}, notice.title));
    if (notice.detail !== '') words.append(' ', make('span', { class: 'detail' }, notice.detail));
    const actions = notice.actions.map(({ label, run }, index) =>
      makeButton(label, index === 0 ? 'primary' : 'secondary', run),
    );
    this.element.replaceChildren(SIGNS[notice.kind](), words, make('div', { class: 'actions' }, ...actions));
  }
}
