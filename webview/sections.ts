import type { CoreChoice } from '../src/common/arrangement.ts';
import { Card } from './card/card.ts';
import { cardsFor } from './charts/all.ts';
import { coreColumns } from './charts/cpu.ts';
import type { CardDefinition, QuantileDefinition } from './charts/definition.ts';
import type { Model } from './data/model.ts';
import { CorePicker } from './layout/cores.ts';
import type { PlacedSection } from './layout/grid.ts';
import type { Theme } from './theme.ts';
import type { TimeView } from './time/time-view.ts';
import { WorkloadSection } from './workload/section.ts';

/** What sections are made with. */
export interface SectionContext {
  readonly model: Model;
  readonly view: TimeView;
  theme: Theme;
  cores: CoreChoice;
  /** The user says that the detected kind of work is wrong. */
  readonly onCorrect: () => void;
  readonly onCores: (cores: CoreChoice) => void;
}

/**
 * All sections of the dashboard, in the order in which they are shown until the user says otherwise. One whose definition stays the
 * same when a device comes or goes is kept, with what it has drawn.
 */
export class Sections {
  readonly workload: WorkloadSection;
  readonly #context: SectionContext;
  readonly #corePicker: CorePicker;
  #cards: readonly Card[] = [];

  constructor(context: SectionContext) {
    this.#context = context;
    this.workload = new WorkloadSection(context.onCorrect);
    this.#corePicker = new CorePicker(context.cores, context.onCores);
  }

  get list(): readonly PlacedSection[] {
    if (this.#cards.length === 0) return [];
    return [
      { section: this.workload, width: 'full' },
      ...this.#cards.map(card => ({ section: card, width: card.definition.width })),
    ];
  }

  /** Columns of which all of these need the past, and what is made of them. */
  get columns(): readonly string[] {
    return [...new Set(this.list.flatMap(({ section }) => section.columns))];
  }

  get quantiles(): readonly QuantileDefinition[] {
    return this.#cards.flatMap(({ definition }) => definition.quantiles);
  }

  /** Whether there is anything that can be drawn. */
  get isEmpty(): boolean {
    return this.#cards.length === 0;
  }

  /** Brings the cards in line with the layout and the choice of cores. */
  rebuild(): void {
    const { model, view, theme, cores } = this.#context;
    const { layout, gpus } = model;
    if (!layout) return;
    const kept = new Map(this.#cards.map(card => [identityOf(card.definition), card]));
    this.#corePicker.count = coreColumns(layout).length;
    this.#cards = cardsFor(layout, gpus, { cores }).map(definition => {
      const identity = identityOf(definition);
      const card = kept.get(identity);
      kept.delete(identity);
      const extra = definition.id === 'cpu' ? [this.#corePicker.element] : [];
      return card ?? new Card(definition, model, view, theme, extra);
    });
    for (const card of kept.values()) card.dispose();
  }

  /** Writes the values of all cards without drawing them. */
  showValues(): void {
    for (const card of this.#cards) card.showValues();
  }

  setTheme(theme: Theme): void {
    this.#context.theme = theme;
    for (const card of this.#cards) card.setTheme(theme);
  }
}

function identityOf(definition: CardDefinition): string {
  return JSON.stringify(definition);
}
