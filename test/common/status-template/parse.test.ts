import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_WINDOW_SETTINGS } from '../../../src/common/config/schema.ts';
import { formatNames } from '../../../src/common/status-template/formats.ts';
import {
  LONGEST_TEMPLATE,
  parseTemplate,
  type Template,
  type TemplateFault,
  type TextPart,
  type TokenPart,
} from '../../../src/common/status-template/parse.ts';
import { templatePattern } from '../../../src/common/status-template/pattern.ts';
import { findToken, kindOf, TOKEN_NAMES } from '../../../src/common/status-template/tokens.ts';

const PATTERN = new RegExp(templatePattern(), 'u');

function parsed(text: string): Template {
  const result = parseTemplate(text);
  assert.ok(result.ok, JSON.stringify(result));
  return result.template;
}

function fault(text: string): TemplateFault {
  const result = parseTemplate(text);
  assert.ok(!result.ok, `${text} passed`);
  return result.fault;
}

/** Every way to write a token: with its formats, those with a number too. */
const TOKENS = [...TOKEN_NAMES, 'gpu7Temp', 'gpu63'].flatMap(name => {
  const token = findToken(name);
  assert.ok(token, name);
  return [name, ...formatNames(kindOf(token)).map(format => `${name}:${format}`)].map(source => ({
    source: `{${source}}`,
    part: parsed(`{${source}}`)[0] as TokenPart,
  }));
});

describe('a template', () => {
  test('is text, tokens with formats, and groups', () => {
    assert.deepEqual(parsed('$(pulse) CPU {cpu:.1}[ GPU {gpu0Temp:f}] {ram:gib.2} {gpu:spark12}'), [
      { type: 'text', text: '$(pulse) CPU ' },
      { type: 'token', token: { name: 'cpu' }, format: { decimals: 1 } },
      {
        type: 'group',
        parts: [
          { type: 'text', text: ' GPU ' },
          { type: 'token', token: { name: 'Temp', gpu: 0 }, format: { word: 'f' } },
        ],
      },
      { type: 'text', text: ' ' },
      { type: 'token', token: { name: 'ram' }, format: { word: 'gib', decimals: 2 } },
      { type: 'text', text: ' ' },
      { type: 'token', token: { name: 'gpu' }, format: { word: 'spark', cells: 12 } },
    ]);
  });

  test('has doubled braces and brackets for one', () => {
    assert.deepEqual(parsed('{{cpu}} [[x]] {{{cpu}}}'), [
      { type: 'text', text: '{cpu} [x] {' },
      { type: 'token', token: { name: 'cpu' }, format: {} },
      { type: 'text', text: '}' },
    ]);
  });

  test('is right by default, in both forms', () => {
    const { template, compactTemplate } = DEFAULT_WINDOW_SETTINGS.statusBar;
    assert.ok(parsed(template).length > 0 && parsed(compactTemplate).length > 0);
  });

  test('that is wrong says what and where', () => {
    const wrong: readonly [string, Partial<TemplateFault>][] = [
      ['', { kind: 'empty', at: 1 }],
      [' \u2007', { kind: 'empty', at: 1 }],
      ['x'.repeat(LONGEST_TEMPLATE + 1), { kind: 'tooLong', at: LONGEST_TEMPLATE + 1 }],
      ['CPU {cpux}', { kind: 'token', at: 5, text: 'cpux' }],
      ['{}', { kind: 'token', at: 1, text: '' }],
      ['{gpu64}', { kind: 'token', at: 1, text: 'gpu64' }],
      ['{gpu00}', { kind: 'token', at: 1, text: 'gpu00' }],
      ['{constructor}', { kind: 'token', at: 1, text: 'constructor' }],
      ['CPU {cpu:gib}', { kind: 'format', at: 10, text: 'cpu', format: 'gib', tokenKind: 'percent' }],
      ['{cpu:}', { kind: 'format', at: 6, text: 'cpu', format: '' }],
      ['{cpu:.3}', { kind: 'format', at: 6, format: '.3' }],
      ['{cpu:spark61}', { kind: 'format', at: 6, format: 'spark61' }],
      ['{cpu:spark0}', { kind: 'format', at: 6, format: 'spark0' }],
      ['{classTime:x}', { kind: 'format', at: 12, tokenKind: 'word' }],
      ['CPU {cpu', { kind: 'openBrace', at: 5 }],
      ['CPU cpu}', { kind: 'closingBrace', at: 8 }],
      ['a [GPU {gpu}', { kind: 'openBracket', at: 3 }],
      ['GPU {gpu}]', { kind: 'closingBracket', at: 10 }],
      ['[a [{gpu}]]', { kind: 'nested', at: 4 }],
      ['{cpu}[ GPU]', { kind: 'constant', at: 6 }],
      ['{cpu}\n', { kind: 'control', at: 6 }],
    ];
    for (const [text, expected] of wrong) {
      const found = fault(text);
      assert.deepEqual({ ...found, ...expected }, found, text);
    }
  });

  test('of any parts comes back as it was written', () => {
    const literal = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
      .filter(text => !/\p{Cc}/u.test(text))
      .map(text => ({
        source: text.replace(/[{}[\]]/g, '$&$&'),
        part: { type: 'text', text } satisfies TextPart,
      }));
    const token = fc.constantFrom(...TOKENS);
    // Two texts that follow each other are one.
    const between = fc
      .array(fc.tuple(fc.option(literal, { nil: undefined }), token), { maxLength: 3 })
      .chain(pairs =>
        fc
          .option(literal, { nil: undefined })
          .map(last => [...pairs.flat(), last].filter(piece => piece !== undefined)),
      );
    const group = between
      .filter(pieces => pieces.some(piece => piece.part.type === 'token'))
      .map(pieces => ({
        source: `[${pieces.map(piece => piece.source).join('')}]`,
        part: { type: 'group', parts: pieces.map(piece => piece.part) } as const,
      }));
    const all = fc
      .tuple(token, between, group, token, group)
      .map(([a, pieces, b, c, d]) => [a, ...pieces, b, c, d])
      // What ends a part must not be read together with what begins the next.
      .filter(pieces => !/\[\[\[|\]\]\]/.test(pieces.map(piece => piece.source).join('')));
    fc.assert(
      fc.property(all, pieces => {
        const source = pieces.map(piece => piece.source).join('');
        fc.pre(source.length <= LONGEST_TEMPLATE);
        assert.deepEqual(
          parsed(source),
          pieces.map(piece => piece.part),
        );
        assert.match(source, PATTERN);
      }),
      { numRuns: 500 },
    );
  });

  test('of any text is taken or refused at a place in it, just as the settings editor does', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '{{',
        '}}',
        '[[',
        ']]',
        ':',
        '.1',
        'spark',
        'gpu',
        'cpu',
        ' ',
        '\n',
        '$(',
      ),
      fc.constantFrom(...TOKENS.map(({ source }) => source)),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('{cpu:gib}', '{gpu64}', '{ram:gib.3}', '{cpu}}', '{cpu:spark60}', '{cpu:spark61}'),
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
        const text = pieces.join('');
        const result = parseTemplate(text);
        assert.equal(PATTERN.test(text), result.ok, text);
        if (result.ok) taken++;
        else assert.ok(result.fault.at >= 1 && result.fault.at <= text.length + 1);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(taken > 50, `${String(taken)} were right`);
  });

  test('cannot make the settings editor’s expression take long', () => {
    // Would take years if it tried every way to read them.
    for (const text of ['[', ']', '[[', '{', '{{', '}', '[{cpu}', '{cpu}', '[x'])
      assert.equal(PATTERN.test(`${text.repeat(80)}\n`), false);
  });
});
