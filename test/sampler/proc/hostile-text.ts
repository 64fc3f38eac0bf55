import fc from 'fast-check';

const HOSTILE_NUMBERS = [
  '-1',
  '-9223372036854775808',
  '18446744073709551615',
  '9'.repeat(400),
  'NaN',
  'Infinity',
  '1e308',
  '0x10',
  '1.5',
  '..',
  '',
  '٣',
] as const;

/**
 * What a file might hold that once held `sample`: cut off anywhere, numbers replaced by impossible ones, lines in
 * another order, doubled or missing, bytes changed, or nothing of it at all.
 */
export function hostileText(sample: string): fc.Arbitrary<Uint8Array> {
  const lines = sample.split('\n');
  const text = fc.oneof(
    fc.nat(sample.length).map(length => sample.slice(0, length)),
    fc
      .tuple(fc.constantFrom(...HOSTILE_NUMBERS), fc.nat(99), fc.integer({ min: 1, max: 30 }))
      .map(([number, first, step]) => replaceNumbers(sample, number, first, step)),
    fc.shuffledSubarray(lines, { minLength: 0 }).map(some => some.join('\n')),
    fc.array(fc.constantFrom(...lines), { maxLength: 40 }).map(some => some.join('\n')),
  );
  const bytes = fc
    .tuple(
      text.map(content => Buffer.from(content)),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
    )
    .map(([content, changes]) => {
      for (const [at, byte] of changes) if (content.length > 0) content[at % content.length] = byte;
      return Uint8Array.from(content);
    });
  return fc.oneof(bytes, fc.uint8Array({ maxLength: 300 }));
}

/** Replaces every `step`-th number from the `first` on. */
function replaceNumbers(sample: string, number: string, first: number, step: number): string {
  let at = -first;
  return sample.replace(/\d+/g, digits => (at++ % step === 0 && at > 0 ? number : digits));
}
