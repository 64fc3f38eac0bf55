import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import { AgeKeyError } from '../../../src/sync/envelope/recipients.ts';
import { seal } from '../../../src/sync/envelope/seal.ts';
import { unseal } from '../../../src/sync/envelope/unseal.ts';
import { collect, inPieces, patterned } from './collect.ts';

const key = LocalKey.generate();

/** Where the age file begins; see docs/encryption.md. */
const AGE_AT = 88;

async function opened(sealed: Buffer, keys: Parameters<typeof unseal>[1]): Promise<Buffer> {
  return collect((await unseal([sealed], keys)).plaintext);
}

describe('a sealed file', () => {
  test('is opened with the local key among several, and says what it holds', async () => {
    const plaintext = patterned(200_000);
    const sealed = await collect(seal([plaintext], { key, content: 'parquet' }));
    const local = [LocalKey.generate(), key, LocalKey.generate()];
    const { content, plaintext: stream } = await unseal(inPieces(sealed, [1, 4096, 77]), { local });
    assert.equal(content, 'parquet');
    assert.ok((await collect(stream)).equals(plaintext));
  });

  test('of any bytes comes back, by the local key and by each recipient', async () => {
    const identities = [await generateIdentity(), await generateIdentity()];
    const recipients = await Promise.all(identities.map(identityToRecipient));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
        const sealed = await collect(seal([bytes], { key, recipients }));
        assert.deepEqual(await opened(sealed, { local: [key] }), Buffer.from(bytes));
        for (const identity of identities)
          assert.deepEqual(await opened(sealed, { identities: [identity] }), Buffer.from(bytes));
      }),
      { numRuns: 20 },
    );
  });

  test('holds nothing of its plaintext or its key', async () => {
    const plaintext = Buffer.alloc(70_000, 'total_utilization,');
    const sealed = await collect(seal([plaintext], { key }));
    assert.equal(sealed.indexOf('utilization'), -1);
    assert.equal(sealed.indexOf(key.reveal()), -1);
  });

  test('names its key when it is for nobody else', async () => {
    const sealed = await collect(seal([], { key }));
    assert.ok(sealed.includes(Buffer.from(key.id, 'hex')));
  });

  test('for others has nothing in common with another one of the same machine', async () => {
    const recipients = [await identityToRecipient(await generateIdentity())];
    const [one, other] = [
      await collect(seal([], { key, recipients })),
      await collect(seal([], { key, recipients })),
    ];
    assert.equal(one.indexOf(Buffer.from(key.id, 'hex')), -1);
    // Magic, version and kind are those of every file; the age file's first line is that of every age file.
    for (let at = 10; at + 8 <= AGE_AT - 2; at++)
      assert.equal(other.indexOf(one.subarray(at, at + 8)), -1, `byte ${at}`);
  });

  test('is sealed for many recipients, and refused for more than fit', async () => {
    const recipient = await identityToRecipient(await generateIdentity());
    const sealed = await collect(seal([], { key, recipients: Array<string>(160).fill(recipient) }));
    assert.deepEqual(await opened(sealed, { local: [key] }), Buffer.alloc(0));
    await assert.rejects(
      collect(seal([], { key, recipients: Array<string>(200).fill(recipient) })),
      AgeKeyError,
    );
  });

  test('is not made for what is no recipient, and the message does not repeat it', async () => {
    const identity = await generateIdentity();
    const wrong = ['', 'age1', 'ssh-ed25519 AAAA', identity];
    for (const recipient of wrong) {
      await assert.rejects(collect(seal([], { key, recipients: [recipient] })), (error: unknown) => {
        assert.ok(error instanceof AgeKeyError);
        assert.match(error.message, /^recipient 1 is not an age recipient/);
        assert.ok(!inspect(error).includes('AGE-SECRET-KEY-1Q') && !inspect(error).includes(identity));
        return true;
      });
    }
  });
});

describe('a local key', () => {
  test('shows none of its bytes when it is printed or serialised', () => {
    const secret = key.reveal();
    const shown = `${inspect(key, { depth: 9, showHidden: true })}${JSON.stringify(key)}`;
    for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const)
      assert.ok(!shown.includes(secret.toString(form)), form);
  });

  test('has the same id each time, and 32 bytes', () => {
    assert.equal(LocalKey.of(key.reveal()).id, key.id);
    assert.match(key.id, /^[0-9a-f]{32}$/);
    assert.throws(() => LocalKey.of(Buffer.alloc(31)), /a key has 32 bytes, not 31/);
  });
});
