import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findNvidiaDisplays } from '../../../../../src/sampler/adapters/gpu/nvidia/displays.ts';
import { hostileText } from '../../../proc/hostile-text.ts';
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

  test('whatever the driver says, a GPU goes to sleep only where a line begins with that', () => {
    const tree = new PciTree([{ name: '0000:01:00.0', runtimeD3: 'Enabled (fine-grained)' }]);
    const [display] = findNvidiaDisplays(tree.sysroot).devices;
    assert.ok(display);
    const file = tree.sysroot.path('/proc/driver/nvidia/gpus/0000:01:00.0/power');
    const sample = fs.readFileSync(file, 'utf8');
    fc.assert(
      fc.property(hostileText(sample), content => {
        fs.writeFileSync(file, content);
        const text = Buffer.from(content).toString('latin1');
        if (display.canSleep()) assert.match(text, /Runtime D3 status:\s+Enabled/);
        else assert.doesNotMatch(text, /^Runtime D3 status: {10}Enabled/);
      }),
      { numRuns: 300 },
    );
    display.close();
    tree.dispose();
  });
});
