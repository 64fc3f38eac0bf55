import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { appearances } from '../../webview/appearance.ts';
import { cpuCard } from '../../webview/charts/cpu.ts';
import { buildLayout } from '../../src/common/layout.ts';
import { cssColor, lineColor, mix } from '../../webview/theme.ts';
import { resolve, themeOf } from './support/theme-of.ts';
import { THEMES, type ThemeName } from './support/themes.ts';

describe('readTheme', () => {
  test('knows the four kinds', () => {
    for (const name of Object.keys(THEMES) as ThemeName[]) {
      const theme = themeOf(name);
      assert.equal(theme.kind, name);
      assert.equal(theme.isHighContrast, name.startsWith('high-contrast'));
      assert.deepEqual(theme.chart.blue, resolve(THEMES[name].variables['charts-blue']));
      assert.deepEqual(theme.background, resolve(THEMES[name].variables['editor-background']));
    }
  });

  test('every line is opaque, also where the theme’s colour for it is not', () => {
    assert.match(THEMES.dark.variables['charts-orange'], /^rgba\(.*, 0\.\d+\)$/);
    for (const name of Object.keys(THEMES) as ThemeName[])
      for (const { a } of Object.values(themeOf(name).chart)) assert.equal(a, 1);
  });

  test('a colour that the theme leaves out is its foreground; text in high contrast is never muted', () => {
    const theme = themeOf('dark', ['charts-green', 'descriptionForeground']);
    assert.deepEqual(theme.chart.green, theme.foreground);
    assert.deepEqual(theme.muted, theme.foreground);
    const contrast = themeOf('high-contrast');
    assert.deepEqual(contrast.muted, contrast.foreground);
  });

  test('shades lie between the colour and the text or the background', () => {
    const theme = themeOf('dark');
    assert.deepEqual(lineColor(theme, 'blue', 0), theme.chart.blue);
    assert.deepEqual(lineColor(theme, 'blue', 1), mix(theme.chart.blue, theme.foreground, 0.4));
    assert.deepEqual(lineColor(theme, 'blue', 2), mix(theme.chart.blue, theme.background, 0.4));
    assert.equal(cssColor({ r: 1, g: 2, b: 3, a: 0.5 }), 'rgba(1, 2, 3, 0.5)');
  });
});

describe('appearances', () => {
  const chart = cpuCard(buildLayout({ core: 4, gpu: 0, disk: 0 }), 'all')?.charts[0] ?? assert.fail();
  const spread = cpuCard(buildLayout({ core: 40, gpu: 0, disk: 0 }), 'all')?.charts[0] ?? assert.fail();

  test('high contrast: thicker, told apart by dashes, no tints', () => {
    const plain = appearances(chart, themeOf('dark'));
    const contrast = appearances(chart, themeOf('high-contrast'));
    contrast.forEach((look, index) => {
      assert.ok(look.width > (plain[index]?.width ?? 0));
      assert.equal(look.area, undefined);
    });
    const [total, ...cores] = contrast.map(look => look.dash.join());
    assert.equal(total, '');
    assert.ok(!cores.slice(0, 3).includes(''));
    assert.ok(plain.every(look => look.dash.length === 0));
  });

  test('the area is under the main line, or between the quartiles', () => {
    const areas = (definition: typeof chart): number[] =>
      appearances(definition, themeOf('dark')).flatMap((look, index) =>
        look.area === undefined ? [] : index,
      );
    assert.deepEqual(areas(chart), [0]);
    assert.deepEqual(areas(spread), [2]);
  });
});
