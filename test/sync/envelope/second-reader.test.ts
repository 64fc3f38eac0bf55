import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { findPythonWithCryptography } from '../../../scripts/lib/python.mjs';
import { LocalKey } from '../../../src/sync/envelope/local-key.ts';
import { seal } from '../../../src/sync/envelope/seal.ts';
import { unseal } from '../../../src/sync/envelope/unseal.ts';
import { collect, patterned } from './collect.ts';

const READER = path.join(import.meta.dirname, '..', '..', 'fixtures', 'encryption', 'reader.py');
const FIRST = 65_480;
const NEXT = 65_520;
const SIZES = [0, 1, 100, FIRST - 1, FIRST, FIRST + 1, FIRST + NEXT, FIRST + NEXT + 1, FIRST + 3 * NEXT + 7];

/** Runs the reader in Python; what it prints are the files that it refuses, with why. */
async function python(...args: string[]): Promise<string[]> {
  const command = findPythonWithCryptography() ?? assert.fail('python3-cryptography is not installed');
  const { stdout } = await promisify(execFile)(command, [READER, ...args]);
  return stdout.trimEnd().split('\n').filter(Boolean);
}

describe('the second reader, in Python from docs/encryption.md alone,', () => {
  const key = LocalKey.generate();
  let folder = '';
  const file = (name: string) => path.join(folder, name);
  const write = (name: string, contents: string | Uint8Array) => {
    fs.writeFileSync(file(name), contents);
    return file(name);
  };
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'reader-'));
    write('key', key.reveal().toString('hex'));
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  test('opens what we seal, of every size at a border', async () => {
    const names = await Promise.all(
      SIZES.map(async size => write(`ours-${size}`, await collect(seal([patterned(size)], { key })))),
    );
    assert.deepEqual(await python('open', file('key'), ...names), []);
    for (const size of SIZES)
      assert.ok(fs.readFileSync(file(`ours-${size}.opened`)).equals(patterned(size)), `${size} bytes`);
  });

  test('opens what we seal for recipients, by the local key and by an identity', async () => {
    const identity = await generateIdentity();
    const others = [await generateIdentity(), identity, await generateIdentity()];
    const recipients = await Promise.all(others.map(identityToRecipient));
    write('identity', identity);
    const name = write('for-others', await collect(seal([patterned(70_000)], { key, recipients })));
    for (const secret of ['key', 'identity']) {
      assert.deepEqual(await python('open', file(secret), name), []);
      assert.ok(fs.readFileSync(file('for-others.opened')).equals(patterned(70_000)));
      fs.rmSync(file('for-others.opened'));
    }
  });

  test('makes files that ours opens', async () => {
    const names = SIZES.map(size => write(`theirs-${size}`, patterned(size)));
    assert.deepEqual(await python('seal', file('key'), ...names), []);
    for (const size of SIZES) {
      const { content, plaintext } = await unseal([fs.readFileSync(file(`theirs-${size}.sealed`))], {
        local: [key],
      });
      assert.equal(content, 'bytes');
      assert.ok((await collect(plaintext)).equals(patterned(size)), `${size} bytes`);
    }
  });

  test('refuses what is damaged, as ours does', async () => {
    const sealed = await collect(seal([patterned(FIRST + NEXT + 50)], { key }));
    const flip = (at: number) => sealed.map((byte, place) => (place === at ? byte ^ 1 : byte));
    const cases: [name: string, contents: Uint8Array, why: RegExp][] = [
      ['magic', flip(0), /not a sealed file/],
      ['version', flip(8), /version 0/],
      ['content', flip(9), /damaged header: wrapped key/],
      ['id', flip(12), /another key/],
      ['nonce', flip(30), /damaged header: wrapped key/],
      ['code', flip(90), /damaged header: code/],
      ['salt', flip(130), /chunk 0/],
      ['chunk', flip(120 + 65_536 + 9), /chunk 1/],
      ['border', sealed.subarray(0, 120 + 65_536), /chunk 0/],
      ['cut', sealed.subarray(0, sealed.length - 1), /chunk 2/],
    ];
    const names = cases.map(([name, contents]) => write(`bad-${name}`, contents));
    const refused = await python('open', file('key'), ...names);
    assert.equal(refused.length, cases.length);
    for (const [at, [name, contents, why]] of cases.entries()) {
      assert.match(refused[at] ?? '', why, name);
      await assert.rejects(async () => collect((await unseal([contents], { local: [key] })).plaintext), name);
    }
  });
});
