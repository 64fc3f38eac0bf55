import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import type { KnownDevices } from '../../src/sampler/adapter-host.ts';
import type { GpuInfo } from '../../src/sampler/adapters/base.ts';
import { hardwareIdFor, MachineIdentity } from '../../src/sampler/machine-identity.ts';
import { Sysroot } from '../../src/sampler/sysroot.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { FixtureTree } from './proc/fixture-tree.ts';

const RYZEN = 'AMD Ryzen 7 7700X 8-Core Processor';
const GPU: GpuInfo = { name: 'NVIDIA GeForce RTX 4090', vendor: 'nvidia' };
const DEVICES: KnownDevices = { instances: { cpu: { core: 16 } }, gpus: { nvidia: [GPU] } };

/** For a log in which nothing should be. */
const unexpected = (line: string): never => assert.fail(line);

function pc(t: TestContext): FixtureTree {
  return new FixtureTree(t)
    .write('/proc/cpuinfo', `model name\t: ${RYZEN}\n`)
    .write('/sys/class/dmi/id/board_vendor', 'ASUSTeK COMPUTER INC.\n')
    .write('/sys/class/dmi/id/board_name', 'TUF GAMING B650-PLUS\n');
}

describe('MachineIdentity', () => {
  test('makes the published id of the published machine, and remembers it and its devices', async t => {
    const [tree, data] = [pc(t), temporaryDirectory(t)];
    const first = new MachineIdentity(tree.sysroot, data, unexpected);
    assert.deepEqual(first.knownDevices, { instances: {}, gpus: {} });
    const names = await first.names([GPU], DEVICES);
    assert.equal(hardwareIdFor(names, DEFAULT_CONFIG), '476aa2f138590064966c48cda3e6a773');

    const second = new MachineIdentity(tree.sysroot, data, unexpected);
    assert.deepEqual(second.knownDevices, DEVICES);
    assert.deepEqual(await second.names([], DEVICES), names, 'a driver that does not answer changes nothing');
  });

  test('asks nobody on Windows, where that would start PowerShell', async t => {
    const real = process.platform;
    t.after(() => {
      Object.defineProperty(process, 'platform', { value: real });
    });
    Object.defineProperty(process, 'platform', { value: 'win32' });
    // The library’s helper is not built beside the sources: asking it would be reported.
    const identity = new MachineIdentity(new Sysroot(), temporaryDirectory(t), unexpected);
    assert.deepEqual((await identity.names([], DEVICES)).gpus, []);
    await identity.refresh([GPU], DEVICES);
  });

  test('knows from before what the system does not tell any more', async t => {
    const [tree, data] = [pc(t), temporaryDirectory(t)];
    const names = await new MachineIdentity(tree.sysroot, data, unexpected).names([GPU], DEVICES);
    fs.rmSync(tree.sysroot.path('/proc'), { recursive: true });
    fs.rmSync(tree.sysroot.path('/sys'), { recursive: true });
    assert.deepEqual(await new MachineIdentity(tree.sysroot, data, unexpected).names([], DEVICES), names);
  });

  test('forgets the machine that the disk was in before', async t => {
    const [tree, data] = [pc(t), temporaryDirectory(t)];
    await new MachineIdentity(tree.sysroot, data, unexpected).names([GPU], DEVICES);
    tree.write('/proc/cpuinfo', 'model name\t: Intel(R) Core(TM) i5-8250U\n');
    const moved = new MachineIdentity(tree.sysroot, data, unexpected);
    assert.deepEqual(moved.knownDevices, { instances: {}, gpus: {} });
    assert.deepEqual((await moved.names([], { instances: {}, gpus: {} })).gpus, []);
  });

  test('takes up a GPU that was changed, and keeps the one that sleeps', async t => {
    const [tree, data] = [pc(t), temporaryDirectory(t)];
    const identity = (): MachineIdentity => new MachineIdentity(tree.sysroot, data, unexpected);
    await identity().names([GPU], DEVICES);
    await identity().refresh([], DEVICES);
    assert.deepEqual((await identity().names([], DEVICES)).gpus, [GPU.name]);
    await identity().refresh([{ name: 'Radeon RX 9070', vendor: 'amd' }], DEVICES);
    assert.deepEqual((await identity().names([], DEVICES)).gpus, ['Radeon RX 9070']);
  });

  test('does without a place to remember, says so, and names no path', async t => {
    const [tree, data] = [pc(t), path.join(temporaryDirectory(t), 'file')];
    fs.writeFileSync(data, '');
    const said: string[] = [];
    const names = await new MachineIdentity(tree.sysroot, data, line => said.push(line)).names(
      [GPU],
      DEVICES,
    );
    assert.equal(names.cpu, RYZEN);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^the list of hardware names cannot be kept: /);
    assert.ok(!said[0]?.includes('/'));
  });
});
