import type { Place } from '../../src/common/arrangement.ts';
import { make } from '../dom.ts';
import { t } from '../l10n.ts';
import type { Section } from '../section.ts';
import { makeButton } from '../toolkit.ts';
import { SectionFrame, type Arranging } from './frame.ts';
import { changed, merged, moved, neighbour, placesOf, type UsualPlace } from './order.ts';

/** A section and what it is like until the user says otherwise. */
export interface PlacedSection {
  readonly section: Section;
  readonly width: UsualPlace['width'];
}

/** What the grid tells the dashboard. */
export interface GridEvents {
  /** The user has changed the layout. */
  readonly onPlaces: (places: readonly Place[]) => void;
  readonly onReset: () => void;
  /** A section can be seen now, and could not before. */
  readonly onAppear: (section: Section) => void;
}

/** The sections in the order, at the size and with the omissions that the user has chosen. */
export class Grid {
  readonly element = make('div', { class: 'grid' });
  /** What is shown above the sections while the user arranges them. */
  readonly panel: HTMLElement;
  readonly #hiddenList = make('div', { class: 'hidden-sections' });
  readonly #events: GridEvents;
  /** Watches a little more than the window, so that a section is drawn before it comes into sight. */
  readonly #sight = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) this.#see(target, isIntersecting);
    },
    { rootMargin: '200px' },
  );
  #frames: readonly SectionFrame[] = [];
  readonly #inSight = new Set<Section>();
  #usual: readonly UsualPlace[] = [];
  #places: readonly Place[] = [];
  /** All that is kept, also of sections that are not there now. */
  #kept: readonly Place[];
  #isArranging = false;

  constructor(kept: readonly Place[], events: GridEvents) {
    this.#kept = kept;
    this.#events = events;
    this.panel = make(
      'div',
      { class: 'layout-panel', hidden: '' },
      make(
        'p',
        {},
        t('Drag a card or use its buttons. The layout is kept, and new dashboards begin with it.'),
      ),
      this.#hiddenList,
      makeButton(t('Reset Layout'), 'secondary', () => {
        this.#kept = [];
        this.#arrange();
        events.onReset();
      }),
    );
  }

  /** The sections there are. Those that stay keep their elements. */
  set sections(list: readonly PlacedSection[]) {
    const kept = new Map(this.#frames.map(frame => [frame.section, frame]));
    this.#frames = list.map(({ section }) => {
      const frame = kept.get(section);
      kept.delete(section);
      return (
        frame ??
        new SectionFrame(section, what => {
          this.#change(section.id, what);
        })
      );
    });
    for (const [section, frame] of kept) {
      this.#sight.unobserve(frame.element);
      this.#inSight.delete(section);
      frame.element.remove();
    }
    this.#usual = list.map(({ section, width }) => ({ id: section.id, width }));
    for (const { element } of this.#frames) this.#sight.observe(element);
    this.#arrange();
  }

  /** Sections that can be seen, as far as is known. */
  get visible(): readonly Section[] {
    return this.#frames.map(({ section }) => section).filter(section => this.#inSight.has(section));
  }

  /** Sections that the user has not hidden. */
  get chosen(): readonly Section[] {
    const hidden = new Set(this.#places.filter(({ isHidden }) => isHidden).map(({ id }) => id));
    return this.#frames.map(({ section }) => section).filter(({ id }) => !hidden.has(id));
  }

  set isArranging(isArranging: boolean) {
    this.#isArranging = isArranging;
    this.panel.hidden = !isArranging;
    this.#arrange();
  }

  #see(target: Element, isIntersecting: boolean): void {
    const section = this.#frames.find(({ element }) => element === target)?.section;
    if (!section) return;
    const appears = isIntersecting && !this.#inSight.has(section);
    if (isIntersecting) this.#inSight.add(section);
    else this.#inSight.delete(section);
    if (appears) this.#events.onAppear(section);
  }

  #arrange(): void {
    this.#places = placesOf(this.#usual, { places: this.#kept });
    const shown = this.#places.filter(({ isHidden }) => !isHidden);
    this.#places.forEach((place, at) => {
      const frame = this.#frames.find(({ section }) => section.id === place.id);
      if (!frame) return;
      frame.place = place;
      frame.arrange(this.#isArranging, place !== shown[0], place !== shown.at(-1));
      // One that stays is not moved: it would lose the focus.
      const there = this.element.children.item(at);
      if (there !== frame.element) this.element.insertBefore(frame.element, there);
    });
    this.#hiddenList.replaceChildren(
      ...this.#places
        .filter(({ isHidden }) => isHidden)
        .map(({ id }) => {
          const title = this.#frames.find(({ section }) => section.id === id)?.section.title ?? id;
          return makeButton(t('Show {0}', title), 'secondary', () => {
            this.#change(id, { kind: 'change', change: { isHidden: false } });
          });
        }),
    );
  }

  #change(id: string, what: Arranging): void {
    const places = this.#after(id, what);
    const beside = ([1, -1] as const).map(to => this.#places[neighbour(this.#places, id, to)]?.id);
    this.#kept = merged(places, this.#kept);
    this.#arrange();
    if (what.kind === 'move') {
      const frame = this.#frames.find(({ section }) => section.id === id);
      frame?.focusMove(what.direction);
      frame?.element.scrollIntoView({ block: 'nearest' });
    }
    if (what.kind === 'change' && what.change.isHidden !== undefined)
      this.#focusAfter(id, what.change.isHidden, beside);
    this.#events.onPlaces(this.#kept);
  }

  /** Takes the focus on from a button that has gone with what it was for: to the part that has come, or to one beside. */
  #focusAfter(id: string, isHidden: boolean, beside: readonly (string | undefined)[]): void {
    const next = isHidden ? beside.find(one => one !== id) : id;
    const frame = this.#frames.find(({ section }) => section.id === next);
    if (frame) frame.focusHide();
    else this.#hiddenList.querySelector<HTMLElement>(':scope > *')?.focus();
  }

  #after(id: string, what: Arranging): Place[] {
    switch (what.kind) {
      case 'move':
        return moved(this.#places, id, neighbour(this.#places, id, what.direction));
      case 'drop':
        return moved(
          this.#places,
          what.dragged,
          this.#places.findIndex(place => place.id === id),
        );
      case 'change':
        return changed(this.#places, id, what.change);
    }
  }
}
