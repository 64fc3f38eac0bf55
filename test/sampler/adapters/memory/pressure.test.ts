import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSomePressure } from '../../../../src/sampler/adapters/memory/pressure.ts';
import { ByteReader } from '../../../../src/sampler/proc/byte-reader.ts';
import { hostileText } from '../../proc/hostile-text.ts';
import { load } from '../../proc/load.ts';

const reader = new ByteReader();

function parse(text: string | Uint8Array): number {
  load(reader, text);
  return parseSomePressure(reader);
}

const SAMPLE = `some avg10=1.81 avg60=0.79 avg300=0.84 total=19144051
full avg10=1.76 avg60=0.76 avg300=0.83 total=18781121
`;

test('reads the 10 s average of some tasks, wherever it stands', () => {
  assert.equal(parse(SAMPLE), 1.81);
  assert.equal(parse(SAMPLE.split('\n').reverse().join('\n').concat('\n')), 1.81);
  assert.equal(parse('some avg60=3.00 avg10=100.00\n'), 100);
  assert.equal(parse('some total=1 avg10=0.00\n'), 0);
});

test('gives none where there is none', () => {
  for (const text of [
    '',
    'full avg10=1.00\n',
    'some avg60=1.00\n',
    'some avg10=\n',
    'some avg10=x\n',
    'some avg10=1.0',
  ]) {
    assert.ok(Number.isNaN(parse(text)), JSON.stringify(text));
  }
});

test('whatever the bytes, it does not throw', () => {
  fc.assert(
    fc.property(hostileText(SAMPLE), text => {
      const value = parse(text);
      assert.ok(Number.isNaN(value) || value >= 0);
    }),
    { numRuns: 500 },
  );
});
