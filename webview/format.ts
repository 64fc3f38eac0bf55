import type { Absence } from '../src/common/frame.ts';
import type { Metric } from '../src/common/metrics.ts';
import { GIB, MIB, shownUnit } from '../src/common/units.ts';
import { t } from './l10n.ts';
import { temperatureSign } from './temperature.ts';

/** No-break space, so that a number and its unit stay together. */
const SPACE = '\u00a0';

const MIB_PER_GIB = GIB / MIB;

const TICK = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const FORMATS = new Map<number, Intl.NumberFormat>();

/** A value as it is shown: its digits, and its unit where it has one. */
export interface Formatted {
  readonly number: string;
  readonly unit: string;
}

/**
 * A value as short as it can be read at a glance: one decimal, for rates and loads three significant digits, none
 * where the source has none. Memory of a gibibyte and more is written in GiB.
 */
export function formatParts(value: number, metric: Pick<Metric, 'unit' | 'decimals'>): Formatted {
  if (metric.unit === 'MB' && value >= MIB_PER_GIB) return { number: gibibytes(value), unit: 'GiB' };
  const isShare = metric.unit === '%' || metric.unit === '°C' || metric.unit === 'W';
  const most = isShare ? 1 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return {
    number: digits(value, Math.min(metric.decimals, most)),
    unit: unitText(metric.unit),
  };
}

/** A part of a size without its unit, which is that of the whole, and the whole with it. */
export function formatShare(
  part: number,
  whole: number,
  metric: Pick<Metric, 'unit' | 'decimals'>,
): readonly [part: string, whole: string] {
  const isLarge = metric.unit === 'MB' && whole >= MIB_PER_GIB;
  return [isLarge ? gibibytes(part) : formatParts(part, metric).number, formatValue(whole, metric)];
}

/** A unit as it is shown. Temperatures are in the user's unit by the time that they are here. */
export function unitText(unit: Metric['unit']): string {
  return unit === 'count' ? '' : unit === '°C' ? temperatureSign() : shownUnit(unit);
}

/** A value and its unit in one text; see {@link formatParts}. */
export function formatValue(value: number, metric: Pick<Metric, 'unit' | 'decimals'>): string {
  const { number, unit } = formatParts(value, metric);
  return unit === '' ? number : `${number}${SPACE}${unit}`;
}

/** Number of an axis label. */
export function formatTick(value: number): string {
  return TICK.format(value);
}

/** The sentence behind the word that stands where a value cannot. */
export function absenceSentence(absence: Absence): string {
  switch (absence) {
    case 'unsupported':
      return t('This hardware or its driver does not offer this reading.');
    case 'asleep':
      return t('The device sleeps to save power and is left asleep.');
    case 'denied':
      return t('Your user may not read this.');
    case 'failed':
      return t('Reading this went wrong. The log has the details.');
  }
}

function gibibytes(mebibytes: number): string {
  const value = mebibytes / MIB_PER_GIB;
  return digits(value, value < 100 ? 1 : 0);
}

function digits(value: number, decimals: number): string {
  let format = FORMATS.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat('en', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    FORMATS.set(decimals, format);
  }
  return format.format(value);
}
