import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { NEWER_FORMS, NO_FAKE_NVML } from '../fixtures/nvml/build.ts';
import { FakeNvml, type Knobs } from '../fixtures/nvml/fake-nvml.ts';
import { logRowsAfter, startGpuLog } from './harness/gpu-log.ts';
import { inTime, type Running, TestHome, TooLateError, until } from './harness/home.ts';
import { type LogRow, missingSeconds, readLog, times } from './harness/log.ts';

interface SampleJson {
  metrics: Record<string, number>;
  unavailable: Record<string, string>;
}
interface DoctorJson {
  adapters: { name: string; state: string; detail: string; remedy?: string }[];
}

describe('NVML behind the whole sampler', { skip: NO_FAKE_NVML }, () => {
  let home: TestHome;
  let fake: FakeNvml;
  beforeEach(() => {
    home = new TestHome();
    fake = new FakeNvml();
  });
  async function end(): Promise<void> {
    await home.end();
    fake.dispose();
  }
  afterEach(end);
  async function renew(): Promise<void> {
    await end();
    home = new TestHome();
    fake = new FakeNvml();
  }

  const env = (): NodeJS.ProcessEnv => ({ OPTIMETRICS_NVML: fake.library });

  async function sample(knobs: Knobs): Promise<SampleJson> {
    fake.turn(knobs);
    const { code, stdout, stderr } = await home.run(['sample', '--json'], env());
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as SampleJson;
  }

  async function nvidiaState(): Promise<DoctorJson['adapters'][number]> {
    const { code, stdout, stderr } = await home.run(['doctor', '--json'], env());
    assert.equal(code, 0, stderr);
    const adapter = (JSON.parse(stdout) as DoctorJson).adapters.find(({ name }) => name === 'nvidia');
    assert.ok(adapter);
    return adapter;
  }

  const startLogging = (): Promise<Running> => startGpuLog(home, fake);
  const rowsAfter = (moment: number): LogRow[] => logRowsAfter(home, moment);

  test('one GPU: every column of the design', async () => {
    const { metrics, unavailable } = await sample({
      gpus: 1,
      set: {
        utilization: 87,
        memory_utilization: 41,
        temperature: 66,
        power: 234_500,
        limit: 450_000,
        fan: 55,
        encoder: 12,
        decoder: 7,
        compute: 3,
        graphics: 2,
        pstate: 2,
        reasons: 0x4,
      },
    });
    assert.deepEqual(
      Object.fromEntries(
        [
          'utilization',
          'memory_utilization',
          'temperature',
          'power_watts',
          'power_limit_watts',
          'fan_speed',
          'encoder_utilization',
          'decoder_utilization',
          'compute_processes',
          'graphics_processes',
          'performance_state',
          'throttle_reasons',
          'vram_total_mb',
        ].map(name => [name, metrics[`gpu0_${name}`]]),
      ),
      {
        utilization: 87,
        memory_utilization: 41,
        temperature: 66,
        power_watts: 234.5,
        power_limit_watts: 450,
        fan_speed: 55,
        encoder_utilization: 12,
        decoder_utilization: 7,
        compute_processes: 3,
        graphics_processes: 2,
        performance_state: 2,
        throttle_reasons: 4,
        vram_total_mb: 24_576,
      },
    );
    assert.deepEqual(
      Object.keys(unavailable).filter(column => column.startsWith('gpu') && !column.includes('pcie')),
      [],
    );
  });

  test('eight GPUs: each in its own columns', async () => {
    const { metrics } = await sample({
      gpus: 8,
      set: Object.fromEntries(
        Array.from({ length: 8 }, (_, gpu) => [`utilization@${String(gpu)}`, 10 * gpu + 1]),
      ),
    });
    assert.deepEqual(
      Array.from({ length: 8 }, (_, gpu) => metrics[`gpu${String(gpu)}_utilization`]),
      [1, 11, 21, 31, 41, 51, 61, 71],
    );
    assert.equal(metrics['gpu7_vram_total_mb'], (24 + 7) * 1024);
  });

  test('an old driver without the newer functions is read through the older ones', async () => {
    fake.dispose();
    fake = new FakeNvml({ without: NEWER_FORMS });
    const { metrics } = await sample({
      set: { utilization: 33, total: 8 * 2 ** 30, used: 2 ** 30, reserved: 0 },
    });
    assert.equal(metrics['gpu0_utilization'], 33);
    assert.equal(metrics['gpu0_vram_used_mb'], 1024);
  });

  test('fields that are not supported say so, and only those', async () => {
    const { metrics, unavailable } = await sample({
      rules: ['nvmlDeviceGetFanSpeed=3', 'nvmlDeviceGetEncoderUtilization=3', 'nvmlDeviceGetPowerUsage=4'],
    });
    assert.equal(unavailable['gpu0_fan_speed'], 'unsupported');
    assert.equal(unavailable['gpu0_encoder_utilization'], 'unsupported');
    assert.equal(unavailable['gpu0_power_watts'], 'denied');
    assert.ok('gpu0_decoder_utilization' in metrics);
  });

  test('a driver that does not initialize: the reason and the remedy are told, the CPU is read', async () => {
    const { metrics, unavailable } = await sample({ rules: ['nvmlInit_v2=18'] });
    assert.ok('total_utilization' in metrics);
    assert.equal(unavailable['gpu0_utilization'], 'failed');
    const adapter = await nvidiaState();
    assert.equal(adapter.state, 'failed');
    assert.ok(adapter.remedy);
  });

  test('an absent library is unsupported', async () => {
    const { stdout } = await home.run(['sample', '--json'], {
      OPTIMETRICS_NVML: `${home.root}/libnvidia-ml.so.1`,
    });
    assert.equal((JSON.parse(stdout) as SampleJson).unavailable['gpu0_utilization'], 'unsupported');
  });

  test('a GPU that falls off the bus reads failed; the other one and the CPU go on', async () => {
    fake.turn({ gpus: 2 });
    await startLogging();
    const lostAt = Date.now();
    fake.turn({ gpus: 2, rules: ['*@1=15'] });
    const rows = await until('three rows follow', () =>
      rowsAfter(lostAt + 1_100).length >= 3 ? rowsAfter(lostAt + 1_100) : undefined,
    );
    for (const row of rows) {
      assert.equal(row['gpu1_utilization'], '');
      assert.notEqual(row['gpu0_utilization'], '');
      assert.notEqual(row['total_utilization'], '');
    }
    assert.deepEqual(missingSeconds(readLog(home.logDirectory)), []);
  });

  for (const [fault, verb] of [
    ['hang', 'hangs'],
    ['segv', 'crashes'],
  ] as const) {
    async function faultInCall(): Promise<void> {
      fake.turn({});
      const run = await startLogging();
      const before = home.samplerPid;
      fake.turn({ rules: [`nvmlDeviceGetTemperature=${fault}`, `nvmlDeviceGetTemperatureV=${fault}`] });
      const faultAt = Date.now();
      await until('logging goes on', () => rowsAfter(faultAt + 1_000).length >= 3);
      assert.notEqual(home.samplerPid, before);
      const log = readLog(home.logDirectory);
      for (const row of rowsAfter(faultAt + 1_000)) {
        assert.notEqual(row['total_utilization'], '');
        assert.equal(row['gpu0_utilization'], '', 'left out');
      }
      assert.ok('gpu0_utilization' in (log.at(-1) ?? {}), 'the columns stay');
      assert.match(run.stderr(), fault === 'hang' ? /the sampler hangs/ : /the sampler died/);
      assert.match(run.stderr(), /died while “nvidia” was in a call/);
      const took = (times(log).find(time => time > faultAt + 1_000) ?? Infinity) - faultAt;
      if (took >= 4_000)
        throw new TooLateError(`at most 1 s to the call and 3 s after it, not ${String(took)} ms`);
    }
    test(`a call that ${verb}: the CPU readout goes on within 3 s, without the GPU`, () =>
      inTime(faultInCall, renew));

    async function faultInInitialization(): Promise<void> {
      fake.turn({ rules: [`nvmlInit_v2=${fault}`] });
      const startedAt = Date.now();
      const run = home.start(['run', ...home.everySample], env());
      await until('logging goes on', () => readLog(home.logDirectory).length >= 3);
      const rows = readLog(home.logDirectory);
      for (const row of rows) {
        assert.notEqual(row['total_utilization'], '');
        assert.equal(row['gpu0_utilization'], '');
      }
      const { stdout } = await home.run(['sample', '--json'], env());
      assert.equal((JSON.parse(stdout) as SampleJson).unavailable['gpu0_utilization'], 'failed');
      run.child.kill('SIGINT');
      assert.equal(
        (await run.finished).code,
        0,
        'a call that never comes back does not keep the sampler from ending',
      );
      await until('the sampler is gone', () => home.samplerPids.length === 0);
      const took = (times(rows)[0] ?? Infinity) - startedAt;
      if (took >= 5_000) throw new TooLateError(`the first sample after ${String(took)} ms`);
    }
    test(`an initialization that ${verb} costs only the GPU`, () => inTime(faultInInitialization, renew));
  }
});
