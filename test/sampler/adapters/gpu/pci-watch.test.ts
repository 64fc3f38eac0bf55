import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import { findPciDisplays, PciVendor } from '../../../../src/sampler/adapters/gpu/pci-display.ts';
import { PciWatch } from '../../../../src/sampler/adapters/gpu/pci-watch.ts';
import { FixtureTree } from '../../proc/fixture-tree.ts';

const BUS = '/sys/bus/pci/devices';

function plug(tree: FixtureTree, name: string, vendor: string, driver: string): void {
  tree.write(`${BUS}/${name}/vendor`, `${vendor}\n`);
  tree.write(`${BUS}/${name}/class`, '0x030000\n');
  tree.link(`${BUS}/${name}/driver`, `../../../bus/pci/drivers/${driver}`);
}

function watch(t: TestContext): { readonly tree: FixtureTree; readonly watch: PciWatch } {
  const tree = new FixtureTree(t);
  plug(tree, '0000:03:00.0', PciVendor.amd, 'amdgpu');
  plug(tree, '0000:04:00.0', PciVendor.amd, 'vfio-pci');
  plug(tree, '0000:00:02.0', PciVendor.intel, 'i915');
  const find = (): ReturnType<typeof findPciDisplays> => findPciDisplays(tree.sysroot, PciVendor.amd);
  const displays = find();
  for (const display of displays) display.close();
  return { tree, watch: new PciWatch(tree.sysroot, find, displays) };
}

describe('GPUs that come and go on the PCI bus', () => {
  test('nothing has changed', t => {
    const { watch: bus } = watch(t);
    for (let tick = 0; tick < 50; tick++) assert.equal(bus.hasChanged(tick === 0 ? Number.NaN : 1), false);
  });

  test('the bus is looked at every ten seconds', t => {
    const { watch: bus } = watch(t);
    const list = t.mock.method(fs, 'readdirSync');
    bus.hasChanged(Number.NaN);
    for (let tick = 0; tick < 9; tick++) bus.hasChanged(1);
    assert.equal(list.mock.callCount(), 0);
    bus.hasChanged(1);
    assert.equal(list.mock.callCount(), 1);
    bus.hasChanged(9.9);
    assert.equal(list.mock.callCount(), 1);
  });

  for (const [what, change] of [
    ['another of the vendor', tree => plug(tree, '0000:05:00.0', PciVendor.amd, 'amdgpu')],
    ['one that is gone', tree => fs.rmSync(tree.sysroot.path(`${BUS}/0000:04:00.0`), { recursive: true })],
    [
      'one with another driver',
      tree => {
        fs.rmSync(tree.sysroot.path(`${BUS}/0000:04:00.0/driver`));
        tree.link(`${BUS}/0000:04:00.0/driver`, '../../../bus/pci/drivers/amdgpu');
      },
    ],
    ['one without its driver', tree => fs.rmSync(tree.sysroot.path(`${BUS}/0000:03:00.0/driver`))],
    [
      'one in the place of another',
      tree => {
        fs.renameSync(tree.sysroot.path(`${BUS}/0000:04:00.0`), tree.sysroot.path(`${BUS}/0000:06:00.0`));
      },
    ],
  ] as readonly (readonly [string, (tree: FixtureTree) => void])[]) {
    test(`${what} is noticed`, t => {
      const { tree, watch: bus } = watch(t);
      change(tree);
      assert.equal(bus.hasChanged(10), true);
    });
  }

  test('devices of others are no change, and the vendor’s are still watched after that', t => {
    const { tree, watch: bus } = watch(t);
    plug(tree, '0000:07:00.0', PciVendor.nvidia, 'nvidia');
    fs.rmSync(tree.sysroot.path(`${BUS}/0000:00:02.0`), { recursive: true });
    assert.equal(bus.hasChanged(10), false);
    assert.equal(bus.hasChanged(10), false);
    plug(tree, '0000:08:00.0', PciVendor.amd, 'amdgpu');
    assert.equal(bus.hasChanged(10), true);
  });

  test('a bus that is gone is a change', t => {
    const { tree, watch: bus } = watch(t);
    fs.rmSync(tree.sysroot.path(BUS), { recursive: true });
    assert.equal(bus.hasChanged(10), true);
  });
});
