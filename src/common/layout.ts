import { METRICS, type Metric, type MetricGroup } from './metrics.ts';
import { english, type Translate } from './translate.ts';

/** How many columns of each repeated kind a layout has. */
export interface InstanceCounts {
  readonly core: number;
  readonly gpu: number;
  readonly disk: number;
}

/** One numeric column of a frame. */
export interface Column {
  readonly name: string;
  readonly metric: Metric;
  /** Instance number, 0 for a machine-wide metric. */
  readonly instance: number;
}

/** The order of the numeric columns of a frame: slot `i` of every frame belongs to `columns[i]`. */
export interface Layout {
  readonly columns: readonly Column[];
  readonly slots: ReadonlyMap<string, number>;
}

/**
 * Expands the metric table for a machine.
 *
 * @param counts instances of each repeated kind
 * @param isCollected tells which metrics get columns; those of `session` always do
 */
export function buildLayout(
  counts: InstanceCounts,
  isCollected: (group: MetricGroup, metric: Metric, counts: InstanceCounts) => boolean = () => true,
): Layout {
  const columns: Column[] = [];
  for (let at = 0; at < METRICS.length;) {
    const per = METRICS[at]?.per ?? 'machine';
    let end = at + 1;
    while (end < METRICS.length && METRICS[end]?.per === per) end++;
    const block = METRICS.slice(at, end).filter(
      metric =>
        metric.kind !== 'text' && (metric.group === 'session' || isCollected(metric.group, metric, counts)),
    );
    const repeats = per === 'machine' ? 1 : counts[per];
    for (let instance = 0; instance < repeats; instance++) {
      for (const metric of block) columns.push({ name: columnName(metric, instance), metric, instance });
    }
    at = end;
  }
  return layoutOf(columns);
}

/**
 * Rebuilds a layout from column names received over the protocol. A name that this version's table does not know is
 * kept out, with its slot left unused, so that an older client can read a newer sampler.
 */
export function layoutFromNames(names: readonly string[]): { layout: Layout; slots: readonly number[] } {
  const columns: Column[] = [];
  const slots: number[] = [];
  names.forEach((name, slot) => {
    const column = parseColumnName(name);
    if (!column) return;
    columns.push(column);
    slots.push(slot);
  });
  return { layout: layoutOf(columns), slots };
}

/** Column name of one instance of a metric. */
export function columnName(metric: Metric, instance: number): string {
  return metric.name.replace('{n}', String(instance));
}

/** Title of one instance of a metric, for a legend or a tooltip. */
export function columnTitle({ metric, instance }: Column, translate: Translate = english): string {
  return translate(metric.title).replace('{n}', String(instance));
}

/** What a metric means, in a sentence. */
export function metricMeaning(metric: Metric, translate: Translate): string {
  return translate(metric.meaning);
}

const METRIC_BY_PATTERN = new Map(METRICS.map(metric => [metric.name, metric]));

/** Finds the metric and instance a column name stands for; `undefined` for a name not in the table. */
export function parseColumnName(name: string): Column | undefined {
  const number = /(?<=^gpu|_)(0|[1-9]\d{0,4})(?=_)/.exec(name);
  if (number) {
    const metric = METRIC_BY_PATTERN.get(
      `${name.slice(0, number.index)}{n}${name.slice(number.index + number[0].length)}`,
    );
    if (metric) return { name, metric, instance: Number(number[0]) };
  }
  const metric = METRIC_BY_PATTERN.get(name);
  return metric?.per === 'machine' ? { name, metric, instance: 0 } : undefined;
}

/** A layout of these columns, in this order. */
export function layoutOf(columns: readonly Column[]): Layout {
  return { columns, slots: new Map(columns.map((column, slot) => [column.name, slot])) };
}
