import type { Rgba } from '../theme.ts';

/**
 * A colour in Oklab: lightness 0 (black) to 1 (white), and two axes of hue. Equal distances look equally far apart.
 * See Björn Ottosson, "A perceptual color space for image processing", 2020, from which the matrices are.
 */
export interface Oklab {
  readonly l: number;
  readonly a: number;
  readonly b: number;
}

/** The colour without its opacity. */
export function toOklab({ r, g, b }: Rgba): Oklab {
  const [x, y, z] = [linear(r), linear(g), linear(b)];
  const l = Math.cbrt(0.4122214708 * x + 0.5363325363 * y + 0.0514459929 * z);
  const m = Math.cbrt(0.2119034982 * x + 0.6806995451 * y + 0.1073969566 * z);
  const s = Math.cbrt(0.0883024619 * x + 0.2817188376 * y + 0.6299787005 * z);
  return {
    l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  };
}

/** The nearest colour that a screen shows: of the same lightness and hue, as pale as it must be. */
export function shown(color: Oklab): Oklab {
  if (isShown(channels(color))) return color;
  let low = 0;
  let high = 1;
  for (let step = 0; step < 20; step++) {
    const share = (low + high) / 2;
    if (isShown(channels(paler(color, share)))) low = share;
    else high = share;
  }
  return paler(color, low);
}

/** What the screen shows of a colour, opaque. */
export function fromOklab(color: Oklab): Rgba {
  const [r, g, b] = channels(shown(color));
  return { r: encoded(r), g: encoded(g), b: encoded(b), a: 1 };
}

/** How far apart two colours look; 1 from black to white, about 0.02 where they can just be told apart side by side. */
export function distance(from: Oklab, to: Oklab): number {
  return Math.hypot(from.l - to.l, from.a - to.a, from.b - to.b);
}

/** The same lightness and hue with a share of the colour. */
export function paler({ l, a, b }: Oklab, share: number): Oklab {
  return { l, a: a * share, b: b * share };
}

/** Linear light of each channel. */
function channels({ l, a, b }: Oklab): readonly [number, number, number] {
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ];
}

/** Whether a screen shows it; the colours of its corners, worked out and back, may be a little beyond. */
function isShown(light: readonly number[]): boolean {
  return light.every(one => one >= -1e-6 && one <= 1 + 1e-6);
}

/** From an eight-bit channel of sRGB to linear light, 0 to 1. */
function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function encoded(light: number): number {
  const share = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, share)));
}
