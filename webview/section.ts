import type { ShownData } from './data/shown-data.ts';
import type { Theme } from './theme.ts';
import type { TimeView } from './time/time-view.ts';

/**
 * A part of the dashboard: it has a place on the page, and shows something of the span that the view shows.
 *
 * To add one, make a folder under `webview/` with a class that implements this, and give it a line in `sections.ts`. The dashboard asks for the
 * columns that its sections name, calls {@link update} when there is something new and the section is in sight, at most
 * twice a second, and never while nobody can see the page.
 */
export interface Section {
  /** Stays the same over reloads: the user's layout is kept under it. */
  readonly id: string;
  /** What it is called in lists: in the user's language. */
  readonly title: string;
  readonly element: HTMLElement;
  /** Columns of {@link ShownData} that it draws. */
  readonly columns: readonly string[];
  /** Shows what there is now. A change of the cursor does not lead here: see `TimeView.onCursor`. */
  update(view: TimeView, data: ShownData): void;
  /**
   * Writes the texts that go with what was drawn. It is called when all sections have drawn: a canvas asks the page for sizes
   * and fonts, and each time a text has changed before that the page is laid out anew.
   */
  write?(): void;
  /** Takes over the colours of another theme; needed only by what draws on a canvas. */
  setTheme?(theme: Theme): void;
  /** Removes the element and frees what the browser holds for it. */
  dispose(): void;
}
