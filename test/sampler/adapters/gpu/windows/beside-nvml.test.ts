import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createAdapters } from '../../../../../src/sampler/adapters/all.ts';
import type { AdapterInfo, GpuInfo, Unavailable } from '../../../../../src/sampler/adapters/base.ts';
import { createNvidiaAdapter } from '../../../../../src/sampler/adapters/gpu/nvidia/adapter.ts';
import { createWindowsGpuAdapter } from '../../../../../src/sampler/adapters/gpu/windows/adapter.ts';
import { Sysroot } from '../../../../../src/sampler/sysroot.ts';
import { buildFakeD3dkmt, NO_FAKE_D3DKMT } from '../../../../fixtures/d3dkmt/build.ts';
import { FakeD3dkmt } from '../../../../fixtures/d3dkmt/fake-d3dkmt.ts';
import { FakeNvml, type Knobs } from '../../../../fixtures/nvml/fake-nvml.ts';
import { tryOpen } from '../../../proc/fixture-tree.ts';

/** The names that each of the two adapters shows, on a machine with an Intel and an NVIDIA GPU. */
async function bothOpened(t: TestContext, knobs: Knobs): Promise<(string[] | string)[]> {
  const nvml = new FakeNvml();
  t.after(() => {
    nvml.dispose();
  });
  nvml.turn(knobs);
  const kernel = new FakeD3dkmt(buildFakeD3dkmt());
  kernel.add({ vendor: 0x8086, name: 'Intel(R) UHD Graphics' });
  kernel.add({ vendor: 0x10de, name: 'NVIDIA Test GPU A' });
  const env = { OPTIMETRICS_NVML: nvml.library };
  // Linux's paths; what is Windows' own about it is tried under Wine.
  const nvidia = createNvidiaAdapter({ env, platform: 'linux' });
  const isReadElsewhere = (vendor: GpuInfo['vendor']): boolean => vendor === 'nvidia' && nvidia.hasGpus;
  const windows = createWindowsGpuAdapter({ library: kernel.library, isReadElsewhere });
  const shown = (outcome: AdapterInfo | Unavailable): string[] | string =>
    outcome.available ? (outcome.gpus ?? []).map(({ name }) => name) : outcome.reason;
  assert.equal(nvidia.hasGpus, false);
  const outcomes = [
    shown(await tryOpen(t, nvidia, new Sysroot('/nonexistent'))),
    shown(await tryOpen(t, windows, new Sysroot())),
  ];
  nvidia.close();
  return outcomes;
}

describe('an NVIDIA GPU of Windows appears once', { skip: NO_FAKE_D3DKMT }, () => {
  test('through NVML where that works', async t => {
    assert.deepEqual(await bothOpened(t, {}), [['NVIDIA Test GPU A'], ['Intel(R) UHD Graphics']]);
  });

  test('through Windows where NVML does not', async t => {
    assert.deepEqual(await bothOpened(t, { rules: ['nvmlInit_v2=9'] }), [
      'unsupported',
      ['Intel(R) UHD Graphics', 'NVIDIA Test GPU A'],
    ]);
  });

  test('because NVML is asked first', () => {
    const gpus = createAdapters('win32').filter(({ group }) => group === 'gpu');
    assert.deepEqual(
      gpus.map(({ name }) => name),
      ['nvidia', 'windows-gpu'],
    );
  });
});
