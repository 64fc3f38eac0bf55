/** Units of the metric table, written as the logs and the documentation name them. */
export type Unit =
  '%' | '°C' | 'W' | 'MHz' | 'MB' | 'GB' | 'MB/s' | 'Mbit/s' | 'KB/s' | 'bytes' | 'count' | 'bit mask' | '';

/** Bytes in a mebibyte: the "MB" of memory columns, as in the original OptiMetrics logs. */
export const MIB = 2 ** 20;

/** Bytes in a gibibyte: the "GB" of disk space columns. */
export const GIB = 2 ** 30;

/** Largest value a unit can hold. A reading outside `[0, maximum]` is a fault of its source, never a value. */
export function maximumOf(unit: Unit): number {
  switch (unit) {
    case '%':
      return 100;
    case '°C':
      return 250;
    default:
      return Number.MAX_SAFE_INTEGER;
  }
}

/** Rounds `value` to `decimals` places, half away from zero for the non-negative values metrics have. */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

/** A unit as people read it: the MB and GB of the columns are 2^20 and 2^30 bytes, which are MiB and GiB. */
export function shownUnit(unit: Unit): string {
  return unit === 'MB' ? 'MiB' : unit === 'GB' ? 'GiB' : unit;
}

/** Unit in which a user reads temperatures. */
export type TemperatureUnit = 'celsius' | 'fahrenheit';

/** Sign of a unit of temperature. */
export const TEMPERATURE_SIGN: Readonly<Record<TemperatureUnit, string>> = {
  celsius: '°C',
  fahrenheit: '°F',
};

/** A temperature given in °C, in the unit in which the user reads it. */
export function temperatureIn(unit: TemperatureUnit, celsius: number): number {
  return unit === 'celsius' ? celsius : celsius * 1.8 + 32;
}
