import type { Place } from '../../src/common/arrangement.ts';
import type { WebviewMessage } from '../../src/common/dashboard.ts';
import { HeatMapSection } from './section.ts';

/** Has each core read for as long as the user has not hidden them; on most machines they are anyway. */
export class CoreWatch {
  readonly #post: (message: WebviewMessage) => void;
  #told: boolean | undefined;

  constructor(post: (message: WebviewMessage) => void) {
    this.#post = post;
  }

  /** The extension knows nothing of what it was told before. */
  reset(): void {
    this.#told = undefined;
  }

  /** Tells the extension whether the cores are shown, when that has changed. */
  tell(places: readonly Place[]): void {
    const watches = !places.some(({ id, isHidden }) => id === HeatMapSection.id && isHidden);
    if (watches === this.#told) return;
    this.#told = watches;
    this.#post({ type: 'watchCores', watches });
  }
}
