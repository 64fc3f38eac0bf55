import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { before, describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import {
  DamagedChunkError,
  DamagedHeaderError,
  EnvelopeError,
  NewerVersionError,
  NotSealedError,
  TrailingDataError,
  TruncatedError,
  UnknownKeyError,
} from '../../../src/sync/envelope/errors.ts';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import { seal } from '../../../src/sync/envelope/seal.ts';
import { type OpeningKeys, unseal } from '../../../src/sync/envelope/unseal.ts';
import { collect, type Outcome, outcomeOf, patterned } from './collect.ts';

/** Bytes of the header of a file without recipients, by docs/encryption.md, and of what comes before the first chunk. */
const HEADER = 120;
const STREAM_HEADER = 40;
const CHUNK = 65_536;
const FIRST_PLAIN = CHUNK - STREAM_HEADER - 16;

const key = LocalKey.generate();
const keys: OpeningKeys = { local: [key] };

type Kind = abstract new (...args: never[]) => EnvelopeError;

function open(sealed: Buffer, withKeys = keys): Promise<Outcome> {
  return outcomeOf(async () => (await unseal([sealed], withKeys)).plaintext);
}

/** A file whose bits from one on are flipped, one at a time, each in a copy. */
function* flipped(sealed: Buffer, from: number, to: number): Generator<[bit: number, file: Buffer]> {
  for (let bit = from * 8; bit < to * 8; bit++) {
    const file = Buffer.from(sealed);
    file[bit >> 3] = (file[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield [bit, file];
  }
}

function assertRefused({ error }: Outcome, kinds: readonly Kind[], what: string): void {
  assert.ok(
    kinds.some(kind => error instanceof kind),
    `${what}: ${inspect(error)}`,
  );
}

/** What an error of a header's byte may be. */
function kindsAt(at: number, isForOthers: boolean): Kind[] {
  if (at < 8) return [NotSealedError];
  if (at === 8) return [NewerVersionError, DamagedHeaderError];
  if (at < 10) return [DamagedHeaderError];
  if (at < 26) return [UnknownKeyError];
  // The id of a file for others depends on the nonce.
  if (at < 38) return isForOthers ? [UnknownKeyError] : [DamagedHeaderError];
  if (at < 86) return [DamagedHeaderError];
  // A length decides where the rest is looked for, and whether the file is for others.
  if (at < 88) return [DamagedHeaderError, UnknownKeyError, TruncatedError];
  return [DamagedHeaderError];
}

describe('every bit', () => {
  let sealed: Buffer;
  before(async () => {
    sealed = await collect(seal([patterned(20)], { key, content: 'csv' }));
    assert.equal(sealed.length, HEADER + STREAM_HEADER + 20 + 16);
  });

  test('of the header, flipped, is refused before anything is released', async () => {
    for (const [bit, file] of flipped(sealed, 0, HEADER)) {
      const outcome = await open(file);
      assertRefused(outcome, kindsAt(bit >> 3, false), `bit ${bit}`);
      assert.equal(outcome.released.length, 0);
    }
  });

  test('of salt, nonce prefix, chunk and tag, flipped, is a damaged chunk', async () => {
    for (const [bit, file] of flipped(sealed, HEADER, sealed.length)) {
      const outcome = await open(file);
      assertRefused(outcome, [DamagedChunkError], `bit ${bit}`);
      assert.equal(outcome.released.length, 0);
    }
  });

  test('of the header of a file for others is refused, by both kinds of key', async () => {
    const identity = await generateIdentity();
    const recipients = [await identityToRecipient(identity)];
    const forOthers = await collect(seal([patterned(20)], { key, recipients }));
    const headerEnd = forOthers.length - STREAM_HEADER - 20 - 16;
    for (const [bit, file] of flipped(forOthers, 0, headerEnd)) {
      const local = await open(file);
      assertRefused(local, kindsAt(bit >> 3, true), `bit ${bit}`);
      assert.equal(local.released.length, 0);
    }
    // An age file is read slowly: one bit of each byte of it.
    for (let at = 8; at < headerEnd; at++) {
      const file = Buffer.from(forOthers);
      file[at] = (file[at] ?? 0) ^ (1 << (at & 7));
      const outcome = await open(file, { identities: [identity] });
      assertRefused(
        outcome,
        [DamagedHeaderError, NewerVersionError, UnknownKeyError, TruncatedError],
        `byte ${at}`,
      );
      assert.equal(outcome.released.length, 0);
    }
  });
});

describe('a file of four chunks', () => {
  /** Three full ones and one of 1000 bytes. */
  const plaintext = patterned(FIRST_PLAIN + 2 * (CHUNK - 16) + 1000);
  let sealed: Buffer;
  let other: Buffer;
  let header: Buffer;
  /** With its salt and prefix, as it lies in the file. */
  let chunks: Buffer[];
  before(async () => {
    sealed = await collect(seal([plaintext], { key }));
    other = await collect(seal([plaintext], { key }));
    header = sealed.subarray(0, HEADER);
    chunks = chunksOf(sealed);
    assert.deepEqual(
      chunks.map(chunk => chunk.length),
      [CHUNK, CHUNK, CHUNK, 1016],
    );
  });

  function chunksOf(file: Buffer): Buffer[] {
    const found: Buffer[] = [];
    for (let at = HEADER; at < file.length; at += CHUNK) found.push(file.subarray(at, at + CHUNK));
    return found;
  }

  /** Opens the header and these chunks; what was released is the plaintext up to some chunk, and nothing else. */
  async function opening(...pieces: (Buffer | undefined)[]): Promise<Outcome & { chunksReleased: number }> {
    const outcome = await open(Buffer.concat([header, ...pieces.filter(piece => piece !== undefined)]));
    const { released } = outcome;
    assert.ok(plaintext.subarray(0, released.length).equals(released), 'only what was sealed');
    const chunksReleased = released.length === 0 ? 0 : 1 + (released.length - FIRST_PLAIN) / (CHUNK - 16);
    return { ...outcome, chunksReleased };
  }

  test('comes back', async () => {
    assert.equal((await opening(...chunks)).error, undefined);
  });

  const [A, B, C, D] = [0, 1, 2, 3];
  const orders: readonly (readonly [
    title: string,
    order: readonly number[],
    released: number,
    kind: Kind,
  ])[] = [
    ['swapped', [A, C, B, D], 1, DamagedChunkError],
    ['swapped with the first', [B, A, C, D], 0, DamagedChunkError],
    ['swapped with the last', [A, B, D, C], 2, DamagedChunkError],
    ['dropped', [A, C, D], 1, DamagedChunkError],
    ['dropped at the beginning', [B, C, D], 0, DamagedChunkError],
    ['repeated', [A, B, B, C, D], 2, DamagedChunkError],
    ['repeated at the end', [A, B, C, D, D], 3, DamagedChunkError],
    ['cut off after the third', [A, B, C], 2, TruncatedError],
    ['cut off after the second', [A, B], 1, TruncatedError],
    ['cut off after the first', [A], 0, TruncatedError],
    ['cut off before the first', [], 0, TruncatedError],
  ];
  for (const [title, order, released, kind] of orders) {
    test(`with chunks ${title} is refused`, async () => {
      const outcome = await opening(...order.map(at => chunks[at]));
      assertRefused(outcome, [kind], title);
      assert.equal(outcome.chunksReleased, released);
    });
  }

  test('with a chunk of another file of the same key is refused, at each place', async () => {
    for (const at of [A, B, C, D]) {
      const outcome = await opening(...chunks.with(at, chunksOf(other)[at] ?? Buffer.alloc(0)));
      assertRefused(outcome, [DamagedChunkError], `chunk ${at}`);
      assert.equal(outcome.chunksReleased, at);
    }
  });

  test('with the header of another file of the same key is refused', async () => {
    const outcome = await open(Buffer.concat([other.subarray(0, HEADER), ...chunks]));
    assertRefused(outcome, [DamagedChunkError], 'header');
    assert.equal(outcome.released.length, 0);
  });

  test('cut off anywhere is refused: 250 places, all around every border among them', async () => {
    const borders = [0, 8, 9, 10, 26, 38, 86, 88, HEADER, HEADER + STREAM_HEADER, sealed.length];
    for (let at = HEADER + CHUNK; at < sealed.length; at += CHUNK) borders.push(at);
    const places = new Set(
      borders.flatMap(at => [at - 17, at - 16, at - 15, at - 1, at, at + 1, at + 16, at + 17]),
    );
    for (let at = 11; places.size < 250; at = (at * 7919 + 13) % sealed.length) places.add(at);
    for (const at of [...places].filter(place => place >= 0 && place < sealed.length)) {
      const { error, released } = await open(sealed.subarray(0, at));
      assert.ok(plaintext.subarray(0, released.length).equals(released), `${at}: only what was sealed`);
      assert.ok(released.length <= Math.max(0, at - HEADER), `${at}: not more than came`);
      const kinds = at < 8 ? [NotSealedError] : [TruncatedError, DamagedChunkError];
      assertRefused({ error, released }, kinds, `cut off at ${at}`);
    }
  });

  test('with something after it is refused', async () => {
    for (const size of [1, 16, 5000]) {
      const outcome = await opening(...chunks, Buffer.alloc(size));
      assertRefused(outcome, [DamagedChunkError], `${size} bytes more`);
      assert.equal(outcome.chunksReleased, 3);
    }
  });

  test('with something after a last chunk that is full is told from damage', async () => {
    const full = patterned(FIRST_PLAIN + CHUNK - 16);
    const file = await collect(seal([full], { key }));
    const { error, released } = await open(Buffer.concat([file, Buffer.from('more')]));
    assert.ok(error instanceof TrailingDataError, inspect(error));
    assert.ok(full.subarray(0, FIRST_PLAIN).equals(released));
  });

  test('is the same damage in whatever pieces it comes', async () => {
    const damaged = Buffer.from(sealed);
    const at = HEADER + CHUNK + 5;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    for (const size of [1021, 65_536, 70_000]) {
      const pieces = Array.from({ length: Math.ceil(damaged.length / size) }, (_, turn) =>
        damaged.subarray(turn * size, (turn + 1) * size),
      );
      const { error, released } = await outcomeOf(async () => (await unseal(pieces, keys)).plaintext);
      assert.ok(error instanceof DamagedChunkError && error.chunk === 1, inspect(error));
      assert.equal(released.length, FIRST_PLAIN);
    }
  });
});

describe('what is not a file for this key', () => {
  test('is told apart', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('timestamp,hardware_id\n'), Buffer.alloc(500)])
      assertRefused(await open(bytes), [NotSealedError], 'not sealed');
    const sealed = await collect(seal([patterned(3)], { key: LocalKey.generate() }));
    const { error } = await open(sealed);
    assert.ok(error instanceof UnknownKeyError);
    assert.match(error.message, new RegExp(`local key ${error.keyId}, and that is not among 1 local key$`));
    assertRefused(await open(sealed, {}), [UnknownKeyError], 'no keys');
    const identity = await generateIdentity();
    const forNobody = await open(sealed, { identities: [identity] });
    assert.match(String(forNobody.error), /sealed for no recipients/);
  });

  test('names another key in a file for others', async () => {
    const recipients = [await identityToRecipient(await generateIdentity())];
    const sealed = await collect(seal([], { key: LocalKey.generate(), recipients }));
    const { error } = await open(sealed, { ...keys, identities: [await generateIdentity()] });
    assert.ok(error instanceof UnknownKeyError);
    assert.match(error.message, /neither one of 1 local key nor an identity given is for it$/);
    assert.match(String((await open(sealed)).error), /no identity was given$/);
  });

  test('whose length is huge is refused without waiting for it', async () => {
    const sealed = await collect(seal([], { key }));
    sealed.writeUInt16BE(65_535, 86);
    let asked = 0;
    const endless = function* (): Generator<Uint8Array> {
      for (yield sealed; ; asked++) yield Buffer.alloc(1024);
    };
    const { error } = await outcomeOf(async () => (await unseal(endless(), keys)).plaintext);
    assert.ok(error instanceof DamagedHeaderError, inspect(error));
    assert.equal(asked, 0);
  });

  test('closes its source', async () => {
    let isClosed = false;
    const source = function* (): Generator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(64);
      } finally {
        isClosed = true;
      }
    };
    await assert.rejects(unseal(source(), keys), NotSealedError);
    assert.equal(isClosed, true);
  });

  test('has no key material in any of its errors', async () => {
    const secret = key.reveal();
    const identity = await generateIdentity();
    const sealed = await collect(
      seal([patterned(30)], { key, recipients: [await identityToRecipient(identity)] }),
    );
    const shown: string[] = [];
    for (let at = 0; at < sealed.length; at++) {
      const file = Buffer.from(sealed);
      file[at] = (file[at] ?? 0) ^ 0x55;
      shown.push(
        inspect(await open(file, { ...keys, identities: [identity] }), { depth: 9, showHidden: true }),
      );
    }
    const text = shown.join('\n').toLowerCase();
    for (const form of ['hex', 'base64', 'base64url'] as const)
      assert.ok(!text.includes(secret.toString(form).toLowerCase()), form);
    assert.ok(!text.includes(identity.toLowerCase()));
  });
});
