import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  findPciDisplays,
  pciAddress,
  type PciDisplay,
  PciVendor,
} from '../../../../src/sampler/adapters/gpu/pci-display.ts';
import { hostileText } from '../../proc/hostile-text.ts';
import { type MadeDevice, PciTree } from './nvidia/pci-tree.ts';

/** Runs `check` with the displays found on a bus of these devices. */
function withBus(
  devices: readonly MadeDevice[],
  check: (displays: readonly PciDisplay[], tree: PciTree) => void,
): void {
  const tree = new PciTree(devices);
  const found = findPciDisplays(tree.sysroot, PciVendor.nvidia);
  try {
    check(found, tree);
  } finally {
    for (const device of found) device.close();
    tree.dispose();
  }
}

describe('GPUs on the PCI bus', () => {
  test('only display controllers of the vendor are found, VGA and 3D', () => {
    withBus(
      [
        { name: '0000:00:02.0', vendor: '0x8086' },
        { name: '0000:01:00.0' },
        { name: '0000:01:00.1', class: '0x040300' },
        { name: '0000:65:00.0', class: '0x030200' },
        { name: '10000:e1:00.0' },
      ],
      devices => {
        assert.deepEqual(
          devices.map(device => device.address),
          ['0:1:0', '0:65:0', '10000:e1:0'],
        );
      },
    );
  });

  test('addresses are written alike, whatever the leading zeros', () => {
    assert.equal(pciAddress(0, 0x65, 0), '0:65:0');
    assert.equal(pciAddress(0x10000, 0xe1, 0x1f), '10000:e1:1f');
  });

  test('the driver that has a GPU is known', () => {
    withBus([{ name: '0000:01:00.0', driver: 'nouveau' }, { name: '0000:02:00.0' }], devices => {
      assert.deepEqual(
        devices.map(device => device.driver),
        ['nouveau', undefined],
      );
    });
  });

  test('each vendor has its own', () => {
    const tree = new PciTree([
      { name: '0000:00:02.0', vendor: '0x8086' },
      { name: '0000:01:00.0', vendor: '0x1002' },
    ]);
    for (const [vendor, name] of [
      [PciVendor.intel, '0000:00:02.0'],
      [PciVendor.amd, '0000:01:00.0'],
    ] as const) {
      const found = findPciDisplays(tree.sysroot, vendor);
      assert.deepEqual(
        found.map(device => device.name),
        [name],
      );
      for (const device of found) device.close();
    }
    tree.dispose();
  });

  test('a tree without a PCI bus has none', () => {
    const tree = new PciTree([]);
    assert.deepEqual(findPciDisplays(tree.sysroot, PciVendor.nvidia), []);
    tree.dispose();
    assert.deepEqual(findPciDisplays(tree.sysroot, PciVendor.nvidia), []);
  });

  for (const [status, isAsleep] of [
    ['suspended', true],
    ['suspending', true],
    ['resuming', true],
    ['active', false],
    ['unsupported', false],
    ['error', false],
    ['', false],
  ] as const) {
    test(`state "${status}" is ${isAsleep ? 'asleep' : 'awake'}`, () => {
      withBus([{ name: '0000:01:00.0', status }], devices => {
        assert.equal(devices[0]?.isAsleep(), isAsleep);
      });
    });
  }

  test('a change of state is seen through the open file, whatever was read before', () => {
    withBus([{ name: '0000:01:00.0', status: 'suspended' }], (devices, tree) => {
      const [device] = devices;
      assert.equal(device?.isAsleep(), true);
      tree.setStatus('0000:01:00.0', 'active');
      assert.equal(device.isAsleep(), false);
      tree.setStatus('0000:01:00.0', 'suspended');
      assert.equal(device.isAsleep(), true);
      tree.setStatus('0000:01:00.0', '');
      assert.equal(device.isAsleep(), false);
    });
  });

  test('a kernel without runtime power management has no sleep', () => {
    withBus([{ name: '0000:01:00.0' }], devices => {
      assert.equal(devices[0]?.isAsleep(), false);
    });
  });

  test('whatever its files hold, a device is found by its exact vendor, and asleep in three states alone', () => {
    const name = '0000:01:00.0';
    withBus([{ name, status: 'active' }], (_, tree) => {
      const write = (file: string, content: Uint8Array): void => {
        fs.writeFileSync(tree.sysroot.path(`/sys/bus/pci/devices/${name}/${file}`), content);
      };
      fc.assert(
        fc.property(
          hostileText('0x10de\n'),
          hostileText('0x030000\n'),
          fc.oneof(hostileText('suspended\n'), hostileText('resuming\n'), hostileText('active\n')),
          (vendor, type, status) => {
            write('vendor', vendor);
            write('class', type);
            write('power/runtime_status', status);
            const found = findPciDisplays(tree.sysroot, PciVendor.nvidia);
            const text = (content: Uint8Array): string => Buffer.from(content).toString('latin1');
            const isDisplay = ['', '0x03'].includes(text(type).trim().slice(0, 4));
            const isOurs = text(vendor).trim() === '0x10de' && isDisplay;
            assert.equal(found.length, isOurs ? 1 : 0);
            for (const device of found) {
              assert.equal(device.isAsleep(), /^(sus|resu)/.test(text(status)));
              device.close();
            }
          },
        ),
        { numRuns: 300 },
      );
    });
  });
});
