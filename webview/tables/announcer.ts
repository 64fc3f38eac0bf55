import { make, setText } from '../dom.ts';

/** How often values are read out to those who want it: slowly enough to work beside it. */
export const ANNOUNCE_EVERY_MS = 30_000;

/** Has a screen reader say something when it has finished what it is saying. One for a page. */
export class Announcer {
  readonly element = make('p', { 'class': 'for-screen-readers', 'role': 'status', 'aria-live': 'polite' });

  say(text: string): void {
    setText(this.element, text);
  }
}
