import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../lib/paths.mjs';

/** What is used of `test/fixtures/nvml/build.ts`; the tests' project refers to this one, so its types cannot be had. */
interface FakeNvmlModule {
  readonly NO_FAKE_NVML: string | false;
  readonly buildFakeNvml: (options: { readonly fixed: true; readonly gpus: number }) => string;
}

/** Environment in which a sampler reads GPUs of a stand-in for NVIDIA’s library, and what to say of it. */
export async function fakeNvml(gpus = 1): Promise<{ env: NodeJS.ProcessEnv; note: string }> {
  const file = path.join(ROOT, 'test', 'fixtures', 'nvml', 'build.ts');
  const { NO_FAKE_NVML, buildFakeNvml } = (await import(pathToFileURL(file).href)) as FakeNvmlModule;
  if (NO_FAKE_NVML !== false) return { env: {}, note: `nvidia is left out: ${NO_FAKE_NVML}.` };
  return {
    env: { OPTIMETRICS_NVML: buildFakeNvml({ fixed: true, gpus }) },
    note:
      'nvidia: GPUs of a fake library that answers at once, so this is our part; a real driver’s comes on top. ' +
      'Every 10 s one call waits 20 ms for the PCIe counters, as the real one does: no CPU time, but it is in the p99.',
  };
}
