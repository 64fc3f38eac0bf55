import { MOST_CORE_LINES, type CoreChoice } from '../src/common/arrangement.ts';
import type { WebviewMessage } from '../src/common/dashboard.ts';
import { Card } from './card/card.ts';
import { cardsFor } from './charts/all.ts';
import { coreColumns } from './charts/cpu.ts';
import type { CardDefinition, QuantileDefinition } from './charts/definition.ts';
import type { Model } from './data/model.ts';
import { CorePicker } from './layout/cores.ts';
import type { PlacedSection } from './layout/grid.ts';
import { HeatMapSection } from './heat-map/section.ts';
import type { Section } from './section.ts';
import type { Announcer } from './tables/announcer.ts';
import type { Theme } from './theme.ts';
import type { TimeView } from './time/time-view.ts';
import { SessionsSection } from './sessions/section.ts';
import { WorkloadSection } from './workload/section.ts';

/** What sections are made with. */
export interface SectionContext {
  readonly model: Model;
  readonly view: TimeView;
  theme: Theme;
  cores: CoreChoice;
  /** Has screen readers say something. */
  readonly announcer: Announcer;
  readonly onCores: (cores: CoreChoice) => void;
  /** Asks the extension for something. */
  readonly post: (message: WebviewMessage) => void;
}

/**
 * All sections of the dashboard, in the order in which they are shown until the user says otherwise. One whose definition stays the
 * same when a device comes or goes is kept, with what it has drawn.
 */
export class Sections {
  readonly workload: WorkloadSection;
  readonly sessions: SessionsSection;
  readonly #context: SectionContext;
  readonly #corePicker: CorePicker;
  #cards: readonly Card[] = [];
  #heatMap: HeatMapSection | undefined;

  constructor(context: SectionContext) {
    this.#context = context;
    this.workload = new WorkloadSection(context.post);
    this.sessions = new SessionsSection(context.post, context.view, context.theme);
    this.#corePicker = new CorePicker(context.cores, context.onCores);
  }

  get list(): readonly PlacedSection[] {
    if (this.#cards.length === 0) return [];
    const cards: readonly PlacedSection[] = this.#cards.map(card => ({
      section: card,
      width: card.definition.width,
    }));
    const sections: PlacedSection[] = [
      { section: this.workload, width: 'full' },
      ...cards,
      { section: this.sessions, width: 'full' },
    ];
    const heatMap = this.#heatMap;
    if (!heatMap) return sections;
    // Beside the CPU where it has few rows; else above all charts, as wide as they are together.
    const isWide = heatMap.columns.length > MOST_CORE_LINES;
    const at = isWide ? 1 : sections.findIndex(({ section }) => section.id === 'cpu') + 1;
    return sections.toSpliced(at, 0, { section: heatMap, width: isWide ? 'full' : 'half' });
  }

  /** Columns of which all of these need the past, and what is made of them. */
  get columns(): readonly string[] {
    return [...new Set(this.list.flatMap(({ section }) => section.columns))];
  }

  /** Columns whose lines another day is laid under. */
  get comparedColumns(): readonly string[] {
    const lines = this.#cards.flatMap(({ definition }) => definition.charts.flatMap(chart => chart.lines));
    const { layout } = this.#context.model;
    const main = lines.filter(({ emphasis }) => emphasis !== 'faint' && emphasis !== 'limit');
    return [...new Set(main.map(({ id }) => id))].filter(id => layout?.slots.has(id) === true);
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
    const { model, view, theme, cores, announcer } = this.#context;
    const { layout, gpus } = model;
    if (!layout) return;
    this.#rebuildHeatMap(coreColumns(layout).map(({ name }) => name));
    this.sessions.setColumns([...layout.slots.keys()]);
    const kept = new Map(this.#cards.map(card => [identityOf(card.definition), card]));
    this.#corePicker.count = coreColumns(layout).length;
    this.#cards = cardsFor(layout, gpus, { cores }).map(definition => {
      const identity = identityOf(definition);
      const card = kept.get(identity);
      kept.delete(identity);
      const extra = definition.id === 'cpu' ? [this.#corePicker.element] : [];
      return card ?? new Card(definition, model, view, theme, announcer, extra);
    });
    for (const card of kept.values()) card.dispose();
  }

  #rebuildHeatMap(columns: readonly string[]): void {
    const { view, theme } = this.#context;
    if (columns.length === (this.#heatMap?.columns.length ?? 0)) return;
    this.#heatMap?.dispose();
    this.#heatMap = columns.length > 1 ? new HeatMapSection(columns, view, theme) : undefined;
  }

  /** Writes the values of all cards without drawing them. @param drawn sections that are about to be drawn, values and all */
  showValues(drawn: readonly Section[]): void {
    for (const card of this.#cards) if (!drawn.includes(card)) card.showValues();
  }

  setTheme(theme: Theme): void {
    this.#context.theme = theme;
    for (const card of this.#cards) card.setTheme(theme);
    this.#heatMap?.setTheme(theme);
    this.sessions.setTheme(theme);
  }
}

function identityOf(definition: CardDefinition): string {
  return JSON.stringify(definition);
}
