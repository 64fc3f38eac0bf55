import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../scripts/lib/paths.mjs';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly category: string; readonly title: string }[];
  };
}

const read = (name: string): unknown => JSON.parse(fs.readFileSync(path.join(ROOT, name), 'utf8'));

test('every command is run by an end-to-end test, by the title that it has in the palette', () => {
  const words = read('package.nls.json') as Readonly<Record<string, string>>;
  const { contributes } = read('package.json') as Manifest;
  const titles = contributes.commands.map(
    ({ category, title }) => `${category}: ${words[title.replaceAll('%', '')] ?? ''}`,
  );
  assert.ok(titles.length > 10);
  const folder = path.join(ROOT, 'test', 'e2e');
  const tests = fs
    .readdirSync(folder)
    .filter(name => name.endsWith('.test.ts'))
    .map(name => fs.readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
  assert.deepEqual(
    titles.filter(title => !tests.includes(`'${title}'`)),
    [],
  );
});
