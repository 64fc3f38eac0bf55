import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import prettier from 'prettier';
import { codiconsModule } from '../../scripts/docs/codicons.ts';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { CATEGORIES, UNKNOWN } from '../../src/common/workload.ts';
import { workloadIcon } from '../../src/common/workload-icons.ts';
import { CODICONS } from '../../webview/icons/codicons.ts';
import { ICON_NAMES } from '../../webview/icons/icon-names.ts';

const drawing = (name: string): string =>
  fs.readFileSync(path.join(ROOT, 'node_modules/@vscode/codicons/src/icons', `${name}.svg`), 'utf8');

describe('the icons', () => {
  test('are those of the package; if not, run npm run generate', async () => {
    const file = path.join(ROOT, 'webview/icons/codicons.ts');
    const options = await prettier.resolveConfig(file);
    const text = await prettier.format(codiconsModule(ICON_NAMES, drawing), { ...options, filepath: file });
    assert.equal(fs.readFileSync(file, 'utf8'), text);
  });

  test('are a small part of the page', () => {
    const bytes = Object.values(CODICONS).reduce((sum, outline) => sum + outline.length, 0);
    assert.ok(bytes < 32_768, `${String(bytes)} bytes; the whole font has about 80,000`);
  });

  test('there is one of its own for every class, and one for those of the user’s own', () => {
    const names = [...CATEGORIES, UNKNOWN, 'my_own'].map(workloadIcon);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(CODICONS[name], /^M/);
    for (const category of ['toString', '__proto__']) assert.equal(workloadIcon(category), 'tag');
  });

  test('drawn in another way are refused', () => {
    const svg = (inside: string, box = '0 0 16 16'): string => `<svg viewBox="${box}">${inside}</svg>`;
    assert.match(
      codiconsModule(['a'], () => svg('<path d="M1 1"/><path d="M2 2"/>')),
      /'M1 1 M2 2'/,
    );
    for (const bad of [
      svg('<circle r="4"/>'),
      svg('<path fill="red"/>'),
      svg(''),
      svg('<path d="M1 1"/>', '0 0 24 24'),
    ])
      assert.throws(() => codiconsModule(['a'], () => bad), /the codicon a is drawn in another way/);
  });
});
