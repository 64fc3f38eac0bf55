import { TEMPERATURE_SIGN, type TemperatureUnit } from '../src/common/units.ts';

let chosen: TemperatureUnit = 'celsius';

/** Takes over the unit in which the user reads temperatures. It stays for as long as the page does. */
export function setTemperatureUnit(unit: TemperatureUnit): void {
  chosen = unit;
}

/** The unit in which the user reads temperatures, and all that is shown here has them. */
export function temperatureUnit(): TemperatureUnit {
  return chosen;
}

/** Sign of {@link temperatureUnit}. */
export function temperatureSign(): string {
  return TEMPERATURE_SIGN[chosen];
}

/** Upper end of the axis of a temperature, where nothing is hotter: round, with a round middle, and 100 °C at least. */
export function usualTop(): number {
  return chosen === 'celsius' ? 100 : 240;
}
