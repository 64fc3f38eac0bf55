import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildValues, toSnakeCase, valueAt } from '../../../src/common/config/key.ts';
import { KEYS } from '../../../src/common/config/schema.ts';

test('a value is found by its path, and nothing inherited is', () => {
  assert.equal(valueAt({ a: { b: 0 } }, ['a', 'b']), 0);
  assert.deepEqual(valueAt({ a: { b: 0 } }, ['a']), { b: 0 });
  assert.equal(valueAt({ a: null }, ['a', 'b']), undefined);
  assert.equal(valueAt({ a: 'text' }, ['a', 'length']), undefined);
  assert.equal(valueAt({}, ['constructor', 'name']), undefined);
  assert.equal(valueAt({}, ['__proto__']), undefined);
  assert.equal(valueAt(Object.create({ a: 1 }), ['a']), undefined);
});

test('values are built for the keys that have one', () => {
  assert.deepEqual(
    buildValues(KEYS, key => (key.yaml === 'cloud.gdrive.folder_name' ? 'x' : undefined)),
    { cloud: { gdrive: { folderName: 'x' } } },
  );
  assert.deepEqual(
    buildValues(KEYS, () => undefined),
    {},
  );
});

test('camelCase becomes snake_case', () => {
  assert.equal(toSnakeCase('maxFileSizeMb'), 'max_file_size_mb');
  assert.equal(toSnakeCase('cloud'), 'cloud');
});
