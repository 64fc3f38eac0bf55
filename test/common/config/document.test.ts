import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { documentedConfig } from '../../../src/common/config/document.ts';
import { valueAt } from '../../../src/common/config/key.ts';
import { DEFAULT_CONFIG, KEYS } from '../../../src/common/config/schema.ts';
import { parseYamlConfig } from '../../../src/common/config/yaml.ts';

const text = readFileSync(new URL('../../../configs/config.yaml', import.meta.url), 'utf8');

describe('configs/config.yaml', () => {
  test('is what the configuration table says', () => {
    assert.equal(text, documentedConfig(), 'run: node --import tsx scripts/generate.mjs');
  });

  test('names every key and gives exactly the defaults, without a problem or a notice', () => {
    const { config, problems, notices } = parseYamlConfig(text, 'config.yaml');
    assert.deepEqual(problems, []);
    assert.deepEqual(notices, []);
    for (const key of KEYS) assert.notEqual(valueAt(config, key.path), undefined, key.yaml);
    assert.deepEqual(config, DEFAULT_CONFIG);
  });

  test('explains every key in lines that fit', () => {
    const lines = text.split('\n');
    for (const key of KEYS) {
      const name = key.yaml.slice(key.yaml.lastIndexOf('.') + 1);
      const at = lines.findIndex(line => line.trimStart().startsWith(`${name}:`));
      assert.match(lines[at - 1] ?? '', /^ +# .+\.$/, key.yaml);
    }
    for (const line of lines) assert.ok(line.length <= 120, line);
  });
});
