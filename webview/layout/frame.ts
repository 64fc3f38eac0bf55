import type { Place } from '../../src/common/arrangement.ts';
import { make, setAttribute, setText } from '../dom.ts';
import type { IconName } from '../icons/icon-names.ts';
import { makeIcon } from '../icons/icon.ts';
import { t } from '../l10n.ts';
import type { Section } from '../section.ts';

/** What the user does with a part of the dashboard while arranging. */
export type Arranging =
  | { readonly kind: 'move'; readonly direction: -1 | 1 }
  /** It is dropped where another part is. */
  | { readonly kind: 'drop'; readonly dragged: string }
  | { readonly kind: 'change'; readonly change: Partial<Omit<Place, 'id'>> };

const HEIGHTS: readonly Place['height'][] = ['small', 'medium', 'large'];

/** Type of what is dragged, so that nothing else can be dropped here. */
const DRAG_TYPE = 'application/x-optimetrics-section';

/** Holds a section in the grid, at its width and height; while the user arranges, with the controls for that. */
export class SectionFrame {
  readonly section: Section;
  readonly element: HTMLElement;
  readonly #controls: HTMLElement;
  readonly #up: HTMLButtonElement;
  readonly #down: HTMLButtonElement;
  readonly #width: HTMLButtonElement;
  readonly #height: HTMLButtonElement;
  readonly #hide: HTMLButtonElement;
  #place: Place | undefined;

  constructor(section: Section, onArrange: (what: Arranging) => void) {
    this.section = section;
    const button = (label: string, icon: IconName | undefined, act: () => void): HTMLButtonElement => {
      const element = make(
        'button',
        { 'type': 'button', 'aria-label': `${label}: ${section.title}`, 'title': label },
        ...(icon === undefined ? [] : [makeIcon(icon)]),
      );
      element.addEventListener('click', act);
      return element;
    };
    const change = (next: Partial<Omit<Place, 'id'>>): void => {
      onArrange({ kind: 'change', change: next });
    };
    this.#up = button(t('Move up'), 'arrow-up', () => {
      onArrange({ kind: 'move', direction: -1 });
    });
    this.#down = button(t('Move down'), 'arrow-down', () => {
      onArrange({ kind: 'move', direction: 1 });
    });
    this.#width = button(t('Width'), undefined, () => {
      change({ width: this.#place?.width === 'full' ? 'half' : 'full' });
    });
    this.#height = button(t('Height'), undefined, () => {
      const at = HEIGHTS.indexOf(this.#place?.height ?? 'medium');
      change({ height: HEIGHTS[(at + 1) % HEIGHTS.length] ?? 'medium' });
    });
    this.#hide = button(t('Hide'), 'close', () => {
      change({ isHidden: true });
    });
    this.#controls = make(
      'div',
      {
        'class': 'arranging',
        'role': 'group',
        'aria-label': t('Layout of {0}', section.title),
        'hidden': '',
      },
      make('span', { class: 'grip' }, makeIcon('gripper')),
      make('span', { class: 'name' }, section.title),
      this.#up,
      this.#down,
      this.#width,
      this.#height,
      this.#hide,
    );
    this.element = make(
      'div',
      { 'class': 'place', 'data-section': section.id },
      this.#controls,
      section.element,
    );
    this.#listenToDrags(onArrange);
  }

  /** Takes over its place in the layout. */
  set place(place: Place) {
    this.#place = place;
    this.element.hidden = place.isHidden;
    this.element.dataset['width'] = place.width;
    this.element.dataset['height'] = place.height;
    this.#say(this.#width, place.width === 'full' ? t('Full width') : t('Half width'));
    this.#say(
      this.#height,
      place.height === 'small' ? t('Low') : place.height === 'medium' ? t('Medium') : t('High'),
    );
  }

  /** Writes what a part is like on the button that changes it; its name begins with what can be seen of it. */
  #say(button: HTMLElement, text: string): void {
    setText(button, text);
    setAttribute(button, 'aria-label', `${text}: ${this.section.title}`);
  }

  /** Shows or hides the controls. */
  arrange(isOpen: boolean, canMoveUp: boolean, canMoveDown: boolean): void {
    this.#controls.hidden = !isOpen;
    setAttribute(this.element, 'draggable', isOpen ? 'true' : undefined);
    this.#up.disabled = !canMoveUp;
    this.#down.disabled = !canMoveDown;
  }

  /** Focuses the control that hides it: after it has appeared, or the one beside it has gone. */
  focusHide(): void {
    this.#hide.focus();
  }

  /** Focuses the control that moves it, as after a move with it. */
  focusMove(direction: -1 | 1): void {
    const wanted = direction < 0 ? this.#up : this.#down;
    (wanted.disabled ? (direction < 0 ? this.#down : this.#up) : wanted).focus();
  }

  #listenToDrags(onArrange: (what: Arranging) => void): void {
    const { element, section } = this;
    element.addEventListener('dragstart', event => {
      if (this.#controls.hidden || !event.dataTransfer) return;
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData(DRAG_TYPE, section.id);
      element.classList.add('dragged');
    });
    element.addEventListener('dragend', () => {
      element.classList.remove('dragged');
    });
    element.addEventListener('dragover', event => {
      if (event.dataTransfer?.types.includes(DRAG_TYPE) !== true) return;
      event.preventDefault();
      element.classList.add('target');
    });
    element.addEventListener('dragleave', () => {
      element.classList.remove('target');
    });
    element.addEventListener('drop', event => {
      element.classList.remove('target');
      const dragged = event.dataTransfer?.getData(DRAG_TYPE) ?? '';
      if (dragged === '' || dragged === section.id) return;
      event.preventDefault();
      onArrange({ kind: 'drop', dragged });
    });
  }
}
