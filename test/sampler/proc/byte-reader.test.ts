import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ascii, ByteReader } from '../../../src/sampler/proc/byte-reader.ts';
import { load } from './load.ts';

function readerOf(text: string | Uint8Array): ByteReader {
  const reader = new ByteReader(8);
  load(reader, text);
  return reader;
}

describe('ByteReader', () => {
  test('reads whole numbers that white space follows, and no others', () => {
    const reader = readerOf('  12\t0 18446744073709551615\n7');
    assert.equal(reader.unsigned(), 12);
    assert.equal(reader.unsigned(), 0);
    assert.equal(reader.unsigned(), 18446744073709551615);
    assert.ok(Number.isNaN(reader.unsigned()), 'a number does not cross a line end');
    assert.ok(reader.nextLine());
    assert.ok(Number.isNaN(reader.unsigned()), 'a number that ends with the content may have been cut');
    for (const text of ['', ' ', '-1 ', 'x ', '12x ', '1.5 ']) {
      assert.ok(Number.isNaN(readerOf(text).unsigned()), JSON.stringify(text));
    }
  });

  test('numbers of a line read in one go are those read one by one', () => {
    const text = fc.stringMatching(/^[ 0-9\tx\n]{0,40}$/);
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), (line, count) => {
        const oneByOne = readerOf(line);
        const expected = Array.from({ length: count }, () => oneByOne.unsigned());
        const atOnce = readerOf(line);
        const into = new Float64Array(count);
        const isWhole = atOnce.unsignedRow(into, count);
        assert.equal(isWhole, !expected.some(Number.isNaN));
        if (!isWhole) return;
        assert.deepEqual([...into], expected);
        assert.equal(atOnce.at, oneByOne.at);
      }),
      { examples: [['1 22\t333 4\n', 4]] },
    );
  });

  test('reads decimal numbers', () => {
    const reader = readerOf('0.42 100.00 7 .5 3.\n');
    assert.equal(reader.decimal(), 0.42);
    assert.equal(reader.decimal(), 100);
    assert.equal(reader.decimal(), 7);
    assert.equal(reader.decimal(), 0.5);
    assert.equal(reader.decimal(), 3);
    for (const text of ['.\n', '1.2.3\n', '1.2', '-1.0\n', '1,5\n', '1e5\n', '']) {
      assert.ok(Number.isNaN(readerOf(text).decimal()), JSON.stringify(text));
    }
  });

  test('any number comes back as it was written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), value => {
        assert.equal(readerOf(`${value} `).unsigned(), value);
        assert.equal(readerOf(`${value}\n`).decimal(), value);
      }),
    );
    fc.assert(
      fc.property(fc.nat(99_999_999), fc.nat(99), (whole, hundredths) => {
        const text = `${whole}.${String(hundredths).padStart(2, '0')}`;
        assert.equal(readerOf(`${text}\n`).decimal(), Number(text));
      }),
    );
  });

  test('goes from line to line', () => {
    const reader = readerOf('a\n\nlonger line\nlast');
    const starts: number[] = [];
    do starts.push(reader.at);
    while (reader.nextLine());
    assert.deepEqual(starts, [0, 2, 3, 15]);
    assert.equal(readerOf('only\n').nextLine(), false);
    assert.equal(readerOf('').nextLine(), false);
  });

  test('does not look at what an earlier, longer content left behind', () => {
    const reader = readerOf('1234567890\nabc def\n');
    reader.bytes.write('12');
    reader.rewind(2);
    assert.ok(Number.isNaN(reader.unsigned()));
    reader.rewind(2);
    assert.equal(reader.nextLine(), false);
    reader.rewind(2);
    assert.equal(reader.take(ascii('1234')), false);
    reader.rewind(2);
    assert.ok(Number.isNaN(reader.key()));
    reader.rewind(0);
    assert.equal(reader.peek(), 0);
    assert.equal(reader.skipWord(), false);
  });

  test('takes a word only where it stands', () => {
    const reader = readerOf('cpu0 1\n');
    assert.equal(reader.take(ascii('cpx')), false);
    assert.equal(reader.at, 0);
    assert.ok(reader.take(ascii('cpu')));
    assert.equal(reader.unsigned(), 0);
    assert.ok(reader.skipWord());
    assert.equal(reader.skipWord(), false, 'no word is left in the line');
  });

  test('gives the same key to the same word only, and tells where the word is', () => {
    const keys = new Map<number, string>();
    for (let i = 0; i < 20_000; i++) {
      const word = `veth${i.toString(36)}`;
      const reader = readerOf(` ${word}: 1\n`);
      const key = reader.key(':'.charCodeAt(0));
      assert.ok(Number.isSafeInteger(key));
      assert.equal(reader.bytes.toString('latin1', reader.keyStart, reader.keyEnd), word);
      assert.equal(keys.get(key), undefined, `${word} and ${keys.get(key) ?? ''} have the same key`);
      keys.set(key, word);
    }
    assert.equal(readerOf('sda 1\n').key(), readerOf('   sda\t2\n').key());
    assert.ok(Number.isNaN(readerOf('\n').key()));
  });

  test('never throws and never leaves its content, whatever the bytes', () => {
    const steps = fc.array(
      fc.constantFrom<(reader: ByteReader) => unknown>(
        reader => reader.unsigned(),
        reader => reader.decimal(),
        reader => reader.key(),
        reader => reader.key(0x3a),
        reader => reader.skipWord(),
        reader => reader.nextLine(),
        reader => reader.take(ascii('cpu')),
        reader => {
          reader.skipSpaces();
        },
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), steps, (bytes, list) => {
        const reader = readerOf(bytes);
        let before = 0;
        for (const step of list) {
          const result = step(reader);
          if (typeof result === 'number') assert.ok(Number.isNaN(result) || result >= 0);
          assert.ok(reader.at >= before && reader.at <= reader.end);
          before = reader.at;
        }
      }),
    );
  });
});
