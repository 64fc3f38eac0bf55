import { cssColor, type Rgba, type Theme } from '../theme.ts';
import { distance, fromOklab, type Oklab, paler, shown, toOklab } from './oklab.ts';

/** Places in {@link HeatPalette.pixels} of what is no utilization. */
export const MISSING = 0;
export const OFFLINE_CELL = 1;

/** Place of 0 %; each percent has the next. */
const FIRST_LEVEL = 2;
const LEVELS = 101;

/** Least distance in Oklab of 0 % from the background, which stands for no reading: plain to see side by side. */
const LEAST_FROM_BACKGROUND = 0.08;

/** How much of the way from the background's lightness to the other end the ramp covers. */
const REACH = 0.95;

/** Share of the colour at the quiet end. */
const PALE = 0.3;

/** Points at which the path through the theme's colours is measured, to divide it evenly. */
const MEASURES = 800;

/** The colours of a heat map. */
export interface HeatPalette {
  /** Little-endian RGBA as `ImageData` holds it on every machine that has a browser; see {@link cellOf}. */
  readonly pixels: Uint32Array;
  /** Colour of a percentage, as CSS. */
  css(percent: number): string;
  readonly offline: string;
}

/** Place of a utilization in the palette: whole percents. `value` is NaN for none and below 0 for a core that is offline. */
export function cellOf(value: number): number {
  if (value >= 0) return FIRST_LEVEL + Math.min(LEVELS - 1, Math.round(value));
  return value < 0 ? OFFLINE_CELL : MISSING;
}

/**
 * A ramp out of the theme's colours, from near its background over blue and green to yellow in dark themes, over blue and
 * purple to red in light ones: the busier, the farther from the background, so that work stands out in both. Steps are
 * even to the eye: lightness goes one way, and neighbouring percents are equally far apart in Oklab.
 *
 * No reading is the background itself. A core that is offline is grey, which no percentage is
 * unless the theme's own colours are.
 */
export function heatPalette(theme: Theme): HeatPalette {
  const ramp = evenRamp(theme);
  const offline = offlineColor(theme);
  const pixels = new Uint32Array(FIRST_LEVEL + LEVELS);
  pixels[OFFLINE_CELL] = pixelOf(offline);
  ramp.forEach((color, percent) => (pixels[FIRST_LEVEL + percent] = pixelOf(color)));
  return {
    pixels,
    css: percent => cssColor(ramp[Math.min(LEVELS - 1, Math.max(0, Math.round(percent)))] ?? offline),
    offline: cssColor(offline),
  };
}

/** Whether the theme's text is lighter than what it stands on. */
function isDark(theme: Theme): boolean {
  return theme.kind === 'dark' || theme.kind === 'high-contrast';
}

function evenRamp(theme: Theme): Rgba[] {
  const path = pathThrough(theme);
  const lengths = [0];
  for (let at = 1; at < path.length; at++) {
    const step = distance(path[at - 1] ?? WHITE, path[at] ?? WHITE);
    lengths.push((lengths.at(-1) ?? 0) + step);
  }
  const whole = lengths.at(-1) ?? 0;
  let at = 0;
  return Array.from({ length: LEVELS }, (_, percent) => {
    while (at < path.length - 1 && (lengths[at] ?? 0) < (percent / (LEVELS - 1)) * whole) at++;
    return fromOklab(path[at] ?? WHITE);
  });
}

const WHITE: Oklab = { l: 1, a: 0, b: 0 };

/** Points from 0 % to 100 %, not yet evenly apart; lightness goes straight from one end to the other. */
function pathThrough(theme: Theme): Oklab[] {
  const { blue, green, yellow, purple, red } = theme.chart;
  const background = toOklab(theme.background);
  const far = isDark(theme) ? 1 : 0.1;
  const away = isDark(theme) ? 1 : -1;
  const colors = (isDark(theme) ? [blue, blue, green, yellow] : [blue, blue, purple, red]).map(toOklab);
  // Pale where there is little to do: a machine at rest is to look like one.
  const stops = colors.map((color, at) => (at === 0 ? paler(color, PALE) : color));
  const from = background.l + away * LEAST_FROM_BACKGROUND;
  const to = background.l + REACH * (far - background.l);
  return Array.from({ length: MEASURES }, (_, index) => {
    const share = index / (MEASURES - 1);
    const place = share * (stops.length - 1);
    const first = stops[Math.floor(place)] ?? WHITE;
    const second = stops[Math.ceil(place)] ?? WHITE;
    const between = place - Math.floor(place);
    const l = from + share * (to - from);
    const a = first.a + between * (second.a - first.a);
    const b = first.b + between * (second.b - first.b);
    // What a screen shows of it, so that what is measured is what is seen.
    return shown({ l, a, b });
  });
}

/** A grey halfway between the background and the text. */
function offlineColor(theme: Theme): Rgba {
  const l = (toOklab(theme.background).l + toOklab(theme.foreground).l) / 2;
  return fromOklab({ l, a: 0, b: 0 });
}

function pixelOf({ r, g, b }: Rgba): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
