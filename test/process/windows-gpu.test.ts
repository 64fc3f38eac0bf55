import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { whyNoCompiler, MINGW } from '../fixtures/c-library.ts';
import { buildFakeD3dkmt, buildFakeD3dkmtDll } from '../fixtures/d3dkmt/build.ts';
import { type Observed, observeMixedMachine } from '../fixtures/d3dkmt/scenario.ts';
import { buildFakeNvmlDll } from '../fixtures/nvml/build.ts';
import * as esbuild from 'esbuild';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { whyNoWine } from '../../scripts/lib/windows-host.mjs';
import { WindowsHome } from './harness/windows.ts';

type Seen = Readonly<Record<'nvidia' | 'windows-gpu', Observed>> & { readonly platform: string };

describe(
  'GPUs under Wine, with the DLLs of a made-up driver',
  { skip: whyNoWine() || whyNoCompiler('the fake DLLs', MINGW) },
  () => {
    let home: WindowsHome;
    before(async () => {
      home = await WindowsHome.make();
      await bundle(path.join(home.root, 'program.js'));
      // The native call interface for Windows, beside the bundle.
      fs.copyFileSync(path.join(home.root, 'optimetrics', 'koffi.node'), path.join(home.root, 'koffi.node'));
    });
    after(() => home.end());

    /** A file of the program's drive C. */
    const fileOf = (...parts: string[]): string => path.join(home.root, '..', ...parts);

    /** Puts a made-up driver's library somewhere on drive C, which then writes its calls beside itself. */
    function putNvml(t: TestContext, ...folder: string[]): { calls: () => string } {
      const file = fileOf(...folder, 'nvml.dll');
      const calls = `${file}.calls`;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.copyFileSync(buildFakeNvmlDll(), file);
      const seenFromInside = `C:\\${[...folder, 'nvml.dll.calls'].join('\\')}`;
      fs.writeFileSync(`${file}.control`, `FAKE_NVML_GPUS=2\nFAKE_NVML_CALLS=${seenFromInside}\n`);
      t.after(() => {
        for (const made of [file, calls, `${file}.control`]) fs.rmSync(made, { force: true });
      });
      return { calls: () => (fs.existsSync(calls) ? fs.readFileSync(calls, 'utf8') : '') };
    }

    /** Runs the program in a folder of drive C and returns what it printed. */
    async function run(what: string, folder: string, ...more: string[]): Promise<unknown> {
      fs.mkdirSync(fileOf(folder), { recursive: true });
      const args = ['C:\\test\\program.js', what, `C:\\${folder}`, ...more];
      const { code, stdout, stderr } = await home.node(args).finished;
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    }

    /** What the adapters of Windows see. */
    async function look(...more: string[]): Promise<Seen> {
      const seen = (await run('system', 'current', ...more)) as Seen;
      assert.equal(seen.platform, 'win32');
      return seen;
    }

    test('the graphics kernel: the same as on Linux, from the same source with Windows’ binary interface', async () => {
      fs.copyFileSync(buildFakeD3dkmtDll(), path.join(home.root, 'd3dkmt.dll'));
      const observed = (await run('mixed', 'current', 'C:\\test\\d3dkmt.dll')) as Observed;
      const here = await observeMixedMachine(buildFakeD3dkmt());
      assert.deepEqual(observed, JSON.parse(JSON.stringify(here)));
      const last = observed.ticks.at(-1) ?? {};
      assert.deepEqual(
        [
          'gpu0_utilization',
          'gpu0_vram_used_mb',
          'gpu0_fan_speed',
          'gpu1_utilization',
          'gpu3_vram_percent',
        ].map(column => last[column]),
        [75, 6144, 25, 'failed', 25],
      );
    });

    test('an nvml.dll in the current directory is not loaded', async t => {
      const nvml = putNvml(t, 'current');
      const seen = await look();
      assert.equal(nvml.calls(), '');
      assert.ok(!seen.nvidia.outcome.available);
      assert.equal(seen.nvidia.outcome.reason, 'unsupported');
      assert.equal(await run('load', 'current', 'nvml.dll'), 0, 'Windows finds it by its bare name');
      assert.match(nvml.calls(), /nvmlInit_v2/);
    });

    test('nor one that OPTIMETRICS_NVML names without saying where', async t => {
      const nvml = putNvml(t, 'current');
      const seen = await look('', 'nvml.dll');
      assert.equal(nvml.calls(), '');
      assert.ok(!seen.nvidia.outcome.available);
      assert.match(seen.nvidia.outcome.why, /not an absolute path/);
    });

    test('Wine’s own gdi32.dll has no adapters to tell, and says so', async () => {
      const seen = await look();
      assert.ok(!seen['windows-gpu'].outcome.available);
      assert.equal(seen['windows-gpu'].outcome.reason, 'unsupported');
    });

    for (const place of [
      // Where the driver puts it, and where it did before 2018.
      ['windows', 'system32'],
      ['Program Files', 'NVIDIA Corporation', 'NVSMI'],
    ]) {
      test(`NVML is read in every column where the driver puts it: ${place.join('\\')}`, async t => {
        const nvml = putNvml(t, ...place);
        const seen = await look();
        assert.match(nvml.calls(), /nvmlInit_v2/);
        const { outcome, ticks } = seen.nvidia;
        assert.ok(outcome.available);
        assert.equal(outcome.found, 'NVIDIA Test GPU A, NVIDIA Test GPU B (driver 580.65.06)');
        const last = Object.entries(ticks.at(-1) ?? {});
        const missing = last.filter(([, value]) => typeof value !== 'number').map(([name]) => name);
        // One direction of one GPU is read every ten seconds.
        assert.deepEqual(missing, ['gpu0_pcie_rx_kbps', 'gpu1_pcie_tx_kbps', 'gpu1_pcie_rx_kbps']);
        const columns = Object.fromEntries(last);
        for (const [name, value] of [
          ['gpu0_utilization', 22],
          ['gpu0_vram_total_mb', 24_576],
          ['gpu0_vram_used_mb', 5152],
          ['gpu0_temperature', 42],
          ['gpu0_power_watts', 103],
          ['gpu1_utilization', 27],
          ['gpu1_power_limit_watts', 301],
          ['gpu1_core_clock_mhz', 1512],
          ['gpu1_throttle_reasons', 2],
        ] as const) {
          assert.equal(columns[name], value, name);
        }
      });
    }
  },
);

/** Bundles the program as the build does the sampler. */
async function bundle(outfile: string): Promise<void> {
  await esbuild.build({
    entryPoints: [path.join(import.meta.dirname, '..', 'fixtures', 'd3dkmt', 'wine-program.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
    inject: [path.join(ROOT, 'scripts', 'lib', 'import-meta-url.cjs.mjs')],
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': 'importMetaUrl',
    },
  });
}
