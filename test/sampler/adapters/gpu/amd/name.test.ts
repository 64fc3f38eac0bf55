import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { nameOf } from '../../../../../src/sampler/adapters/gpu/amd/name.ts';
import { findPciDisplays, PciVendor } from '../../../../../src/sampler/adapters/gpu/pci-display.ts';
import { hostileText } from '../../../proc/hostile-text.ts';
import { AmdTree } from './amd-tree.ts';

const AMD_TABLE = '/usr/share/libdrm/amdgpu.ids';

function name(amd: AmdTree): string {
  const [display] = findPciDisplays(amd.tree.sysroot, PciVendor.amd);
  assert.ok(display);
  display.close();
  return nameOf(amd.tree.sysroot, display);
}

describe('name of an AMD GPU', () => {
  test('from AMD’s table, by device and revision', t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop');
    assert.equal(name(amd), 'AMD Radeon RX 7900 XTX');
    card.write({ revision: '0xcc' });
    assert.equal(name(amd), 'AMD Radeon RX 7900 XT');
  });

  test('from its board first', t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop').write({ product_name: 'AMD INSTINCT MI250 (MCM) OAM AC MBA' });
    assert.equal(name(amd), 'AMD INSTINCT MI250 (MCM) OAM AC MBA');
    card.write({ product_name: '' });
    assert.equal(name(amd), 'AMD Radeon RX 7900 XTX', 'a board without one');
  });

  test('from the table of PCI names where AMD’s does not have it', t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-apu');
    assert.equal(name(amd), 'AMD Radeon 780M');
    card.write({ device: '0x1304' });
    assert.equal(name(amd), 'AMD Kaveri');
  });

  test('its number where nobody knows it', t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop').write({ device: '0x7abc' });
    assert.equal(name(amd), 'AMD GPU 0x7abc');
    card.write({ device: 'nonsense/../x' });
    assert.equal(name(amd), 'AMD GPU');
  });

  test('whatever the table and the board hold, it is one printable line', t => {
    const amd = new AmdTree(t);
    const card = amd.plug('amd-desktop');
    const sample = '744B,\t00,\tAMD Radeon Pro W7900D\n744C,\tC8,\tAMD Radeon RX 7900 XTX\n';
    fc.assert(
      fc.property(hostileText(sample), hostileText('AMD Instinct\n'), (table, board) => {
        amd.tree.write(AMD_TABLE, table);
        card.write({ product_name: board });
        assert.match(name(amd), /^AMD?[^\p{C}]{1,84}$/u);
      }),
    );
  });
});
