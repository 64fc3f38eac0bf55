import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ABSENCES } from '../../../../../src/common/frame.ts';
import { METRICS } from '../../../../../src/common/metrics.ts';
import { maximumOf } from '../../../../../src/common/units.ts';
import { NO_FAKE_NVML } from '../../../../fixtures/nvml/build.ts';
import { withRig } from './rig.ts';

/** What the library can be told to answer, see test/fixtures/nvml/README.md. */
const FIELDS = [
  ...['utilization', 'memory_utilization', 'total', 'used', 'reserved', 'temperature', 'power', 'limit'],
  ...['graphics_clock', 'sm_clock', 'memory_clock', 'fan', 'encoder', 'decoder', 'compute', 'graphics'],
  ...['pstate', 'tx', 'rx', 'reasons'],
];
const FUNCTIONS = [
  ...['*', 'nvmlDeviceGetUtilizationRates', 'nvmlDeviceGetMemoryInfo_v2', 'nvmlDeviceGetMemoryInfo'],
  ...[
    'nvmlDeviceGetTemperatureV',
    'nvmlDeviceGetPowerUsage',
    'nvmlDeviceGetClockInfo',
    'nvmlDeviceGetFanSpeed',
  ],
  ...['nvmlDeviceGetComputeRunningProcesses_v3', 'nvmlDeviceGetPerformanceState'],
];

const VALUES = fc.oneof(
  fc.constantFrom(
    0n,
    1n,
    100n,
    101n,
    0x7fff_ffffn,
    0x8000_0000n,
    0xffff_ffffn,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 1n,
  ),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const RULES = fc
  .tuple(fc.constantFrom(...FUNCTIONS), fc.constantFrom(1, 3, 4, 7, 9, 15, 18, 25, 28, 999, -1, 12_345))
  .map(([name, code]) => `${name}=${String(code)}`);

describe('a hostile driver', { skip: NO_FAKE_NVML }, () => {
  test(
    'whatever its numbers and codes, every column has a value in its range or a reason',
    withRig({}, async rig => {
      await rig.opened();
      const units = new Map(METRICS.map(({ name, unit }) => [name.replace('gpu{n}_', ''), unit]));
      fc.assert(
        fc.property(
          fc.dictionary(fc.constantFrom(...FIELDS), VALUES, { maxKeys: FIELDS.length }),
          fc.array(RULES, { maxLength: 2 }),
          (set, rules) => {
            rig.fake.turn({ set, rules });
            for (const [column, reading] of Object.entries(rig.tick())) {
              if (typeof reading === 'number') {
                assert.ok(
                  reading >= 0 && reading <= maximumOf(units.get(column) ?? ''),
                  `${column} = ${String(reading)}`,
                );
              } else assert.ok(reading !== undefined && ABSENCES.includes(reading), column);
            }
          },
        ),
        { numRuns: 200 },
      );
    }),
  );
});
