import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { whyNoCompiler, MINGW } from '../fixtures/c-library.ts';
import { buildFakeD3dkmt, buildFakeD3dkmtDll } from '../fixtures/d3dkmt/build.ts';
import { type Observed, observeMixedMachine } from '../fixtures/d3dkmt/scenario.ts';
import { buildFakeNvmlDll } from '../fixtures/nvml/build.ts';
import {
  bundleForWine,
  ensureWine,
  fileOfDriveC,
  NO_WINE,
  runUnderWine,
  stopWine,
  windowsPath,
} from './harness/wine.ts';

const PROGRAM = path.join(import.meta.dirname, '..', 'fixtures', 'd3dkmt', 'wine-program.ts');
/** Where the driver puts NVML, and where it did before 2018. */
const PLACES = [
  fileOfDriveC('windows', 'system32', 'nvml.dll'),
  fileOfDriveC('Program Files', 'NVIDIA Corporation', 'NVSMI', 'nvml.dll'),
];
const removeFromPlaces = (): void => {
  for (const file of PLACES) fs.rmSync(file, { force: true });
};

type Seen = Readonly<Record<'nvidia' | 'windows-gpu', Observed>> & { readonly platform: string };

describe(
  'GPUs under Wine, with the DLLs of a made-up driver',
  { skip: NO_WINE || whyNoCompiler('the fake DLLs', MINGW) },
  () => {
    let program = '';
    before(async () => {
      await ensureWine();
      program = await bundleForWine(PROGRAM);
      removeFromPlaces();
    });
    after(async () => {
      fs.rmSync(path.dirname(program), { recursive: true, force: true });
      removeFromPlaces();
      await stopWine();
    });

    /** Runs the program in a folder with `nvml.dll` in it, which writes down its calls, and returns what it printed. */
    async function run(
      t: TestContext,
      args: readonly string[],
      env: NodeJS.ProcessEnv = {},
    ): Promise<{ printed: unknown; calls: string }> {
      const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'optimetrics-wine-cwd-'));
      t.after(() => {
        fs.rmSync(cwd, { recursive: true, force: true });
      });
      fs.copyFileSync(buildFakeNvmlDll(), path.join(cwd, 'nvml.dll'));
      const file = path.join(cwd, 'calls');
      const set = { FAKE_NVML_CALLS: windowsPath(file), FAKE_NVML_GPUS: '2', ...env };
      const { code, stdout, stderr } = await runUnderWine(program, args, { cwd, env: set });
      assert.equal(code, 0, stderr);
      return { printed: JSON.parse(stdout), calls: fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '' };
    }

    /** What the adapters of Windows see. */
    async function look(t: TestContext, env?: NodeJS.ProcessEnv): Promise<{ seen: Seen; calls: string }> {
      const { printed, calls } = await run(t, ['system'], env);
      const seen = printed as Seen;
      assert.equal(seen.platform, 'win32');
      return { seen, calls };
    }

    test('the graphics kernel: the same as on Linux, from the same source with Windows’ binary interface', async () => {
      const dll = windowsPath(buildFakeD3dkmtDll());
      const { code, stdout, stderr } = await runUnderWine(program, ['mixed', dll]);
      assert.equal(code, 0, stderr);
      const observed = JSON.parse(stdout) as Observed;
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
      const control = await run(t, ['load', 'nvml.dll']);
      assert.match(control.calls, /nvmlInit_v2/, 'Windows finds it by its bare name');
      const { seen, calls } = await look(t);
      assert.equal(calls, '');
      assert.ok(!seen.nvidia.outcome.available);
      assert.equal(seen.nvidia.outcome.reason, 'unsupported');
    });

    test('nor one that OPTIMETRICS_NVML names without saying where', async t => {
      const { seen, calls } = await look(t, { OPTIMETRICS_NVML: 'nvml.dll' });
      assert.equal(calls, '');
      assert.ok(!seen.nvidia.outcome.available);
      assert.match(seen.nvidia.outcome.why, /not an absolute path/);
    });

    test('Wine’s own gdi32.dll has no adapters to tell, and says so', async t => {
      const { seen } = await look(t);
      assert.ok(!seen['windows-gpu'].outcome.available);
      assert.equal(seen['windows-gpu'].outcome.reason, 'unsupported');
    });

    for (const place of PLACES) {
      test(`NVML is read in every column where the driver puts it: ${path.basename(path.dirname(place))}`, async t => {
        fs.mkdirSync(path.dirname(place), { recursive: true });
        fs.copyFileSync(buildFakeNvmlDll(), place);
        t.after(removeFromPlaces);
        const { seen, calls } = await look(t);
        assert.match(calls, /nvmlInit_v2/);
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
