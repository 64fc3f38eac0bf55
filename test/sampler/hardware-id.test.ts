import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hardwareId, type HardwareIdOptions, type HardwareNames } from '../../src/sampler/hardware-id.ts';

const OPTIONS: HardwareIdOptions = {
  includeCpu: true,
  includeGpu: true,
  includeMotherboard: true,
  includeRam: false,
  hashAlgorithm: 'sha256',
};
const NAMES: HardwareNames = {
  cpu: 'AMD Ryzen 7 7700X 8-Core Processor',
  gpus: ['NVIDIA GeForce RTX 4090'],
  boardVendor: 'ASUSTeK COMPUTER INC.',
  boardProduct: 'TUF GAMING B650-PLUS',
  ramGib: 32,
};
const CPU = 'CPU:AMD Ryzen 7 7700X 8-Core Processor';
const GPU = 'GPU:NVIDIA GeForce RTX 4090';
const BOARD = 'MB:ASUSTeK COMPUTER INC.:TUF GAMING B650-PLUS';

/** The id over this text. */
const over = (text: string, algorithm = 'sha256'): string =>
  createHash(algorithm).update(text, 'utf8').digest('hex').slice(0, 32);

describe('hardwareId', () => {
  test('is the published one for the published machine', () => {
    assert.equal(hardwareId(NAMES, OPTIONS), '476aa2f138590064966c48cda3e6a773');
    assert.equal(hardwareId(NAMES, OPTIONS), over(`${CPU}||${GPU}||${BOARD}`));
  });

  test('is what the vectors of docs/hardware-id.md say', () => {
    const file = path.join(import.meta.dirname, '..', '..', 'docs', 'hardware-id.md');
    const blocks = [...fs.readFileSync(file, 'utf8').matchAll(/^```json vector\n(.*?)^```$/gms)];
    assert.equal(blocks.length, 3);
    for (const [, text = ''] of blocks) {
      const { names, options, key, hashed, id } = JSON.parse(text) as {
        names: HardwareNames;
        options: Partial<HardwareIdOptions>;
        key?: string;
        hashed: string;
        id: string;
      };
      const keyed = key === undefined ? {} : { key: Buffer.from(key, 'hex') };
      assert.equal(hardwareId(names, { ...OPTIONS, ...options, ...keyed }), id);
      const hash = key === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(key, 'hex'));
      assert.equal(hash.update(hashed).digest('hex').slice(0, 32), id, 'of the text that is written there');
    }
  });

  test('leaves out the parts that are switched off', () => {
    for (const [options, text] of [
      [{ includeCpu: false }, `${GPU}||${BOARD}`],
      [{ includeGpu: false }, `${CPU}||${BOARD}`],
      [{ includeMotherboard: false }, `${CPU}||${GPU}`],
      [{ includeRam: true }, `${CPU}||${GPU}||${BOARD}||RAM:32GB`],
      [{ includeCpu: false, includeGpu: false, includeMotherboard: false }, ''],
    ] as const) {
      assert.equal(hardwareId(NAMES, { ...OPTIONS, ...options }), over(text), text);
    }
  });

  test('leaves out the parts that are unknown', () => {
    const everything = { ...OPTIONS, includeRam: true };
    for (const [names, text] of [
      [{ cpu: '' }, `${GPU}||${BOARD}||RAM:32GB`],
      [{ cpu: ' \t' }, `${GPU}||${BOARD}||RAM:32GB`],
      [{ gpus: [] }, `${CPU}||${BOARD}||RAM:32GB`],
      [{ gpus: ['', ' '] }, `${CPU}||${BOARD}||RAM:32GB`],
      [{ boardVendor: '', boardProduct: '' }, `${CPU}||${GPU}||RAM:32GB`],
      [{ boardVendor: '' }, `${CPU}||${GPU}||MB::TUF GAMING B650-PLUS||RAM:32GB`],
      [{ boardProduct: '' }, `${CPU}||${GPU}||MB:ASUSTeK COMPUTER INC.:||RAM:32GB`],
      [{ ramGib: 0 }, `${CPU}||${GPU}||${BOARD}`],
    ] as const) {
      assert.equal(hardwareId({ ...NAMES, ...names }, everything), over(text), text);
    }
  });

  test('does not depend on white space or on the order of the GPUs', () => {
    const space = fc.constantFrom(' ', '  ', '\t', '\n', '\u00a0', ' \r\n ');
    const spaced = (text: string): fc.Arbitrary<string> =>
      fc
        .tuple(space, space, space)
        .map(([before, between, after]) => before + text.replaceAll(' ', between) + after);
    const gpus = ['NVIDIA A', 'NVIDIA B', 'AMD C'];
    fc.assert(
      fc.property(
        spaced(NAMES.cpu),
        spaced(NAMES.boardVendor),
        fc.shuffledSubarray(gpus, { minLength: 3 }),
        space,
        (cpu, boardVendor, shuffled, between) => {
          const names = {
            ...NAMES,
            cpu,
            boardVendor,
            gpus: shuffled.map(name => name.replace(' ', between)),
          };
          assert.equal(hardwareId(names, OPTIONS), over(`${CPU}||GPU:AMD C|NVIDIA A|NVIDIA B||${BOARD}`));
          assert.deepEqual(
            names.gpus,
            shuffled.map(name => name.replace(' ', between)),
            'the names are left alone',
          );
        },
      ),
    );
  });

  test('is 32 hex digits by every hash that can be configured', () => {
    for (const hashAlgorithm of ['sha256', 'sha384', 'sha512']) {
      const id = hardwareId(NAMES, { ...OPTIONS, hashAlgorithm });
      assert.match(id, /^[0-9a-f]{32}$/);
      assert.equal(id, over(`${CPU}||${GPU}||${BOARD}`, hashAlgorithm));
    }
  });
});
