import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CoreFoundation } from '../../../../src/sampler/native/darwin/core-foundation.ts';
import { IoRegistry } from '../../../../src/sampler/native/darwin/io-registry.ts';
import {
  type DarwinLibraries,
  openDarwinLibraries,
  type DarwinNativeOptions,
} from '../../../../src/sampler/native/darwin/library.ts';
import { LoadAverages } from '../../../../src/sampler/native/darwin/load-averages.ts';
import { MountTable } from '../../../../src/sampler/native/darwin/mount-table.ts';
import { SysctlReader } from '../../../../src/sampler/native/darwin/sysctl.ts';
import { NO_FAKE_DARWIN } from '../../../fixtures/darwin/build.ts';
import { BALANCED, FakeDarwin, type PropertyList } from '../../../fixtures/darwin/fake-darwin.ts';

function load(options: DarwinNativeOptions): DarwinLibraries {
  const libraries = openDarwinLibraries(options);
  assert.ok(libraries.available);
  return libraries;
}

/** Hands the property of a made-up service to `look`, and checks that everything was given back. */
function withProperty(
  value: PropertyList,
  look: (cf: CoreFoundation, object: number | bigint) => void,
): void {
  const mac = new FakeDarwin();
  const libraries = load(mac.options);
  mac.addService({ class: 'Thing', id: 7, properties: { value } });
  const cf = CoreFoundation.open(libraries);
  const registry = cf && IoRegistry.open(libraries.ioKit, cf);
  assert.ok(registry);
  const [entry] = registry.services('Thing') ?? [];
  assert.ok(entry !== undefined);
  const object = registry.property(entry, 'value');
  look(cf, object);
  cf.release(object);
  registry.release(entry);
  cf.close();
  assert.deepEqual(mac.books, BALANCED);
  mac.assertNoMisuse();
}

describe('libraries of macOS', { skip: NO_FAKE_DARWIN }, () => {
  test('that are not there bind nothing', () => {
    const libraries = load({
      libraries: { system: '/nowhere', coreFoundation: '/nowhere', ioKit: '/nowhere' },
    });
    assert.equal(LoadAverages.open(libraries.system), undefined);
    assert.equal(MountTable.open(libraries.system, 'arm64'), undefined);
    assert.equal(CoreFoundation.open(libraries), undefined);
    const sysctl = new SysctlReader(libraries);
    assert.ok(Number.isNaN(sysctl.readInteger('hw.memsize')));
    assert.equal(sysctl.absence, 'unsupported');
  });

  test('numbers are read as they are, small ones out of the reference itself', () => {
    for (const number of [0, 1, 1_048_575, 1_048_576, 2 ** 53, 0.5, -3, 1e300]) {
      withProperty(number, (cf, object) => {
        assert.equal(cf.toNumber(object), number);
        assert.equal(
          typeof object,
          Number.isInteger(number) && number >= 0 && number < 2 ** 20 ? 'bigint' : 'number',
        );
      });
    }
    for (const on of [true, false]) {
      withProperty(on, (cf, object) => assert.equal(cf.toNumber(object), on ? 1 : 0));
    }
  });

  test('an object of another type is none', () => {
    const values: PropertyList[] = [5, 2 ** 60, true, 'text', Buffer.from('data'), { key: 1 }];
    for (const value of values) {
      withProperty(value, (cf, object) => {
        const isNumber = typeof value === 'number' || typeof value === 'boolean';
        const isText = typeof value === 'string' || value instanceof Uint8Array;
        assert.equal(Number.isNaN(cf.toNumber(object)), !isNumber);
        assert.equal(cf.toBytes(object) !== undefined, isText);
        assert.equal(cf.isDictionary(object), !isNumber && !isText);
        assert.equal(cf.get(object, cf.key('key')) !== 0, !isNumber && !isText);
      });
    }
    withProperty(1, cf => {
      assert.ok(Number.isNaN(cf.toNumber(0)));
      assert.equal(cf.toBytes(0), undefined);
      assert.equal(cf.get(0, cf.key('key')), 0);
      cf.release(0);
    });
  });

  test('texts and data up to 256 bytes are read', () => {
    for (const length of [0, 1, 255, 256]) {
      const text = 'é'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2);
      withProperty(text, (cf, object) => {
        assert.equal(Buffer.from(cf.toBytes(object) ?? 'none').toString(), text);
      });
      const data = Buffer.alloc(length, 0x80);
      withProperty(data, (cf, object) => assert.deepEqual([...(cf.toBytes(object) ?? [1])], [...data]));
    }
    withProperty('x'.repeat(257), (cf, object) => assert.equal(cf.toBytes(object), undefined));
    withProperty(Buffer.alloc(257), (cf, object) => assert.equal(cf.toBytes(object), undefined));
  });

  test('integers of 32 and 64 bits, and nothing of another size', () => {
    const mac = new FakeDarwin()
      .setSysctl32('a', 0xffff_fffe)
      .setSysctl64('b', 2n ** 40n + 5n)
      .setSysctl('c', Buffer.alloc(2))
      .setSysctl('d', Buffer.alloc(9));
    const sysctl = new SysctlReader(load(mac.options));
    assert.equal(sysctl.readInteger('a'), 4_294_967_294);
    assert.equal(sysctl.readInteger('b'), 2 ** 40 + 5);
    for (const [name, reason] of [
      ['c', 'failed'],
      ['d', 'failed'],
      ['none', 'unsupported'],
    ] as const) {
      assert.ok(Number.isNaN(sysctl.readInteger(name)), name);
      assert.equal(sysctl.absence, reason);
    }
  });
});
