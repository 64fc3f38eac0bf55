import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FAKE_NVML } from '../fixtures/nvml/build.ts';
import { FakeNvml } from '../fixtures/nvml/fake-nvml.ts';
import { logRowsAfter, startGpuLog } from './harness/gpu-log.ts';
import { TestHome, until } from './harness/home.ts';

const NAME =
  'after a minute the driver is tried again; at the second death it is in quarantine until a manual start';

// In a file of its own: its minute passes while other tests run.
test(NAME, { skip: NO_FAKE_NVML }, async t => {
  const home = new TestHome();
  const fake = new FakeNvml();
  t.after(async () => {
    await home.end();
    fake.dispose();
  });
  const env = { OPTIMETRICS_NVML: fake.library };
  fake.turn({});
  const run = await startGpuLog(home, fake);
  const first = home.samplerPid;
  fake.turn({ rules: ['nvmlDeviceGetUtilizationRates=segv'] });
  const second = await until('another takes over', () =>
    home.samplerPid !== first ? home.samplerPid : undefined,
  );
  const third = await until(
    'it tries the driver again, and dies',
    () => (home.samplerPid !== second ? home.samplerPid : undefined),
    90,
  );
  fake.turn({ set: { utilization: 42 } });
  const moment = Date.now();
  await until('it logs', () => logRowsAfter(home, moment).length >= 3);
  assert.ok(logRowsAfter(home, moment).every(row => row['gpu0_utilization'] === ''));
  assert.match((await home.run(['doctor'], env)).stdout, /nvidia +in quarantine/);
  assert.equal(home.samplerPid, third);
  const manual = home.start(['run', ...home.everySample], env);
  await until('the manual start brings the GPU back', () =>
    logRowsAfter(home, moment).some(row => row['gpu0_utilization'] === '42'),
  );
  assert.equal(home.samplerPid, third);
  for (const command of [run, manual]) command.child.kill('SIGINT');
});
