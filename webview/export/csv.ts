import { parseColumnName } from '../../src/common/layout.ts';
import { CATEGORIES, UNKNOWN, type WorkloadSpan } from '../../src/common/workload.ts';
import type { ShownData } from '../data/shown-data.ts';
import { temperatureUnit } from '../temperature.ts';

/** Line end of RFC 4180. */
const LINE_END = '\r\n';

/** Stands for a class of the user's own profiles, which may be called after a project. */
export const OWN_PROFILE = 'profile';

/** A field as RFC 4180 has it: in quotes where it holds a comma, a quote or a line end. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line with its end. */
export function csvLine(fields: readonly string[]): string {
  return fields.map(csvField).join(',') + LINE_END;
}

/**
 * The shown span as CSV (RFC 4180), in the columns of the log and under their names: the moment in UTC, the workload class,
 * and a value for each of `columns` of which something is known, empty where there was none. Where a row stands for a stretch
 * of time, values are means, and the least and the greatest value of the stretch follow in columns of the same name with `_min`
 * and `_max`. Temperatures are as they are shown: those in °F are no column of the log, and are called `temperature_fahrenheit`.
 */
export function shownAsCsv(data: ShownData, columns: readonly string[]): string {
  const series = [...new Set(columns)]
    .filter(column => data.columns.has(column))
    .flatMap(column => {
      const [min, max] = [data.min(column), data.max(column)];
      const name = shownName(column);
      return [
        { name, values: data.mean(column) },
        ...(min ? [{ name: `${name}_min`, values: min }] : []),
        ...(max ? [{ name: `${name}_max`, values: max }] : []),
      ];
    });
  const lines = [csvLine(['timestamp', 'session_category', ...series.map(({ name }) => name)])];
  const category = categoryReader(data.workload);
  data.times.forEach((time, at) => {
    if (time < data.from || time > data.to) return;
    const values = series.map(({ values }) => numberText(values[at]));
    if (values.every(text => text === '')) return;
    lines.push(csvLine([new Date(time).toISOString(), category(time), ...values]));
  });
  return lines.join('');
}

/** A column's name in the log, with the unit where it is not that of the log. */
function shownName(column: string): string {
  const unit = temperatureUnit();
  const isOther = unit !== 'celsius' && parseColumnName(column)?.metric.unit === '°C';
  return isOther ? `${column}_${unit}` : column;
}

/** Seven digits, all that history has. */
function numberText(value = Number.NaN): string {
  return Number.isNaN(value) ? '' : String(Number(value.toPrecision(7)));
}

/** The class at a moment; moments are asked for in their order. */
function categoryReader(spans: readonly WorkloadSpan[]): (time: number) => string {
  let at = 0;
  return time => {
    // A span ends where the next begins.
    while (at + 1 < spans.length && (spans[at + 1]?.from ?? 0) <= time) at++;
    const span = spans[at];
    return span && time >= span.from && time <= span.to ? publicName(span.category) : '';
  };
}

/** Only the classes that everybody has are named. */
export function publicName(category: string): string {
  const isOurs = category === UNKNOWN || (CATEGORIES as readonly string[]).includes(category);
  return isOurs ? category : OWN_PROFILE;
}
