import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createWindowsGpuAdapter } from '../../../../../src/sampler/adapters/gpu/windows/adapter.ts';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';
import { buildFakeD3dkmt, NO_FAKE_D3DKMT } from '../../../../fixtures/d3dkmt/build.ts';
import { FakeD3dkmt, Kind, Type } from '../../../../fixtures/d3dkmt/fake-d3dkmt.ts';
import { OpenedAdapter, tryOpen } from '../../../proc/fixture-tree.ts';

/** Numbers at which something ends. */
const EDGES = [
  0n,
  1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
] as const;

const any64 = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const any32 = fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat({ max: 2 ** 32 - 1 }));

const node = fc.record({ type: fc.oneof(fc.nat({ max: 9 }), any32), running: any64, frequency: any64 });
const segment = fc.record({ limit: any64, resident: any64, isAperture: fc.boolean() });
const performance = fc.record({
  memory: any64,
  fan: any32,
  maxFan: any32,
  power: any32,
  temperature: any32,
});

const KINDS = Object.values(Kind).filter(kind => kind !== Kind.list);

/** Something that goes wrong between two ticks. */
const trouble = fc.oneof(
  fc.record({
    what: fc.constant('answer' as const),
    kind: fc.constantFrom(...KINDS),
    bytes: fc.uint8Array({ maxLength: 160 }),
  }),
  fc.record({
    what: fc.constant('fail' as const),
    kind: fc.constantFrom(...KINDS),
    status: fc.constantFrom(0xc000_000d, 0xc000_00bb, 0xc000_0022, 0xc000_02b6, 0xc000_0001, 0x103),
  }),
  fc.record({ what: fc.constant('remove' as const) }),
  fc.record({ what: fc.constant('running' as const), nodes: fc.array(node, { maxLength: 4 }) }),
);

type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never;

describe('whatever Windows answers about a GPU', { skip: NO_FAKE_D3DKMT }, () => {
  test('every column has a value within its unit or a reason, and all handles are given back', async t => {
    const library = buildFakeD3dkmt();
    const gpus = fc.array(
      fc.record({
        // Most bits of the type would leave it out.
        type: fc.oneof(fc.constantFrom(Type.render, Type.render | Type.hybridDiscrete), any32),
        vendor: fc.oneof(fc.constantFrom(0x1002, 0x8086, 0x10de), any32),
        name: fc.string({ unit: 'binary', maxLength: 300 }),
        dedicated: any64,
        shared: any64,
        nodes: fc.array(node, { maxLength: 6 }),
        segments: fc.array(segment, { maxLength: 4 }),
        performance,
      }),
      { maxLength: 6 },
    );
    const ticks = fc.array(
      fc.record({
        elapsed: fc.oneof(fc.constantFrom(1, 0, Number.NaN, -1), fc.double()),
        troubles: fc.array(fc.tuple(fc.nat(), trouble), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const before = fc.array(fc.tuple(fc.nat(), trouble), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(gpus, before, ticks, async (adapters, early, rounds) => {
        const fake = new FakeD3dkmt(library);
        for (const adapter of adapters) fake.add(adapter);
        const stir = (troubles: readonly (readonly [number, Trouble])[]): void => {
          if (adapters.length === 0) return;
          for (const [number, it] of troubles) {
            const adapter = number % adapters.length;
            if (it.what === 'answer') fake.answer(adapter, it.kind, it.bytes);
            else if (it.what === 'fail') fake.fail(adapter, it.kind, it.status);
            else if (it.what === 'remove') fake.remove(adapter);
            else it.nodes.forEach((made, i) => fake.setNode(adapter, i, made));
          }
        };
        stir(early);
        const adapter = createWindowsGpuAdapter({ library });
        const info = await tryOpen(t, adapter, new Sysroot());
        if (info.available) {
          for (const { name } of info.gpus ?? []) {
            assert.ok(name.length > 0 && !/[\p{Cc}\n]/u.test(name), JSON.stringify(name));
          }
          const gpu = new OpenedAdapter(adapter, info, []);
          for (const { elapsed, troubles } of rounds) {
            stir(troubles);
            gpu.read(elapsed);
            for (const [column, value] of Object.entries(gpu.readings)) {
              assert.notEqual(value, 'neither value nor reason', column);
            }
          }
          adapter.close();
        }
        assert.equal(fake.openHandles, 0);
        fake.assertNoMisuse();
      }),
      { numRuns: 300 },
    );
  });
});
