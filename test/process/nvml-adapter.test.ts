import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { buildFakeNvml, NO_FAKE_NVML } from '../fixtures/nvml/build.ts';
import { PciTree } from '../sampler/adapters/gpu/nvidia/pci-tree.ts';

const CHILD = path.join(import.meta.dirname, '../sampler/adapters/gpu/nvidia/child.ts');

/** A process with the adapter and the fake library, and the lines it has told so far. */
class Child {
  readonly lines: Record<string, unknown>[] = [];
  readonly #process: ReturnType<typeof spawn>;
  readonly #exit: Promise<unknown[]>;
  readonly #ended: Promise<unknown>;

  constructor(env: Record<string, string>, options: Record<string, string> = {}) {
    const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    this.#process = spawn(process.execPath, ['--import', 'tsx', CHILD, ...flags], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#exit = once(this.#process, 'exit');
    assert.ok(this.#process.stdout);
    const reader = createInterface(this.#process.stdout);
    reader.on('line', line => this.lines.push(JSON.parse(line) as Record<string, unknown>));
    this.#ended = once(reader, 'close');
  }

  /** Waits until `count` lines were told; fails after 30 s. */
  async told(count: number): Promise<void> {
    const deadline = performance.now() + 30_000;
    while (this.lines.length < count) {
      assert.ok(performance.now() < deadline, `only ${JSON.stringify(this.lines)}`);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }

  /** Waits for its end; returns the exit code, or the signal that ended it. */
  async end(): Promise<unknown> {
    const [code, signal] = await this.#exit;
    await this.#ended;
    return code ?? signal;
  }

  async kill(): Promise<unknown> {
    this.#process.kill('SIGKILL');
    return this.end();
  }
}

/** Waits until the library has logged a call; fails after 30 s. */
async function called(log: string, symbol: string, times: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const text = fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : '';
    if (text.split('\n').filter(line => line.includes(` ${symbol} `)).length >= times) return;
    assert.ok(performance.now() < deadline, `${symbol} is not called ${String(times)} times`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

describe('the NVIDIA adapter in a process of its own', { skip: NO_FAKE_NVML }, () => {
  const library = NO_FAKE_NVML === false ? buildFakeNvml() : '';
  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    OPTIMETRICS_NVML: library,
    ...more,
  });

  test('reads eight GPUs, closes, and lets the process end by itself', async () => {
    const child = new Child(environment({ FAKE_NVML_GPUS: '8' }));
    assert.equal(await child.end(), 0);
    assert.deepEqual(
      child.lines.slice(1).map(({ utilization }) => utilization),
      [
        [20, 25, 30, 35, 40, 45, 50, 55],
        [21, 26, 31, 36, 41, 46, 51, 56],
        [22, 27, 32, 37, 42, 47, 52, 57],
      ],
    );
  });

  test('an init that hangs: given up in time, the process goes on, and a kill ends it', async () => {
    const child = new Child(environment({ FAKE_NVML_RULES: 'nvmlInit_v2=hang' }), {
      answer: '200',
      ticks: '5',
    });
    await child.told(6);
    const [opening] = child.lines;
    assert.deepEqual(
      [opening?.['isPending'], (opening?.['outcome'] as Record<string, unknown>)['reason']],
      [true, 'failed'],
    );
    // Every tick came after the call that never returns.
    assert.deepEqual(
      child.lines.slice(1).map(({ tick }) => tick),
      [1, 2, 3, 4, 5],
    );
    assert.equal(await child.kill(), 'SIGKILL');
  });

  test('an init that crashes takes its process and no other', async () => {
    const child = new Child(environment({ FAKE_NVML_RULES: 'nvmlInit_v2=segv' }));
    assert.equal(await child.end(), 'SIGSEGV');
    assert.deepEqual(child.lines, []);
  });

  test('a call that hangs after three ticks stops the process there, for a watchdog to end', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'optimetrics-nvml-calls-'));
    const log = path.join(folder, 'calls');
    const child = new Child(
      environment({ FAKE_NVML_RULES: 'nvmlDeviceGetPowerUsage>3=hang', FAKE_NVML_CALLS: log }),
      { ticks: '100' },
    );
    await called(log, 'nvmlDeviceGetPowerUsage', 4);
    await child.told(4);
    assert.equal(await child.kill(), 'SIGKILL');
    assert.deepEqual(
      child.lines.slice(1).map(({ tick }) => tick),
      [1, 2, 3],
    );
    fs.rmSync(folder, { recursive: true });
  });

  test('a call that crashes after three ticks ends the process there', async () => {
    const child = new Child(environment({ FAKE_NVML_RULES: 'nvmlDeviceGetFanSpeed@0>3=segv' }), {
      ticks: '100',
    });
    assert.equal(await child.end(), 'SIGSEGV');
    assert.deepEqual(
      child.lines.slice(1).map(({ tick }) => tick),
      [1, 2, 3],
    );
  });

  test('a GPU that sleeps in the fixture tree: not one call', async () => {
    const tree = new PciTree([{ name: '0000:01:00.0', status: 'suspended' }]);
    const log = path.join(tree.sysroot.root, 'calls');
    const child = new Child(environment({ OPTIMETRICS_SYSROOT: tree.sysroot.root, FAKE_NVML_CALLS: log }));
    assert.equal(await child.end(), 0);
    assert.equal((child.lines[0]?.['outcome'] as Record<string, unknown>)['reason'], 'asleep');
    assert.equal(fs.existsSync(log), false);
    tree.dispose();
  });
});
