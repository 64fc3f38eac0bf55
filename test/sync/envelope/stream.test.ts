import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import { seal } from '../../../src/sync/envelope/seal.ts';
import { OURS, type StreamParameters } from '../../../src/sync/envelope/stream.ts';
import { collect, decryptStream, encryptStream, inPieces, patterned } from './collect.ts';

interface Vector extends StreamParameters {
  readonly key: string;
  readonly associated: string;
  readonly plaintext: string;
  readonly ciphertext: string;
}

const { vectors } = JSON.parse(
  fs.readFileSync(
    path.join(import.meta.dirname, '..', '..', 'fixtures', 'encryption', 'tink-vectors.json'),
    'utf8',
  ),
) as { vectors: Vector[] };

/** Plaintext bytes of the first chunk and of each after it, with chunks of 64 KiB. */
const FIRST = 65_536 - 40 - 16;
const NEXT = 65_536 - 16;

describe('Tink’s own test vectors', () => {
  for (const [at, vector] of vectors.entries()) {
    test(`number ${at}: ${vector.digest}, ${vector.keyBytes * 8} bits, chunks of ${vector.chunkBytes} bytes`, async () => {
      const key = createSecretKey(Buffer.from(vector.key, 'hex'));
      const associated = Buffer.from(vector.associated, 'hex');
      const ciphertext = Buffer.from(vector.ciphertext, 'hex');
      const plaintext = await collect(decryptStream(key, associated, [ciphertext], vector));
      assert.equal(plaintext.toString(), vector.plaintext);
      const again = await collect(encryptStream(key, associated, [plaintext], vector));
      assert.equal(again.length, ciphertext.length);
      assert.equal(
        (await collect(decryptStream(key, associated, [again], vector))).toString(),
        vector.plaintext,
      );
    });
  }
});

describe('a stream', () => {
  const key = createSecretKey(randomBytes(32));
  const associated = Buffer.from('header');

  const sizes = [0, 1, 15, 16, 17, FIRST - 1, FIRST, FIRST + 1, 65_536, FIRST + NEXT - 1, FIRST + NEXT];
  for (const size of [...sizes, FIRST + NEXT + 1, FIRST + 3 * NEXT]) {
    test(`of ${size} bytes comes back, with 16 bytes more a chunk`, async () => {
      const plaintext = patterned(size);
      const sealed = await collect(encryptStream(key, associated, inPieces(plaintext, [65_536])));
      const chunks = 1 + Math.ceil(Math.max(0, size - FIRST) / NEXT);
      assert.equal(sealed.length, 40 + size + 16 * chunks);
      assert.ok((await collect(decryptStream(key, associated, [sealed]))).equals(plaintext));
    });
  }

  test('does not depend on the pieces in which it comes, empty ones included', async () => {
    const small: StreamParameters = { ...OURS, chunkBytes: 96 };
    const pieceSizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 700 }),
        pieceSizes,
        pieceSizes,
        async (plaintext, sizesIn, sizesOut) => {
          const sealed = await collect(
            encryptStream(key, associated, [...inPieces(plaintext, sizesIn), new Uint8Array()], small),
          );
          const pieces = [new Uint8Array(), ...inPieces(sealed, sizesOut)];
          assert.deepEqual(
            await collect(decryptStream(key, associated, pieces, small)),
            Buffer.from(plaintext),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is another each time', async () => {
    const plaintext = patterned(100);
    const one = await collect(encryptStream(key, associated, [plaintext]));
    const other = await collect(encryptStream(key, associated, [plaintext]));
    assert.ok(!one.subarray(40, 72).equals(other.subarray(40, 72)));
  });

  test('hands on what its source throws', async () => {
    function* broken(): Generator<Uint8Array> {
      throw new Error('the disk is gone');
    }
    await assert.rejects(collect(encryptStream(key, associated, broken())), /the disk is gone/);
    await assert.rejects(collect(decryptStream(key, associated, broken())), /the disk is gone/);
  });

  test('is encrypted as it comes: no more than a chunk and a piece is held', async () => {
    let given = 0;
    let taken = 0;
    let most = 0;
    function* source(): Generator<Uint8Array> {
      for (let at = 0; at < 64; at++) {
        given += 65_536;
        most = Math.max(most, given - taken);
        yield Buffer.alloc(65_536);
      }
    }
    for await (const piece of seal(source(), { key: LocalKey.generate() })) taken += piece.length;
    assert.ok(most <= 3 * 65_536, `${most} bytes were held`);
  });
});
