import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completeNames, hasSleepingDisplay, readNativeNames } from '../../src/sampler/hardware-names.ts';
import { FixtureTree } from './proc/fixture-tree.ts';

const BOARD = '/sys/class/dmi/id';

const x86 = (name: string): string =>
  [0, 1]
    .map(
      n =>
        `processor\t: ${String(n)}\nvendor_id\t: AuthenticAMD\nmodel\t\t: 97\nmodel name\t: ${name}\nflags\t\t: fpu\n\n`,
    )
    .join('');

describe('readNativeNames', () => {
  test('reads the CPU, the board and the memory of a PC', t => {
    const tree = new FixtureTree(t)
      .write('/proc/cpuinfo', x86('AMD Ryzen 7 7700X 8-Core Processor'))
      .write('/proc/meminfo', 'MemTotal:       32567304 kB\nMemFree:          100 kB\n')
      .write(`${BOARD}/board_vendor`, 'ASUSTeK COMPUTER INC.\n')
      .write(`${BOARD}/board_name`, 'TUF GAMING B650-PLUS\n')
      .write(`${BOARD}/board_serial`, 'SECRET-SERIAL\n')
      .write(`${BOARD}/product_uuid`, 'SECRET-UUID\n');
    assert.deepEqual(readNativeNames(tree.sysroot), {
      cpu: 'AMD Ryzen 7 7700X 8-Core Processor',
      boardVendor: 'ASUSTeK COMPUTER INC.',
      boardProduct: 'TUF GAMING B650-PLUS',
      gpus: [],
      ramGib: 31,
    });
  });

  test('reads the model of an ARM board', t => {
    const tree = new FixtureTree(t).write(
      '/proc/cpuinfo',
      'processor\t: 0\nBogoMIPS\t: 108.00\nCPU part\t: 0xd08\n\nHardware\t: BCM2711\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n',
    );
    assert.equal(readNativeNames(tree.sysroot).cpu, 'Raspberry Pi 4 Model B Rev 1.4');
    tree.write('/proc/cpuinfo', 'processor\t: 0\n\nHardware\t: Qualcomm Technologies, Inc SDM845\n');
    assert.equal(readNativeNames(tree.sysroot).cpu, 'Qualcomm Technologies, Inc SDM845');
  });

  test('knows nothing where there is nothing', t => {
    const nothing = { cpu: '', boardVendor: '', boardProduct: '', gpus: [], ramGib: 0 };
    assert.deepEqual(readNativeNames(new FixtureTree(t).sysroot), nothing);
    const tree = new FixtureTree(t)
      .write('/proc/cpuinfo', 'processor\t: 0\nmodel name\t: \nmodel name\t\n: x\n')
      .write('/proc/meminfo', 'MemTotal: many kB\n')
      .write(`${BOARD}/board_vendor`, '\n')
      .write(`${BOARD}/board_name/is/a/folder`, '');
    assert.deepEqual(readNativeNames(tree.sysroot), nothing);
  });

  test('takes what firmware makers forgot to fill in for unknown', t => {
    const tree = new FixtureTree(t);
    for (const placeholder of [
      'To Be Filled By O.E.M.',
      'to be filled by OEM',
      'Default string',
      'Not Specified',
      'None',
      'N/A',
      'Unknown',
      'System Product Name',
      'System manufacturer name',
      ' \n',
    ]) {
      tree.write(`${BOARD}/board_vendor`, `${placeholder}\n`).write(`${BOARD}/board_name`, placeholder);
      const { boardVendor, boardProduct } = readNativeNames(tree.sysroot);
      assert.deepEqual([boardVendor, boardProduct], ['', ''], placeholder);
    }
    tree.write(`${BOARD}/board_name`, 'None Such 3000\n');
    assert.equal(readNativeNames(tree.sysroot).boardProduct, 'None Such 3000');
  });

  test('takes hostile files as they are', t => {
    const tree = new FixtureTree(t)
      .write('/proc/cpuinfo', 'model name\t: '.repeat(200_000))
      .write('/proc/meminfo', Buffer.from([0xff, 0xfe, 0]))
      .write(`${BOARD}/board_vendor`, 'x'.repeat(1_000_000));
    const names = readNativeNames(tree.sysroot);
    assert.ok(names.cpu.length <= 65_536 && names.boardVendor.length <= 65_536);
    assert.equal(names.ramGib, 0);
  });
});

test('completeNames asks for nothing that is known', async () => {
  const names = { cpu: 'C', gpus: ['G'], boardVendor: 'V', boardProduct: '', ramGib: 8 };
  assert.deepEqual(await completeNames(names, true), names);
  assert.deepEqual(await completeNames({ ...names, gpus: [] }, false), { ...names, gpus: [] });
});

describe('hasSleepingDisplay', () => {
  test('sees a graphics card that sleeps, and no other device', t => {
    const bus = '/sys/bus/pci/devices';
    const tree = new FixtureTree(t);
    assert.equal(hasSleepingDisplay(tree.sysroot), false);
    tree
      .write(`${bus}/0000:00:1f.3/class`, '0x040300\n')
      .write(`${bus}/0000:00:1f.3/power/runtime_status`, 'suspended\n')
      .write(`${bus}/0000:00:02.0/class`, '0x030000\n')
      .write(`${bus}/0000:00:02.0/power/runtime_status`, 'active\n')
      .write(`${bus}/0000:01:00.0/class`, '0x030200\n');
    assert.equal(hasSleepingDisplay(tree.sysroot), false);
    tree.write(`${bus}/0000:01:00.0/power/runtime_status`, 'suspended\n');
    assert.equal(hasSleepingDisplay(tree.sysroot), true);
  });
});
