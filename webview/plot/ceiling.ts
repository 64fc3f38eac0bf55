/** Upper end of an axis for rates that nothing exceeds: noise on an idle machine must not look like work. */
const LEAST_RANGE = 1;

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not below `value`; `least` as it is where nothing is above that. */
export function niceCeiling(value: number, least = LEAST_RANGE): number {
  if (!(value > least)) return least;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find(factor => factor * power >= value) ?? 10;
  return step * power;
}
