import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { identifyGpu } from '../../../../../src/sampler/adapters/gpu/apple/identity.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('identity of a GPU', () => {
  test('is told by the vendor’s number and the model', () => {
    assert.deepEqual(identifyGpu(bytes('\x6b\x10\0\0'), bytes('Apple M1 Pro')), {
      name: 'Apple M1 Pro',
      vendor: 'apple',
    });
    assert.deepEqual(identifyGpu(bytes('\x02\x10\0\0'), bytes('AMD Radeon Pro 5500M\0')), {
      name: 'AMD Radeon Pro 5500M',
      vendor: 'amd',
    });
    assert.deepEqual(identifyGpu(bytes('\x86\x80\0\0'), bytes('Intel UHD Graphics 630\0')), {
      name: 'Intel UHD Graphics 630',
      vendor: 'intel',
    });
    assert.equal(identifyGpu(bytes('\xde\x10\0\0'), bytes('NVIDIA GeForce GT 750M')).vendor, 'nvidia');
  });

  test('has a name even where no model, or only the Mac’s, is told', () => {
    assert.deepEqual(identifyGpu(bytes('\x6b\x10\0\0'), undefined), { name: 'Apple GPU', vendor: 'apple' });
    assert.equal(identifyGpu(bytes('\x02\x10\0\0'), bytes('MacPro7,1\0')).name, 'AMD GPU');
    assert.deepEqual(identifyGpu(undefined, bytes('')), { name: 'GPU', vendor: 'other' });
    assert.deepEqual(identifyGpu(bytes('\x6b'), bytes('\0')), { name: 'GPU', vendor: 'other' });
  });

  test('has a name in one line of plain text, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ maxLength: 300 }), (vendor, model) => {
        const { name } = identifyGpu(vendor, model);
        assert.match(name, /^[!-~](?:[ -~]*[!-~])?$/);
        assert.ok(!name.includes('  '));
      }),
    );
  });
});
