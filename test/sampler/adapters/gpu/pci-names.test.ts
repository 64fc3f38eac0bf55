import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { pciDeviceName, tidyName } from '../../../../src/sampler/adapters/gpu/pci-names.ts';
import { FixtureTree } from '../../proc/fixture-tree.ts';
import { hostileText } from '../../proc/hostile-text.ts';

const TABLE = '/usr/share/hwdata/pci.ids';

describe('names of PCI devices', () => {
  for (const [vendor, device, name] of [
    // What the product is sold as, in brackets
    ['0x1002', '0x15bf', 'Radeon 780M'],
    ['0x1002', '0x744c', 'Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M'],
    ['0x1002', '0x744C', 'Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M'],
    ['0x1002', '0x1304', 'Kaveri'],
    ['0x1002', '0xffff', 'Last of all'],
    ['0x1003', '0x0201', 'US201'],
    ['0x1001', '0x15bf', 'A device of another vendor'],
    // a variant's number, another vendor's device, a vendor that is not there, and what is no number
    ['0x1002', '0x1043', undefined],
    ['0x1002', '0x0201', undefined],
    ['0x8086', '0x15bf', undefined],
    ['0x1002', '15bf', undefined],
    ['0x1002', '', undefined],
    ['', '0x15bf', undefined],
    ['0x1002', '.*', undefined],
  ] as const) {
    test(`${vendor}:${device} is ${name ?? 'not known'}`, t => {
      const { sysroot } = new FixtureTree(t).apply('amd-apu/first');
      assert.equal(pciDeviceName(sysroot, vendor, device), name);
    });
  }

  test('the table may stand where Debian has it, begin with the vendor, and end without a line end', t => {
    const tree = new FixtureTree(t).write('/usr/share/misc/pci.ids', '8086  Intel\n\t9a49  Iris [Xe]');
    assert.equal(pciDeviceName(tree.sysroot, '0x8086', '0x9a49'), 'Xe');
  });

  test('without a table there is no name', t => {
    assert.equal(pciDeviceName(new FixtureTree(t).sysroot, '0x1002', '0x744c'), undefined);
  });

  test('a table that ends within a line has no name for it', t => {
    const tree = new FixtureTree(t);
    for (const end of ['\t', '\t744', '\t744c', '\t744c  ', '\t744c  \n']) {
      tree.write(TABLE, `1002  AMD\n${end}`);
      assert.equal(pciDeviceName(tree.sysroot, '0x1002', '0x744c'), undefined, JSON.stringify(end));
    }
  });

  test('whatever the table holds, a name is one printable line or none', t => {
    const tree = new FixtureTree(t);
    const sample = '1002  AMD\n\t1304  Kaveri\n\t744c  Navi 31 [Radeon]\n\t\t1002 0e3b  Board\n1003  Other\n';
    fc.assert(
      fc.property(hostileText(sample), content => {
        tree.write(TABLE, content);
        const name = pciDeviceName(tree.sysroot, '0x1002', '0x744c');
        assert.ok(name === undefined || /^[^\p{C}]{1,80}$/u.test(name));
      }),
    );
  });

  test('a name is tidied', () => {
    assert.equal(tidyName('  AMD \t Radeon\u0000\n PRO™  '), 'AMD Radeon PRO™');
    assert.equal(tidyName(' \n\u0007 '), undefined);
    assert.equal(tidyName('x'.repeat(200))?.length, 80);
  });
});
