import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Unavailable } from '../../../../../src/sampler/adapters/base.ts';
import { createNvidiaAdapter } from '../../../../../src/sampler/adapters/gpu/nvidia/adapter.ts';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';
import { NEWER_FORMS, NO_FAKE_NVML } from '../../../../fixtures/nvml/build.ts';
import { allColumns, COLUMNS, type Reading, withRig } from './rig.ts';

const WITH_FAKE = { skip: NO_FAKE_NVML };

/** The first reading of GPU 0 with no knob turned, by hand from the table of values. */
const FIRST: Reading = {
  utilization: 20,
  memory_utilization: 10,
  vram_used_mb: 5120,
  vram_total_mb: 24576,
  vram_percent: 20.8,
  temperature: 40,
  power_watts: 100,
  power_limit_watts: 300,
  core_clock_mhz: 1500,
  memory_clock_mhz: 7000,
  sm_clock_mhz: 1400,
  fan_speed: 30,
  encoder_utilization: 5,
  decoder_utilization: 3,
  compute_processes: 2,
  graphics_processes: 1,
  performance_state: 2,
  pcie_tx_kbps: 100000,
  pcie_rx_kbps: 'failed',
  throttle_reasons: 1,
};

describe('NVIDIA readings', WITH_FAKE, () => {
  test(
    'one GPU: what was found, every column, and the change from tick to tick',
    withRig({}, async rig => {
      const info = await rig.opened();
      assert.equal(info.found, 'NVIDIA Test GPU A (driver 580.65.06)');
      assert.deepEqual(info.instances, { gpu: 1 });
      assert.deepEqual(info.gpus, [{ name: 'NVIDIA Test GPU A', vendor: 'nvidia' }]);
      assert.deepEqual(Object.keys(FIRST), [...COLUMNS]);
      assert.deepEqual(rig.tick(0, Number.NaN), FIRST);
      assert.deepEqual(rig.tick(), {
        ...FIRST,
        utilization: 21,
        memory_utilization: 11,
        vram_used_mb: 5136,
        vram_percent: 20.9,
        temperature: 41,
        power_watts: 101.5,
        core_clock_mhz: 1501,
        memory_clock_mhz: 7001,
        sm_clock_mhz: 1401,
        fan_speed: 31,
        encoder_utilization: 6,
        decoder_utilization: 4,
      });
    }),
  );

  test(
    'eight GPUs behind one of another adapter: each value in the columns of its own',
    withRig({ knobs: { gpus: 8 }, firstGpu: 1 }, async rig => {
      const info = await rig.opened();
      assert.deepEqual(info.instances, { gpu: 8 });
      assert.equal(info.gpus?.at(-1)?.name, 'NVIDIA Test GPU H');
      rig.tick(0, Number.NaN);
      assert.deepEqual(rig.columns(0), FIRST);
      assert.deepEqual(rig.columns(7), {
        utilization: 55,
        memory_utilization: 45,
        vram_used_mb: 6912,
        vram_total_mb: 31744,
        vram_percent: 21.8,
        temperature: 75,
        power_watts: 170,
        power_limit_watts: 307,
        core_clock_mhz: 1570,
        memory_clock_mhz: 7070,
        sm_clock_mhz: 1470,
        fan_speed: 65,
        encoder_utilization: 40,
        decoder_utilization: 38,
        compute_processes: 9,
        graphics_processes: 8,
        performance_state: 9,
        pcie_tx_kbps: 'failed',
        pcie_rx_kbps: 'failed',
        throttle_reasons: 128,
      });
    }),
  );

  test(
    'a library with the oldest forms only gives all the same',
    withRig({ build: { without: NEWER_FORMS } }, async rig => {
      await rig.opened();
      assert.deepEqual(rig.tick(), {
        ...FIRST,
        // The old form counts the 512 MiB that the driver reserves as used.
        vram_used_mb: 5632,
        vram_percent: 22.9,
      });
    }),
  );

  test(
    'a library that has only the newest forms gives all the same',
    withRig(
      {
        build: {
          without: [
            'nvmlInit',
            'nvmlDeviceGetCount',
            'nvmlDeviceGetHandleByIndex',
            'nvmlDeviceGetPciInfo_v2',
            'nvmlDeviceGetMemoryInfo',
            'nvmlDeviceGetTemperature',
            'nvmlDeviceGetComputeRunningProcesses',
            'nvmlDeviceGetGraphicsRunningProcesses',
            'nvmlDeviceGetPowerState',
            'nvmlDeviceGetCurrentClocksThrottleReasons',
          ],
        },
      },
      async rig => {
        await rig.opened();
        assert.deepEqual(rig.tick(), FIRST);
      },
    ),
  );

  test(
    'a missing function costs its own columns',
    withRig(
      {
        build: {
          without: [
            'nvmlDeviceGetUtilizationRates',
            'nvmlDeviceGetEnforcedPowerLimit',
            'nvmlDeviceGetPcieThroughput',
            'nvmlDeviceGetCurrentClocksEventReasons',
            'nvmlDeviceGetCurrentClocksThrottleReasons',
            'nvmlDeviceGetName',
            'nvmlDeviceGetPciInfo_v3',
            'nvmlDeviceGetPciInfo_v2',
            'nvmlSystemGetDriverVersion',
            'nvmlShutdown',
          ],
        },
      },
      async rig => {
        const info = await rig.opened();
        assert.equal(info.found, 'NVIDIA GPU');
        assert.deepEqual(rig.tick(), {
          ...FIRST,
          utilization: 'unsupported',
          memory_utilization: 'unsupported',
          power_limit_watts: 'unsupported',
          pcie_tx_kbps: 'unsupported',
          pcie_rx_kbps: 'unsupported',
          throttle_reasons: 'unsupported',
        });
        const titles = info.limitations?.map(({ what }) => what);
        assert.deepEqual(titles, ['PCIe throughput', 'utilization', 'power limit', 'throttle reasons']);
      },
    ),
  );

  test(
    'memory beyond 4 GiB and a mask beyond 32 bits are whole',
    withRig(
      { knobs: { set: { total: 192n << 30n, used: 100n << 30n, reasons: 0x1_0000_0104n } } },
      async rig => {
        await rig.opened();
        assert.deepEqual(rig.tick(), {
          ...FIRST,
          vram_used_mb: 102400,
          vram_total_mb: 196608,
          vram_percent: 52.1,
          throttle_reasons: 4294967556,
        });
      },
    ),
  );

  test(
    'a mask that a number cannot hold is no value',
    withRig({ knobs: { set: { reasons: 0xffff_ffff_ffff_ffffn } } }, async rig => {
      await rig.opened();
      assert.equal(rig.tick()['throttle_reasons'], 'failed');
    }),
  );

  test(
    'a fan beyond its noise limit is at 100 %',
    withRig({ knobs: { set: { fan: 130 } } }, async rig => {
      await rig.opened();
      assert.equal(rig.tick()['fan_speed'], 100);
    }),
  );

  test(
    'an unknown performance state is unsupported, a nonsensical one failed, 0 and 15 are values',
    withRig(
      { knobs: { gpus: 4, set: { 'pstate@0': 32, 'pstate@1': 16, 'pstate@2': 0, 'pstate@3': 15 } } },
      async rig => {
        await rig.opened();
        rig.tick();
        const states = [0, 1, 2, 3].map(gpu => rig.columns(gpu)['performance_state']);
        assert.deepEqual(states, ['unsupported', 'failed', 0, 15]);
      },
    ),
  );

  test(
    'the number that stands for "not available" is not a value',
    withRig(
      {
        knobs: {
          set: { utilization: 0xffff_ffff, power: 0xffff_ffff, encoder: 0xffff_ffff, tx: 0xffff_ffff },
        },
      },
      async rig => {
        await rig.opened();
        assert.deepEqual(rig.tick(), {
          ...FIRST,
          utilization: 'unsupported',
          power_watts: 'unsupported',
          encoder_utilization: 'unsupported',
          pcie_tx_kbps: 'unsupported',
          pcie_rx_kbps: 'unsupported',
        });
      },
    ),
  );

  test(
    'a percentage beyond 100 and a temperature below 0 are failed',
    withRig({ knobs: { set: { utilization: 101, temperature: 0xffff_fff0 } } }, async rig => {
      await rig.opened();
      const reading = rig.tick();
      assert.equal(reading['utilization'], 'failed');
      assert.equal(reading['temperature'], 'failed');
    }),
  );

  test(
    'zero is a value',
    withRig(
      {
        knobs: {
          set: { utilization: 0, used: 0, power: 0, fan: 0, compute: 0, graphics: 0, reasons: 0, tx: 0 },
        },
      },
      async rig => {
        await rig.opened();
        assert.deepEqual(rig.tick(), {
          ...FIRST,
          utilization: 0,
          vram_used_mb: 0,
          vram_percent: 0,
          power_watts: 0,
          fan_speed: 0,
          compute_processes: 0,
          graphics_processes: 0,
          pcie_tx_kbps: 0,
          throttle_reasons: 0,
        });
      },
    ),
  );

  test(
    'memory that is shared with the machine is the machine’s, and explained, by a total of 0 or by refusal',
    withRig(
      {
        knobs: {
          gpus: 2,
          set: { 'total@0': 0 },
          rules: ['nvmlDeviceGetMemoryInfo_v2@1=3', 'nvmlDeviceGetMemoryInfo@1=3'],
        },
      },
      async rig => {
        rig.tree.write('proc/meminfo', 'MemTotal: 8388608 kB\nMemFree: 1 kB\nMemAvailable: 6291456 kB\n');
        const info = await rig.opened();
        for (const [available, used] of [
          [6_291_456, 2048],
          [2_097_152, 6144],
        ] as const) {
          rig.tree.write('proc/meminfo', `MemTotal: 8388608 kB\nMemAvailable: ${String(available)} kB\n`);
          rig.tick();
          for (const gpu of [0, 1]) {
            const { vram_used_mb, vram_total_mb, vram_percent, utilization } = rig.columns(gpu);
            assert.deepEqual([vram_used_mb, vram_total_mb, vram_percent], [used, 8192, (100 * used) / 8192]);
            assert.equal(typeof utilization, 'number');
          }
        }
        for (let tick = 0; tick < 60; tick++) rig.tick();
        const limitation = info.limitations?.find(({ what }) => what === 'video memory of GPU 0, 1');
        assert.match(limitation?.why ?? '', /shares the machine’s/);
      },
    ),
  );

  test(
    'memory that neither the driver nor the machine tells is unsupported',
    withRig({ knobs: { set: { total: 0 } } }, async rig => {
      await rig.opened();
      const { vram_used_mb, vram_total_mb, vram_percent } = rig.tick();
      assert.deepEqual(
        [vram_used_mb, vram_total_mb, vram_percent],
        ['unsupported', 'unsupported', 'unsupported'],
      );
    }),
  );

  test(
    'a partitioned GPU (MIG) has no load as a whole, even where the driver says 0; it comes back with the mode',
    withRig(
      { knobs: { set: { mig: 1, utilization: 0, memory_utilization: 0, encoder: 0, decoder: 0 } } },
      async rig => {
        const info = await rig.opened();
        const ofWhole = {
          utilization: 'unsupported',
          memory_utilization: 'unsupported',
          encoder_utilization: 'unsupported',
          decoder_utilization: 'unsupported',
        };
        assert.deepEqual(rig.tick(), { ...FIRST, ...ofWhole });
        rig.tick();
        for (let tick = 0; tick < 60; tick++) rig.tick(0, 0.001);
        assert.ok(info.limitations?.some(({ why }) => why.includes('partitioned (MIG)')));
        rig.fake.turn({ set: { mig: 0, utilization: 7 } });
        for (let tick = 0; tick < 60; tick++) rig.tick(0, 0.001);
        assert.equal(rig.columns()['utilization'], 7);
      },
    ),
  );
});

describe('NVIDIA GPUs that come and go', WITH_FAKE, () => {
  const [first, second] = ['0000:01:00.0', '0000:02:00.0'].map(name => ({ name, driver: 'nvidia' }));

  test(
    'one that is added to the bus is found when the adapter is opened anew, and one that is removed is gone',
    withRig({ devices: [first ?? { name: '' }] }, async rig => {
      await rig.opened();
      rig.tick(0, 10);
      assert.equal(rig.adapter.hasOtherDevices, false);
      rig.tree.add(second ?? { name: '' });
      rig.fake.turn({ gpus: 2 });
      rig.tick(0, 10);
      assert.equal(rig.adapter.hasOtherDevices, true);
      rig.adapter.close();
      assert.equal((await rig.opened()).instances?.gpu, 2);
      assert.equal(rig.adapter.hasOtherDevices, false);
      assert.equal(rig.tick(1)['vram_total_mb'], 25 * 1024);

      rig.tree.remove('0000:01:00.0');
      rig.fake.turn({ gpus: 1 });
      rig.tick(0, 10);
      assert.equal(rig.adapter.hasOtherDevices, true);
      rig.adapter.close();
      assert.equal((await rig.opened()).instances?.gpu, 1);
    }),
  );

  test(
    'where there is no bus, more GPUs than before are noticed within a minute, fewer are lost ones',
    withRig({ knobs: { gpus: 2 } }, async rig => {
      await rig.opened();
      rig.fake.turn({ gpus: 1 });
      for (let tick = 0; tick < 120; tick++) rig.tick(0, 0.001);
      assert.equal(rig.adapter.hasOtherDevices, false);
      rig.fake.turn({ gpus: 3 });
      for (let tick = 0; tick < 60; tick++) rig.tick(0, 0.001);
      assert.equal(rig.adapter.hasOtherDevices, true);
    }),
  );
});

describe('NVIDIA calls that are refused', WITH_FAKE, () => {
  test(
    'not supported: its columns say so, the others go on, and the call is not made again',
    withRig({ knobs: { rules: ['nvmlDeviceGetFanSpeed=3', 'nvmlDeviceGetPowerUsage=13'] } }, async rig => {
      const info = await rig.opened();
      assert.deepEqual(rig.tick(), { ...FIRST, fan_speed: 'unsupported', power_watts: 'unsupported' });
      assert.ok(info.limitations?.some(({ what }) => what === 'fan speed'));
      rig.fake.turn({});
      for (let tick = 0; tick < 200; tick++) rig.tick(0, 0.001);
      assert.equal(rig.columns()['fan_speed'], 'unsupported');
      assert.equal(rig.fake.calls('nvmlDeviceGetFanSpeed').length, 1);
      assert.equal(rig.fake.calls('nvmlDeviceGetPowerUsage').length, 1);
    }),
  );

  test(
    'utilization that is not supported now is asked for again after 60 ticks',
    withRig({ knobs: { rules: ['nvmlDeviceGetUtilizationRates=3'] } }, async rig => {
      await rig.opened();
      for (let tick = 1; tick <= 60; tick++) assert.equal(rig.tick(0, 0.001)['utilization'], 'unsupported');
      assert.equal(rig.fake.calls('nvmlDeviceGetUtilizationRates').length, 1);
      rig.fake.turn({});
      assert.equal(rig.tick(0, 0.001)['utilization'], 21);
    }),
  );

  test(
    'no permission is denied, and asked for again after 60 ticks',
    withRig({ knobs: { rules: ['nvmlDeviceGetComputeRunningProcesses_v3=4'] } }, async rig => {
      const info = await rig.opened();
      assert.deepEqual(rig.tick(), { ...FIRST, compute_processes: 'denied' });
      assert.equal(rig.fake.calls('nvmlDeviceGetComputeRunningProcesses_v2').length, 0);
      const limitation = info.limitations?.find(({ what }) => what === 'number of compute processes');
      assert.equal(limitation?.why, 'this user may not read it');
      assert.ok(limitation.remedy);
      rig.fake.turn({});
      for (let tick = 2; tick <= 60; tick++) assert.equal(rig.tick(0, 0.001)['compute_processes'], 'denied');
      assert.equal(rig.tick(0, 0.001)['compute_processes'], 2);
    }),
  );

  test(
    'a passing error is failed for its tick',
    withRig({ knobs: { rules: ['nvmlDeviceGetPowerUsage=999'] } }, async rig => {
      await rig.opened();
      assert.deepEqual(rig.tick(), { ...FIRST, power_watts: 'failed' });
      rig.fake.turn({});
      assert.equal(rig.tick()['power_watts'], 101.5);
    }),
  );

  test(
    'a newer form that is refused leaves the older one, for that GPU',
    withRig(
      {
        knobs: {
          gpus: 2,
          rules: [
            'nvmlDeviceGetMemoryInfo_v2@1=25',
            'nvmlDeviceGetTemperatureV@1=3',
            'nvmlDeviceGetComputeRunningProcesses_v3@1=13',
            'nvmlDeviceGetComputeRunningProcesses_v2@1=26',
          ],
        },
      },
      async rig => {
        await rig.opened();
        rig.tick();
        rig.tick();
        assert.equal(rig.columns(0)['vram_used_mb'], 5136);
        // 5120 + 256 + 16 of the second call, and 512 that the driver reserves.
        assert.equal(rig.columns(1)['vram_used_mb'], 5904);
        assert.equal(rig.columns(1)['temperature'], 46);
        assert.equal(rig.columns(1)['compute_processes'], 3);
        const about1 = (symbol: string): number =>
          rig.fake.calls(symbol).filter(({ gpu }) => gpu === 1).length;
        assert.equal(about1('nvmlDeviceGetMemoryInfo_v2'), 1);
        assert.equal(about1('nvmlDeviceGetMemoryInfo'), 2);
        assert.equal(about1('nvmlDeviceGetComputeRunningProcesses'), 2);
      },
    ),
  );
});

describe('NVIDIA PCIe throughput', WITH_FAKE, () => {
  test(
    'at most one call in ten seconds over all GPUs and directions; values hold',
    withRig({ knobs: { gpus: 2 } }, async rig => {
      await rig.opened();
      const seen: unknown[] = [];
      rig.tick(0, Number.NaN);
      for (let second = 0; second < 50; second++) {
        if (second > 0) rig.tick();
        assert.equal(rig.fake.calls('nvmlDeviceGetPcieThroughput').length, 1 + Math.floor(second / 10));
        if (second % 10 === 9) {
          seen.push(
            [0, 1].flatMap(gpu => [rig.columns(gpu)['pcie_tx_kbps'], rig.columns(gpu)['pcie_rx_kbps']]),
          );
        }
      }
      // Values end with the number of former calls about that GPU.
      assert.deepEqual(seen, [
        [100000, 'failed', 'failed', 'failed'],
        [100000, 200001, 'failed', 'failed'],
        [100000, 200001, 200000, 'failed'],
        [100000, 200001, 200000, 400001],
        [100002, 200001, 200000, 400001],
      ]);
    }),
  );

  test(
    'a GPU that has no counters gives up its turns to the others',
    withRig({ knobs: { gpus: 2, rules: ['nvmlDeviceGetPcieThroughput@0=3'] } }, async rig => {
      await rig.opened();
      rig.tick(0, Number.NaN);
      assert.deepEqual(
        [rig.columns(0)['pcie_tx_kbps'], rig.columns(0)['pcie_rx_kbps']],
        ['unsupported', 'unsupported'],
      );
      rig.tick(0, 10);
      assert.equal(rig.columns(1)['pcie_tx_kbps'], 200000);
      rig.tick(0, 10);
      assert.equal(rig.columns(1)['pcie_rx_kbps'], 400001);
      rig.tick(0, 10);
      assert.equal(rig.columns(1)['pcie_tx_kbps'], 200002);
      assert.equal(rig.fake.calls('nvmlDeviceGetPcieThroughput').filter(({ gpu }) => gpu === 0).length, 1);
    }),
  );
});

describe('an NVIDIA GPU that is lost', WITH_FAKE, () => {
  test(
    'in the middle of a tick: all its columns are failed, the others go on, and it is found again after 30 ticks',
    withRig({ knobs: { gpus: 2 } }, async rig => {
      await rig.opened();
      rig.tick(0, Number.NaN);
      rig.fake.turn({
        gpus: 2,
        rules: ['nvmlDeviceGetPowerUsage@1=15', 'nvmlDeviceGetHandleByIndex_v2@1=15'],
      });
      rig.tick();
      assert.deepEqual(rig.columns(1), allColumns('failed'));
      assert.equal(rig.columns(0)['utilization'], 21);
      const before = rig.fake.calls().filter(({ gpu }) => gpu === 1).length;
      for (let tick = 1; tick < 30; tick++) rig.tick(0, 0.001);
      assert.deepEqual(rig.columns(1), allColumns('failed'));
      assert.equal(rig.columns(0)['vram_used_mb'], 5120 + 16 * 0);
      assert.equal(rig.fake.calls().filter(({ gpu }) => gpu === 1).length, before, 'it is left alone');
      // The 30th tick asks for it in a thread, in vain.
      rig.tick(0, 0.001);
      await rig.settled();
      assert.equal(rig.fake.calls('nvmlDeviceGetHandleByIndex_v2').length, 3);
      rig.tick(0, 0.001);
      assert.deepEqual(rig.columns(1), allColumns('failed'));
      rig.fake.turn({ gpus: 2 });
      const found = await rig.tickUntil(reading => reading['utilization'] !== 'failed', 1);
      assert.equal(found['vram_total_mb'], 25600);
      assert.equal(rig.fake.calls('nvmlDeviceGetHandleByIndex_v2').length, 4);
    }),
  );

  test(
    'PCIe throughput from before the loss is not shown after it',
    withRig({}, async rig => {
      await rig.opened();
      assert.equal(rig.tick(0, Number.NaN)['pcie_tx_kbps'], 100000);
      rig.fake.turn({ rules: ['nvmlDeviceGetPowerUsage=15'] });
      for (let tick = 0; tick < 30; tick++) rig.tick(0, 0.001);
      assert.deepEqual(rig.columns(), allColumns('failed'));
      rig.fake.turn({});
      const found = await rig.tickUntil(({ utilization }) => utilization !== 'failed');
      assert.equal(found['pcie_tx_kbps'], 'failed');
      assert.equal(rig.tick(0, 10)['pcie_rx_kbps'], 200001);
    }),
  );

  test(
    'at the opening: it is counted, said to be lost, and the others are read',
    withRig({ knobs: { gpus: 2, rules: ['nvmlDeviceGetHandleByIndex_v2@0=15'] } }, async rig => {
      const info = await rig.opened();
      assert.deepEqual(
        info.gpus?.map(({ name }) => name),
        ['NVIDIA GPU', 'NVIDIA Test GPU B'],
      );
      assert.ok(info.limitations?.some(({ what }) => what === 'GPU 0'));
      rig.tick();
      assert.deepEqual(rig.columns(0), allColumns('failed'));
      assert.equal(rig.columns(1)['utilization'], 25);
    }),
  );

  test(
    'one that this user may not use is denied',
    withRig({ knobs: { gpus: 2, rules: ['nvmlDeviceGetHandleByIndex_v2@1=4'] } }, async rig => {
      await rig.opened();
      rig.tick();
      assert.deepEqual(rig.columns(1), allColumns('denied'));
      assert.equal(rig.columns(0)['utilization'], 20);
    }),
  );
});

describe('opening NVML', WITH_FAKE, () => {
  for (const [code, reason, why] of [
    [4, 'denied', /may not use/],
    [9, 'unsupported', /not loaded/],
    [12, 'failed', /own parts/],
    [15, 'failed', /not respond/],
    [17, 'denied', /may not use/],
    [18, 'failed', /different versions/],
    [999, 'failed', /error 999/],
  ] as const) {
    test(
      `init returns ${String(code)}: ${reason}`,
      withRig({ knobs: { rules: [`nvmlInit_v2=${String(code)}`] } }, async rig => {
        const refusal = await rig.refused();
        assert.equal(refusal.reason, reason);
        assert.match(refusal.why, why);
        assert.ok(refusal.remedy);
        assert.ok(!rig.adapter.hasPendingCall);
        assert.deepEqual(
          rig.fake.calls().map(({ symbol }) => symbol),
          ['nvmlInit_v2'],
        );
      }),
    );
  }

  test(
    'a driver that is not loaded is a fault where there is a GPU for it',
    withRig(
      { knobs: { rules: ['nvmlInit_v2=9'] }, devices: [{ name: '0000:01:00.0', status: 'active' }] },
      async rig => {
        assert.equal((await rig.refused()).reason, 'failed');
      },
    ),
  );

  test(
    'after a refusal it can be opened when the fault has gone',
    withRig({ knobs: { rules: ['nvmlInit_v2=18'] } }, async rig => {
      await rig.refused();
      rig.fake.turn({});
      await rig.opened();
      assert.deepEqual(rig.tick(), FIRST);
    }),
  );

  test(
    'no GPU, or none that may be used',
    withRig({ knobs: { gpus: 0 } }, async rig => {
      assert.equal((await rig.refused()).reason, 'unsupported');
      rig.fake.turn({ gpus: 2, rules: ['nvmlDeviceGetHandleByIndex_v2=4'] });
      assert.equal((await rig.refused()).reason, 'denied');
      rig.fake.turn({ rules: ['nvmlDeviceGetCount_v2=999'] });
      assert.equal((await rig.refused()).reason, 'failed');
      await rig.settled();
      const opened = rig.fake.calls('nvmlInit_v2').length;
      assert.equal(rig.fake.calls('nvmlShutdown').length, opened, 'what was opened is closed');
    }),
  );

  test(
    'a slow driver does not stop the event loop, and is opened',
    withRig(
      { knobs: { rules: ['nvmlInit_v2=sleep300', 'nvmlDeviceGetHandleByIndex_v2=sleep300'] } },
      async rig => {
        const opening = rig.opened();
        // A synchronous call would have come back by now.
        assert.ok(rig.adapter.hasPendingCall);
        await opening;
        assert.ok(!rig.adapter.hasPendingCall);
        assert.equal(rig.tick()['utilization'], 20);
      },
    ),
  );

  test(
    'a driver that is too slow is given up, and closed again when it answers after all',
    withRig({ knobs: { rules: ['nvmlInit_v2=sleep600'] }, adapter: { answerMs: 50 } }, async rig => {
      const refusal = await rig.refused();
      assert.equal(refusal.reason, 'failed');
      assert.match(refusal.why, /does not answer/);
      assert.ok(rig.adapter.hasPendingCall);
      assert.deepEqual(await rig.refused(), refusal, 'it is not asked a second time');
      assert.equal(rig.fake.calls('nvmlInit_v2').length, 1);
      await rig.settled();
      assert.equal(rig.fake.calls('nvmlShutdown').length, 1);
      rig.fake.turn({});
      await rig.opened();
      assert.equal(rig.tick()['utilization'], 20);
    }),
  );

  test(
    'closing closes the library once, and it can be opened again',
    withRig({}, async rig => {
      for (let life = 1; life <= 3; life++) {
        await rig.opened();
        assert.equal(rig.tick()['power_limit_watts'], 300);
        rig.adapter.close();
        assert.equal(rig.fake.calls('nvmlInit_v2').length, life);
      }
      await rig.settled();
      assert.equal(rig.fake.calls('nvmlShutdown').length, 3);
    }),
  );

  test(
    'opening twice opens the library once',
    withRig({}, async rig => {
      await rig.opened();
      await rig.opened();
      assert.equal(rig.tick()['power_limit_watts'], 300);
      rig.adapter.close();
      await rig.settled();
      assert.equal(rig.fake.calls('nvmlInit_v2').length, 1);
      assert.equal(rig.fake.calls('nvmlShutdown').length, 1);
    }),
  );

  test(
    'reading after closing does nothing',
    withRig({}, async rig => {
      await rig.opened();
      rig.adapter.close();
      await rig.settled();
      const before = rig.fake.calls().length;
      assert.deepEqual(rig.tick(), allColumns('failed'));
      assert.equal(rig.fake.calls().length, before);
    }),
  );
});

describe('the library of NVML', () => {
  async function openWith(file: string | undefined, isFixture = false): Promise<Unavailable> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'optimetrics-nvml-'));
    const adapter = createNvidiaAdapter({
      env: file === undefined ? {} : { OPTIMETRICS_NVML: file },
      ...(isFixture ? {} : { platform: 'darwin' as const }),
      loadKoffi: () => assert.fail('koffi is loaded'),
    });
    try {
      const outcome = await adapter.open({
        sysroot: new Sysroot(isFixture ? folder : '/'),
        log: () => undefined,
      });
      assert.ok(!outcome.available);
      return outcome;
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  }

  test('a relative OPTIMETRICS_NVML is refused before anything is loaded', async () => {
    const refusal = await openWith('libnvidia-ml.so.1');
    assert.equal(refusal.reason, 'failed');
    assert.match(refusal.why, /not an absolute path/);
  });

  test('a file that is missing is unsupported, without koffi being loaded', async () => {
    const refusal = await openWith('/nonexistent/secret-place/libnvidia-ml.so.1');
    assert.equal(refusal.reason, 'unsupported');
    assert.ok(!JSON.stringify(refusal).includes('secret-place'));
  });

  test('a fixture tree has none, without koffi being loaded', async () => {
    const refusal = await openWith(undefined, true);
    assert.equal(refusal.reason, 'unsupported');
    assert.match(refusal.why, /not installed/);
  });

  test('macOS has none', async () => {
    assert.equal((await openWith(undefined)).reason, 'unsupported');
  });

  test('a file that is not NVML is failed and not told by its name', async () => {
    const adapter = createNvidiaAdapter({ env: { OPTIMETRICS_NVML: process.execPath } });
    const outcome = await adapter.open({ sysroot: new Sysroot('/'), log: () => undefined });
    assert.ok(!outcome.available);
    assert.equal(outcome.reason, 'failed');
    assert.match(outcome.why, /cannot be loaded/);
    assert.ok(!JSON.stringify(outcome).includes(path.dirname(process.execPath)));
  });

  test('koffi’s own absence is the adapter’s', async () => {
    const missing: Unavailable = { available: false, reason: 'failed', why: 'no koffi' };
    const adapter = createNvidiaAdapter({
      env: { OPTIMETRICS_NVML: process.execPath },
      loadKoffi: () => missing,
    });
    assert.equal(await adapter.open({ sysroot: new Sysroot('/'), log: () => undefined }), missing);
  });
});
