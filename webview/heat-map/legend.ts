import { make, setText } from '../dom.ts';
import { t } from '../l10n.ts';
import type { HeatPalette } from './palette.ts';

const RAMP_WIDTH = 202;
const RAMP_HEIGHT = 10;

/** What the colours of a heat map mean: the ramp with its numbers, and what is no number. */
export class HeatLegend {
  readonly element: HTMLElement;
  readonly #ramp = make('canvas', {
    'class': 'ramp',
    'width': String(RAMP_WIDTH),
    'height': String(RAMP_HEIGHT),
    'aria-hidden': 'true',
  });
  readonly #offline = make('canvas', {
    'class': 'cell',
    'width': '16',
    'height': '10',
    'aria-hidden': 'true',
  });
  readonly #missing = make('span', { 'class': 'cell missing', 'aria-hidden': 'true' });
  readonly #note = make('span', { class: 'merged' });

  constructor() {
    const numbers = [0, 25, 50, 75, 100].map(percent => make('span', {}, `${String(percent)}\u00a0%`));
    this.element = make(
      'div',
      { class: 'heat-legend' },
      make('div', { class: 'scale' }, this.#ramp, make('div', { class: 'numbers-of-scale' }, ...numbers)),
      make('span', { class: 'key' }, this.#offline, t('offline')),
      make('span', { class: 'key' }, this.#missing, t('no reading')),
      this.#note,
    );
  }

  setPalette(palette: HeatPalette): void {
    const ramp = this.#ramp.getContext('2d');
    for (let x = 0; ramp && x < RAMP_WIDTH; x++) {
      ramp.fillStyle = palette.css((100 * x) / (RAMP_WIDTH - 1));
      ramp.fillRect(x, 0, 1, RAMP_HEIGHT);
    }
    const offline = this.#offline.getContext('2d');
    if (!offline) return;
    offline.fillStyle = palette.offline;
    for (let x = 0; x < this.#offline.width; x += 4) offline.fillRect(x, 0, 2, this.#offline.height);
  }

  /** Says when several cores share a row, or several samples a column, which is then so long. */
  setMerging(coresPerRow: number, columnLength: string | undefined): void {
    const notes = [
      ...(coresPerRow > 1 ? [t('a row shows the busiest of {0} cores', coresPerRow)] : []),
      ...(columnLength === undefined ? [] : [t('a column shows the highest of {0}', columnLength)]),
    ];
    const text = notes.join(', ');
    setText(this.#note, text.slice(0, 1).toUpperCase() + text.slice(1));
  }
}
