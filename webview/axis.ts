/** Upper end of an axis for rates that nothing exceeds: noise on an idle machine must not look like work. */
const LEAST_RANGE = 1;

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not below `value`; at least {@link LEAST_RANGE}. */
export function niceCeiling(value: number): number {
  if (!(value > LEAST_RANGE)) return LEAST_RANGE;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find(factor => factor * power >= value) ?? 10;
  return step * power;
}

/** Labels of the time axis in seconds before now: as many as `width` pixels have room for. */
export function timeTicks(spanSeconds: number, width: number): number[] {
  const most = Math.max(2, Math.floor(width / 72));
  const step = [60, 120, 300].find(seconds => spanSeconds / seconds < most) ?? spanSeconds;
  const ticks: number[] = [];
  for (let at = -spanSeconds; at <= 0; at += step) ticks.push(at === 0 ? 0 : at);
  return ticks;
}

/** Label of a moment on the time axis. */
export function timeLabel(seconds: number): string {
  return seconds === 0 ? 'now' : `\u2212${String(-seconds / 60)}\u00a0min`;
}
