import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCpuAdapter } from '../../../src/sampler/adapters/cpu/windows.ts';
import { createDiskAdapter } from '../../../src/sampler/adapters/disk/windows.ts';
import { createNetworkAdapter } from '../../../src/sampler/adapters/network/windows.ts';
import { Sysroot } from '../../../src/sampler/sysroot.ts';
import { BALANCED, FakeWindows } from '../../fixtures/windows/fake-windows.ts';
import {
  diskPerformanceOf,
  interfaceTableOf,
  interruptInformationOf,
  performanceInformationOf,
  processorTimesOf,
} from '../../fixtures/windows/structures.ts';
import { openAdapter } from '../proc/fixture-tree.ts';

/** Groups of 64, 64, 48, 64, 60 … processors, 512 in all, as firmware deals them out. */
const GROUP_SIZES = [64, 64, 48, 64, 60, 64, 64, 44, 40];
const CPUS = 512;

function processorsAt(second: number): Buffer[][] {
  let cpu = 0;
  return GROUP_SIZES.map(size =>
    Array.from({ length: size }, () => {
      const work = BigInt(second * (cpu++ % 101));
      const idle = BigInt(100 * second) - work;
      return processorTimesOf({ idle, kernel: idle, user: work, interrupts: 10 * second });
    }),
  );
}

describe('a Windows machine as wide as they come', () => {
  test('512 processors in groups of different sizes', async t => {
    const windows = new FakeWindows()
      .setProcessors(processorsAt(1))
      .setGroups(
        23,
        GROUP_SIZES.map(size => Array<Buffer>(size).fill(interruptInformationOf(3))),
      )
      .setInformation(2, performanceInformationOf(1_000_000));
    const cpu = await openAdapter(t, createCpuAdapter(windows.options), new Sysroot());
    assert.equal(cpu.info.instances?.core, CPUS);
    cpu.read(Number.NaN);
    windows.setProcessors(processorsAt(2));
    cpu.read(1);
    let sum = 0;
    for (let core = 0; core < CPUS; core++) {
      assert.equal(cpu.reading(`core_${core}_utilization`), core % 101, String(core));
      sum += core % 101;
    }
    assert.equal(cpu.reading('total_utilization'), Math.round((10 * sum) / CPUS) / 10);
    assert.equal(cpu.reading('interrupts'), 20 * CPUS);
    assert.equal(cpu.reading('soft_interrupts'), 3 * CPUS);
    windows.assertNoMisuse();
  });

  test('200 interfaces, each with three filters on it', async t => {
    const windows = new FakeWindows();
    const interfaces = (second: number): Buffer =>
      interfaceTableOf(
        ...Array.from({ length: 200 }, (_, i) => {
          const received = [BigInt(second * (i + 1)) * 2n ** 33n, 0, 0, 0, 0] as const;
          return [5, 3, 2, 2].map((flags, filter) => ({ index: 1000 * filter + i, flags, received }));
        }).flat(),
      );
    windows.setInterfaces(interfaces(1));
    const network = await openAdapter(t, createNetworkAdapter(windows.options), new Sysroot());
    assert.equal(network.info.found, '200 interfaces with hardware');
    network.read(Number.NaN);
    windows.setInterfaces(interfaces(2));
    network.read(1);
    // 2^33 times the sum of 1 to 200
    assert.equal(network.reading('net_bytes_recv'), 2 * 20_100 * 2 ** 33);
    assert.equal(network.reading('net_recv_rate_mbps'), Math.round((20_100 * 2 ** 33 * 8) / 1e3) / 1e3);
    windows.assertNoMisuse();
    assert.deepEqual(windows.books, BALANCED);
  });

  test('64 disks and 23 volumes', async t => {
    const windows = new FakeWindows();
    const disks = (second: number): void => {
      for (let n = 0; n < 64; n++) {
        const bytes = BigInt(second * (n + 1)) * 1_000_000n;
        const performance = diskPerformanceOf({
          bytesRead: bytes,
          bytesWritten: 0n,
          reads: second * n,
          writes: 0,
        });
        windows.setDisk(n, { performance });
      }
    };
    disks(1);
    for (let n = 3; n < 26; n++) {
      const device = `\\Device\\HarddiskVolume${n}`;
      windows.setDrive(String.fromCharCode(65 + n), {
        device,
        total: BigInt(n) * 2n ** 44n,
        free: 2n ** 44n,
      });
    }
    const disk = await openAdapter(t, createDiskAdapter(windows.options), new Sysroot());
    assert.equal(disk.info.found, '23 local volumes, 64 physical disks');
    disk.read(Number.NaN);
    disks(2);
    disk.read(1);
    // The sum of 1 to 64, and of 0 to 63 twice
    assert.equal(disk.reading('disk_read_rate_mbps'), 2080);
    assert.equal(disk.reading('disk_read_count'), 4032);
    assert.equal(disk.reading('disk_22_total_gb'), 25 * 2 ** 14);
    windows.assertNoMisuse();
  });
});
