import type { SamplerState } from '../src/common/dashboard.ts';
import { make, setText } from './dom.ts';
import { t } from './l10n.ts';
import { makeProgressRing } from './toolkit.ts';

/** What stands in the place of the charts while there is nothing to draw. */
export class EmptyState {
  readonly element: HTMLElement;
  readonly #title = make('p', { class: 'empty-title' });
  readonly #words = make('p');
  readonly #ring = makeProgressRing();

  constructor() {
    this.element = make('div', { class: 'empty' }, this.#ring, this.#title, this.#words);
  }

  /**
   * Shows what is the matter.
   *
   * @param state `undefined` until the extension has told it
   * @param hasNoParts whether the settings leave nothing to show
   */
  show(state: SamplerState | undefined, hasNoParts: boolean): void {
    const waits = !hasNoParts && state !== 'stopped' && state !== 'failed';
    // The banner has a ring of its own while the sampler starts.
    this.#ring.hidden = !waits || state === 'starting';
    setText(
      this.#title,
      hasNoParts
        ? t('All groups of readings are switched off in the settings.')
        : waits
          ? t('Waiting for the first reading…')
          : t('Nothing has been read yet.'),
    );
    setText(
      this.#words,
      hasNoParts
        ? t('Switch on one of “optimetrics.general.collect…”.')
        : t('One small process reads the hardware. What it reads stays on this machine.'),
    );
  }
}
