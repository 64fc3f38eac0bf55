import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findNvidiaDisplays } from '../../../../../src/sampler/adapters/gpu/nvidia/displays.ts';
import { type MadeDevice, PciTree } from './pci-tree.ts';

describe('NVIDIA GPUs on the PCI bus', () => {
  test('a GPU that another driver has is counted apart', () => {
    const tree = new PciTree([
      { name: '0000:01:00.0', driver: 'nouveau' },
      { name: '0000:02:00.0', driver: 'vfio-pci' },
      { name: '0000:03:00.0', driver: 'nvidia' },
      { name: '0000:04:00.0' },
    ]);
    const { devices, foreign } = findNvidiaDisplays(tree.sysroot);
    assert.deepEqual(
      devices.map(device => device.address),
      ['0:3:0', '0:4:0'],
    );
    assert.equal(foreign, 2);
    for (const device of devices) device.close();
    tree.dispose();
  });

  for (const [runtimeD3, expected] of [
    ['Enabled (fine-grained)', true],
    ['Enabled (coarse-grained)', true],
    ['Disabled by default', false],
    ['Not supported', false],
    ['?', false],
    [undefined, false],
  ] as const) {
    test(`a driver that says "${String(runtimeD3)}" ${expected ? 'puts' : 'does not put'} it to sleep`, () => {
      const device: MadeDevice = { name: '0000:01:00.0', ...(runtimeD3 === undefined ? {} : { runtimeD3 }) };
      const tree = new PciTree([device]);
      const [display] = findNvidiaDisplays(tree.sysroot).devices;
      assert.ok(display);
      assert.equal(display.canSleep(), expected);
      display.close();
      tree.dispose();
    });
  }
});
