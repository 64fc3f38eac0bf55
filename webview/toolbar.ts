import { make, setText } from './dom.ts';
import { makeButton, makeCheckbox } from './toolkit.ts';

/** What the user does in the toolbar. */
export interface ToolbarEvents {
  readonly onPause: (paused: boolean) => void;
  readonly onShowCores: (show: boolean) => void;
}

/** The line at the top: what is shown, how fresh it is, and the view's two controls. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly #machine = make('span', { class: 'machine' });
  readonly #status = make('span', { class: 'status' });
  readonly #pause: HTMLElement;
  readonly #cores: HTMLElement;
  #paused = false;

  constructor(showCores: boolean, events: ToolbarEvents) {
    this.#pause = makeButton('Pause', 'secondary', () => {
      this.#paused = !this.#paused;
      setText(this.#pause, this.#paused ? 'Resume' : 'Pause');
      events.onPause(this.#paused);
    });
    this.#pause.classList.add('pause');
    this.#cores = makeCheckbox('Show cores', showCores, events.onShowCores);
    this.element = make(
      'div',
      { class: 'toolbar' },
      make('h1', {}, 'OptiMetrics'),
      make('p', { class: 'span' }, this.#machine, 'Last 10 minutes ', this.#status),
      make('div', { class: 'controls' }, this.#cores, this.#pause),
    );
  }

  /** Says which machine is watched. */
  setMachine(text: string): void {
    setText(this.#machine, `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`);
  }

  /** Says how fresh the values are: `Live`, `Paused`, a moment in the past. */
  setStatus(text: string, kind: 'live' | 'still'): void {
    setText(this.#status, text);
    this.#status.dataset['kind'] = kind;
  }

  /** Shows the controls that have something to control. */
  setAvailable(controls: { readonly pause: boolean; readonly cores: boolean }): void {
    this.#pause.hidden = !controls.pause;
    this.#cores.hidden = !controls.cores;
  }
}
