import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { DEFAULT_CONFIG, withOverlay } from '../../src/common/config/schema.ts';
import type { KnownDevices } from '../../src/sampler/adapter-host.ts';
import type { GpuInfo } from '../../src/sampler/adapters/base.ts';
import { MachineIdentity } from '../../src/sampler/machine-identity.ts';
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
    assert.equal(first.hardwareId(names, DEFAULT_CONFIG), '476aa2f138590064966c48cda3e6a773');

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

  test('keeps a card that is off beside one that is on, and takes up one that is added', async t => {
    const [tree, data] = [pc(t), temporaryDirectory(t)];
    const inside: GpuInfo = { name: 'Intel UHD Graphics 620', vendor: 'intel' };
    const names = async (gpus: readonly GpuInfo[]): Promise<readonly string[]> =>
      (await new MachineIdentity(tree.sysroot, data, unexpected).names(gpus, DEVICES)).gpus;
    assert.deepEqual(await names([inside, GPU]), [inside.name, GPU.name]);
    assert.deepEqual(await names([inside]), [inside.name, GPU.name], 'its driver is not loaded');
    assert.deepEqual(await names([]), [inside.name, GPU.name]);
    assert.deepEqual(await names([inside, GPU, GPU]), [inside.name, GPU.name, GPU.name], 'a second one');
    assert.deepEqual(await names([GPU]), [inside.name, GPU.name, GPU.name]);
    const other: GpuInfo = { name: 'NVIDIA GeForce RTX 5090', vendor: 'nvidia' };
    assert.deepEqual(await names([inside, other]), [inside.name, other.name], 'changed for another');
  });

  test('keys the id with a number of this machine where that is asked for', t => {
    const tree = pc(t);
    const config = withOverlay(DEFAULT_CONFIG, { hardwareId: { scheme: 'hmac' } });
    const names = { cpu: RYZEN, gpus: [], boardVendor: '', boardProduct: '', ramGib: 0 };
    const idIn = (data: string): string =>
      new MachineIdentity(tree.sysroot, data, unexpected).hardwareId(names, config);
    const [here, there] = [path.join(temporaryDirectory(t), 'data'), temporaryDirectory(t)];
    const id = idIn(here);
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.equal(idIn(here), id, 'at every start');
    assert.notEqual(idIn(there), id, 'on this machine only');
    const key = path.join(here, 'hardware-id.key');
    assert.equal(
      id,
      createHmac('sha256', fs.readFileSync(key)).update(`CPU:${RYZEN}`).digest('hex').slice(0, 32),
    );
    if (process.platform !== 'win32') assert.equal(fs.statSync(key).mode & 0o777, 0o600);
    assert.deepEqual(fs.readdirSync(here), ['hardware-id.key']);
    fs.writeFileSync(key, 'damaged');
    assert.notEqual(idIn(here), id);
    assert.equal(fs.readFileSync(key).length, 32);
  });

  test('is keyed for this run where the key cannot be kept, and never goes without', t => {
    const [tree, data] = [pc(t), path.join(temporaryDirectory(t), 'file')];
    fs.writeFileSync(data, '');
    const config = withOverlay(DEFAULT_CONFIG, { hardwareId: { scheme: 'hmac' } });
    const names = { cpu: RYZEN, gpus: [], boardVendor: '', boardProduct: '', ramGib: 0 };
    const said: string[] = [];
    const identity = new MachineIdentity(tree.sysroot, data, line => said.push(line));
    const id = identity.hardwareId(names, config);
    assert.notEqual(id, identity.hardwareId(names, DEFAULT_CONFIG));
    assert.equal(said.length, 1);
    assert.match(
      said[0] ?? '',
      /^the key of the hardware id cannot be kept, so that the id is for this run: /,
    );
    assert.ok(!said[0]?.includes('/'));
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
