import type { DashboardStatus } from '../../src/common/dashboard.ts';
import { make, setText } from '../dom.ts';
import { t } from '../l10n.ts';

/** Something that cannot be read, why, and what the user can do. */
export interface NotRead {
  readonly what: string;
  readonly why: string;
  /** Empty where nothing can be done. */
  readonly remedy: string;
}

/** What the sampler's adapters cannot read, in their order; what settings have switched off is none of it. */
export function notReadOf({ adapters }: DashboardStatus): NotRead[] {
  return adapters.flatMap(({ name, state, detail, remedy = '', limitations = [] }) => [
    ...(state === 'ok' || state === 'off' || state === 'opening'
      ? []
      : [{ what: name, why: detail, remedy }]),
    ...limitations.map(limitation => ({ ...limitation, remedy: limitation.remedy ?? '' })),
  ]);
}

/** What cannot be read on this machine and how to change it: a list that is closed until somebody opens it. */
export class NotReadList {
  readonly element = make('details', { class: 'not-read', hidden: '' });
  readonly #summary = make('summary');
  readonly #list = make('dl');
  #shown = '';

  constructor() {
    this.element.append(this.#summary, this.#list);
  }

  set status(status: DashboardStatus | undefined) {
    const items = status ? notReadOf(status) : [];
    const identity = JSON.stringify(items);
    if (identity === this.#shown) return;
    this.#shown = identity;
    this.element.hidden = items.length === 0;
    setText(this.#summary, t('Not read here, and what can be done: {0}', items.length));
    this.#list.replaceChildren(
      ...items.flatMap(({ what, why, remedy }) => [
        make('dt', {}, what),
        make('dd', {}, why, ...(remedy === '' ? [] : [make('span', { class: 'remedy' }, ` → ${remedy}`)])),
      ]),
    );
  }
}
