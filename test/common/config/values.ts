import fc from 'fast-check';
import type { NamedKey } from '../../../src/common/config/key.ts';

/** Values that the manifest's JSON schema of a key allows: an independent statement of what the key accepts. */
export function allowedValues(key: NamedKey): fc.Arbitrary<unknown> {
  return allowedBy(key.kind.json);
}

/** Public keys of age have a checksum, which no pattern tells. */
const PUBLIC_KEY = '^age1[02-9ac-hj-np-z]{58}$';
const PUBLIC_KEYS = [
  'age1hkuazx9p2h6ngu8r5chht3rxykdss8tv5majcdsdx2unetrf53yqe8dd55',
  'age10plwh2hmqqsy52024qzk0ggxftzzg5pjlzs3s59k6nxr9e63tdrsal6pg6',
  'age1f0962k3y3gdzlfr5j6cpf9g63g3w02ffatsk427r459l2kha7s0qmp2ky6',
];

function allowedBy(json: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> {
  if (Array.isArray(json['enum'])) return fc.constantFrom(...(json['enum'] as unknown[]));
  const min = (json['minimum'] ?? json['exclusiveMinimum']) as number;
  const max = json['maximum'] as number;
  switch (json['type']) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min, max });
    case 'number':
      return fc
        .double({ min, max, minExcluded: 'exclusiveMinimum' in json, noNaN: true })
        .map(value => (value === 0 ? 0 : value));
    case 'string': {
      if (json['pattern'] === PUBLIC_KEY) return fc.constantFrom(...PUBLIC_KEYS);
      if (!('minLength' in json) && 'maxLength' in json && 'pattern' in json)
        return fc
          .stringMatching(new RegExp(json['pattern'] as string))
          .filter(text => text.length <= (json['maxLength'] as number));
      const pattern = new RegExp((json['pattern'] as string | undefined) ?? '', 'u');
      return fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
        .filter(text => !/\p{Cc}/u.test(text) && pattern.test(text));
    }
    case 'object':
      return fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/), ranges(json), {
        maxKeys: 5,
        noNullPrototype: true,
      });
    case 'array':
      return fc.array(allowedBy(json['items'] as Record<string, unknown>), {
        maxLength: Math.min(json['maxItems'] as number, 20),
      });
    default:
      throw new Error(`no values for ${JSON.stringify(json)}`);
  }
}

/** Ranges of some of the metrics that a profile may have. */
function ranges(json: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> {
  const metrics = Object.keys(
    (json['additionalProperties'] as { properties: Record<string, unknown> }).properties,
  );
  const range = fc
    .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: 1000 }))
    .map(([least, width]) => [least, least + width]);
  return fc.dictionary(fc.constantFrom(...metrics), range, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
}

/** Values that the manifest's JSON schema of a key forbids and that still have its type, at the edges of its range. */
export function forbiddenNeighbours(key: NamedKey): readonly unknown[] {
  const json = key.kind.json;
  const found: unknown[] = [null, [[]], Number.NaN, Number.POSITIVE_INFINITY];
  if (json['type'] !== 'object') found.push({});
  else
    found.push(
      { a: {} },
      { A: { cpu_utilization: [0, 1] } },
      { a: { cpu_utilization: [1, 0] } },
      { a: { other: [0, 1] } },
    );
  if (typeof json['minimum'] === 'number') found.push(json['minimum'] - 1e-9);
  if (typeof json['exclusiveMinimum'] === 'number') found.push(json['exclusiveMinimum']);
  if (typeof json['maximum'] === 'number') found.push(json['maximum'] + 1e-9);
  if (json['type'] === 'integer') found.push((json['minimum'] as number) + 0.5);
  if (json['type'] !== 'boolean') found.push(true);
  if (json['type'] !== 'string') found.push('true');
  if (json['type'] === 'string')
    found.push(1, '', 'a\0b', 'a\nb', 'x'.repeat(((json['maxLength'] as number | undefined) ?? 99) + 1));
  if (json['type'] === 'array') {
    const items = json['items'] as Record<string, unknown>;
    found.push(items['type'] === 'string' ? ['other'] : [(items['maximum'] as number) + 1]);
    found.push(new Array((json['maxItems'] as number) + 1).fill(items['type'] === 'string' ? 'idle' : 1));
  }
  return found;
}
