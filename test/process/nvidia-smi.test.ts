/** The whole sampler beside nvidia-smi on a real NVIDIA GPU. `npm run compare -- --gpu` prints the same comparison, also under a load. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agrees, compareGpus, compareProcesses, gpuTable } from './harness/tools/gpu-compare.ts';
import { measureGpus } from './harness/tools/gpu-measure.ts';
import { whyNoNvidiaSmi } from './harness/tools/nvidia-smi.ts';

describe('nvidia-smi over the same seconds', { skip: whyNoNvidiaSmi() }, () => {
  test('says the same of every GPU column', async t => {
    const { ours, theirs, processes, atProcesses } = await measureGpus({
      seconds: 8,
      load: undefined,
      leadSeconds: 2,
    });
    const comparisons = [...compareGpus(ours, theirs), ...compareProcesses(atProcesses, processes)];
    assert.ok(comparisons.length > 0, 'nvidia-smi said something');
    const table = gpuTable(comparisons);
    assert.ok(comparisons.every(agrees), table);
    t.diagnostic(`${String(comparisons.length)} comparisons`);
  });
});
