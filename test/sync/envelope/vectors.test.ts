import assert from 'node:assert/strict';
import { createHash, createSecretKey } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { deriveKey, hkdf, PURPOSE } from '../../../src/sync/envelope/derive.ts';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import { unseal } from '../../../src/sync/envelope/unseal.ts';
import { collect } from './collect.ts';

interface FileVector {
  readonly data_key: string;
  readonly header_key: string;
  readonly header_sha256: string;
  readonly content_key: string;
  readonly file: string;
}

interface Vectors {
  readonly key: string;
  readonly wrapping_key: string;
  readonly naming_key: string;
  readonly key_id: string;
  readonly identity: string;
  readonly text: string;
  readonly backup: FileVector;
  readonly contribution: FileVector;
  readonly empty: FileVector;
}

const ROOT = path.join(import.meta.dirname, '..', '..', '..');
const document = fs.readFileSync(path.join(ROOT, 'docs', 'encryption.md'), 'utf8');
const vectors = JSON.parse(/```json vectors\n([^]*?)```/.exec(document)?.[1] ?? '') as Vectors;

const hex = (text: string) => Buffer.from(text, 'hex');
const shown = (key: ReturnType<typeof deriveKey>) => key.export().toString('hex');

describe('the test vectors of docs/encryption.md', () => {
  const secret = createSecretKey(hex(vectors.key));
  const key = LocalKey.of(hex(vectors.key));

  test('have the keys that come of the local key', () => {
    assert.equal(shown(deriveKey(secret, PURPOSE.wrap)), vectors.wrapping_key);
    assert.equal(shown(deriveKey(secret, PURPOSE.keyId)), vectors.naming_key);
    assert.equal(key.id, vectors.key_id);
  });

  for (const name of ['backup', 'contribution', 'empty'] as const) {
    test(`${name}: every value, and the content`, async () => {
      const { data_key: dataKey, header_key, header_sha256, content_key, file: text } = vectors[name];
      const file = hex(text);
      const end = 88 + file.readUInt16BE(86) + 32;
      const unwrapped = key.unwrap(file.subarray(38, 86), file.subarray(26, 38), file.subarray(0, 26));
      assert.ok(unwrapped);
      assert.equal(shown(unwrapped), dataKey);
      assert.equal(shown(deriveKey(unwrapped, PURPOSE.header)), header_key);
      const digest = createHash('sha256').update(file.subarray(0, end)).digest();
      assert.equal(digest.toString('hex'), header_sha256);
      assert.equal(shown(hkdf(unwrapped, file.subarray(end + 1, end + 33), digest)), content_key);

      const ways = [
        { local: [key] },
        ...(name === 'contribution' ? [{ identities: [vectors.identity] }] : []),
      ];
      for (const way of ways) {
        const { content, plaintext } = await unseal([file], way);
        assert.equal(content, name === 'empty' ? 'bytes' : 'csv');
        assert.equal((await collect(plaintext)).toString(), name === 'empty' ? '' : vectors.text);
      }
    });
  }

  test('two-chunks.sealed', async () => {
    const file = fs.readFileSync(path.join(ROOT, 'test', 'fixtures', 'encryption', 'two-chunks.sealed'));
    const { plaintext } = await unseal([file], { local: [key] });
    const expected = Buffer.from(Array.from({ length: 65_481 }, (_, at) => (31 * at) % 256));
    assert.ok((await collect(plaintext)).equals(expected));
  });
});
