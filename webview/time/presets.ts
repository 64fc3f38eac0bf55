import { DAY_MS, HOUR_MS, MINUTE_MS } from './span.ts';

/** The spans that are offered: they reach back from now and go on with it. */
export const PRESETS = [
  { id: '5m', lengthMs: 5 * MINUTE_MS },
  { id: '15m', lengthMs: 15 * MINUTE_MS },
  { id: '1h', lengthMs: HOUR_MS },
  { id: '24h', lengthMs: DAY_MS },
  { id: '7d', lengthMs: 7 * DAY_MS },
  { id: '30d', lengthMs: 30 * DAY_MS },
] as const;

export type PresetId = (typeof PRESETS)[number]['id'];

/** What a dashboard opens with. */
export const USUAL_PRESET: PresetId = '5m';

/** How long a preset is, in milliseconds. */
export function presetLength(id: PresetId): number {
  return PRESETS.find(preset => preset.id === id)?.lengthMs ?? PRESETS[0].lengthMs;
}

/** Whether this is one of the presets. */
export function isPreset(value: unknown): value is PresetId {
  return PRESETS.some(preset => preset.id === value);
}
