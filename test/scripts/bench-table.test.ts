import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMarkdownTable, formatTable } from '../../scripts/bench/table.ts';

test('the first column stands left, the others right, each as wide as its widest cell', () => {
  const text = formatTable({
    head: ['part', 'µs'],
    rows: [
      ['cpu', '7.1'],
      ['network', '120.4'],
    ],
  });
  assert.deepEqual(text.split('\n'), [
    'part        µs',
    '───────  ─────',
    'cpu        7.1',
    'network  120.4',
  ]);
});

test('a column of words at the end leaves no spaces behind it', () => {
  const text = formatTable({
    head: ['a', 'b', 'words'],
    align: ['left', 'right', 'left'],
    rows: [['1', '2', '']],
  });
  assert.deepEqual(text.split('\n'), ['a  b  words', '─  ─  ─────', '1  2']);
});

test('a row with fewer cells than the head is filled up', () => {
  assert.equal(
    formatTable({ head: ['a', 'b'], rows: [['x']] })
      .split('\n')
      .at(-1),
    'x',
  );
});

test('cells keep their order and are two spaces apart', () => {
  const cell = fc.stringMatching(/^[a-zµ€0-9.]{1,12}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }), rows => {
      const [, , ...lines] = formatTable({ head: ['a', 'b', 'c'], rows }).split('\n');
      assert.deepEqual(
        lines.map(line => line.split(/ {2,}/)),
        rows,
      );
    }),
  );
});

test('as Markdown', () => {
  const table = formatMarkdownTable({
    head: ['part', 'µs', 'of which'],
    align: ['left', 'right', 'left'],
    rows: [
      ['cpu|x', '7.1'],
      ['all', '8', 'much'],
    ],
  });
  assert.deepEqual(table.split('\n'), [
    '| part | µs | of which |',
    '|---|--:|---|',
    '| cpu\\|x | 7.1 |  |',
    '| all | 8 | much |',
  ]);
});
