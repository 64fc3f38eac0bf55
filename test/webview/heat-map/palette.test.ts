import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cellOf, heatPalette, MISSING, OFFLINE_CELL } from '../../../webview/heat-map/palette.ts';
import { distance, fromOklab, toOklab, type Oklab } from '../../../webview/heat-map/oklab.ts';
import { OFFLINE } from '../../../webview/heat-map/core-source.ts';
import type { Rgba } from '../../../webview/theme.ts';
import { themeOf } from '../support/theme-of.ts';
import { THEMES, type ThemeName } from '../support/themes.ts';

/** The colour at a place of the palette, of little-endian RGBA. */
function colorAt(pixels: Uint32Array, place: number): Oklab {
  const pixel = pixels[place] ?? 0;
  return toOklab({ r: pixel & 255, g: (pixel >> 8) & 255, b: (pixel >> 16) & 255, a: 1 });
}

describe('Oklab', () => {
  test('of the colours in its author’s table, rounded to three digits', () => {
    // From the post that defines it: XYZ of the D65 white is (1, 0, 0); and sRGB red, green and blue.
    const known: readonly (readonly [Rgba, Oklab])[] = [
      [
        { r: 255, g: 255, b: 255, a: 1 },
        { l: 1, a: 0, b: 0 },
      ],
      [
        { r: 255, g: 0, b: 0, a: 1 },
        { l: 0.628, a: 0.225, b: 0.126 },
      ],
      [
        { r: 0, g: 255, b: 0, a: 1 },
        { l: 0.866, a: -0.234, b: 0.179 },
      ],
      [
        { r: 0, g: 0, b: 255, a: 1 },
        { l: 0.452, a: -0.032, b: -0.312 },
      ],
    ];
    for (const [color, expected] of known) assert.ok(distance(toOklab(color), expected) < 0.001);
  });

  test('there and back gives every colour of the screen again', () => {
    const channel = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.record({ r: channel, g: channel, b: channel, a: fc.constant(1) }), color => {
        assert.deepEqual(fromOklab(toOklab(color)), { ...color });
      }),
    );
  });

  test('a colour that no screen shows keeps its lightness', () => {
    // Near black the steps of eight bits are larger than what is looked for.
    const share = fc.double({ min: 0.1, max: 1, noNaN: true });
    const axis = fc.double({ min: -0.4, max: 0.4, noNaN: true });
    fc.assert(
      fc.property(share, axis, axis, (l, a, b) => {
        assert.ok(Math.abs(toOklab(fromOklab({ l, a, b })).l - l) < 0.02);
      }),
    );
  });
});

describe('the palette of the heat map', () => {
  for (const name of Object.keys(THEMES) as ThemeName[]) {
    const theme = themeOf(name);
    const { pixels } = heatPalette(theme);
    const ramp = Array.from({ length: 101 }, (_, percent) => colorAt(pixels, cellOf(percent)));
    const background = toOklab(theme.background);

    test(`${name}: lightness goes one way, away from the background`, () => {
      const away = theme.background.r < 128 ? 1 : -1;
      for (let percent = 1; percent <= 100; percent++) {
        const step = (ramp[percent]?.l ?? 0) - (ramp[percent - 1]?.l ?? 0);
        // Eight bits a channel: a step may be none, and not more than one back.
        assert.ok(away * step > -0.004, `${String(percent)} %: ${String(step)}`);
      }
      assert.ok(away * ((ramp[100]?.l ?? 0) - (ramp[0]?.l ?? 0)) > 0.5);
    });

    test(`${name}: ten percent look equally far apart everywhere`, () => {
      const steps = Array.from({ length: 10 }, (_, index) => {
        let length = 0;
        for (let percent = 10 * index; percent < 10 * index + 10; percent++)
          length += distance(ramp[percent] ?? background, ramp[percent + 1] ?? background);
        return length;
      });
      assert.ok(Math.max(...steps) < 1.25 * Math.min(...steps), steps.join(' '));
    });

    test(`${name}: 0 %, no reading and offline are told apart, and offline is no percentage`, () => {
      const offline = colorAt(pixels, OFFLINE_CELL);
      assert.equal(pixels[MISSING], 0, 'no reading is transparent');
      assert.ok(distance(ramp[0] ?? background, background) > 0.06);
      assert.ok(distance(offline, background) > 0.15);
      const nearest = Math.min(...ramp.map(color => distance(color, offline)));
      assert.ok(nearest > 0.04, String(nearest));
    });
  }

  test('every value has a place', () => {
    assert.equal(cellOf(Number.NaN), MISSING);
    assert.equal(cellOf(OFFLINE), OFFLINE_CELL);
    assert.notEqual(cellOf(0), MISSING);
    assert.equal(cellOf(100), cellOf(0) + 100);
    assert.equal(cellOf(250), cellOf(100));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), value => {
        assert.equal(cellOf(value), cellOf(0) + Math.round(value));
      }),
    );
  });
});
