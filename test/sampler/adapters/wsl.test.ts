import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GIB } from '../../../src/common/units.ts';
import { createCpuAdapter } from '../../../src/sampler/adapters/cpu/linux.ts';
import { createDiskAdapter } from '../../../src/sampler/adapters/disk/linux.ts';
import { createMemoryAdapter } from '../../../src/sampler/adapters/memory/linux.ts';
import { createNetworkAdapter } from '../../../src/sampler/adapters/network/linux.ts';
import { isContainer } from '../../../src/sampler/container.ts';
import { readNativeNames } from '../../../src/sampler/hardware-names.ts';
import { FixtureTree, openAdapter } from '../proc/fixture-tree.ts';

describe('Windows Subsystem for Linux 2', () => {
  test('CPU: utilization and the nominal clock; no sensors, and what to do about it', async t => {
    const tree = new FixtureTree(t).apply('wsl2/first');
    const cpu = await openAdapter(t, createCpuAdapter(), tree.sysroot);
    cpu.read(Number.NaN);
    tree.apply('wsl2/second');
    assert.deepEqual(cpu.read(1).readings, {
      // user 100, system 60 of 400
      total_utilization: 40,
      core_0_utilization: 100,
      core_0_freq_mhz: 4492,
      // user 20, system 30 of 100
      core_1_utilization: 50,
      core_1_freq_mhz: 4492,
      core_2_utilization: 10,
      core_2_freq_mhz: 4492,
      core_3_utilization: 0,
      core_3_freq_mhz: 4492,
      avg_freq_mhz: 4492,
      temperature: 'unsupported',
      power_watts: 'unsupported',
      package_throttles: 'unsupported',
      context_switches: 656_321,
      interrupts: 124_456,
      soft_interrupts: 78_077,
      load_avg_1m: 0.52,
      load_avg_5m: 0.31,
      load_avg_15m: 0.12,
    });
    assert.equal(cpu.adapter.limits, undefined, 'the distribution’s cgroup limits nothing');
    const limitations = cpu.info.limitations ?? [];
    assert.deepEqual(
      limitations.map(({ what }) => what),
      ['CPU temperature', 'CPU power', 'CPU throttling'],
    );
    for (const { why, remedy } of limitations) {
      assert.match(why, /WSL: the sensors of the CPU are not visible here/);
      assert.match(remedy ?? '', /install OptiMetrics on Windows/);
    }
  });

  test('memory: that of the virtual machine, and its swap file', async t => {
    const tree = new FixtureTree(t).apply('wsl2/first');
    const memory = await openAdapter(t, createMemoryAdapter(), tree.sysroot);
    assert.deepEqual(memory.read(Number.NaN).readings, {
      // 16 203 756 kB
      ram_total_mb: 15_824,
      // (16 203 756 − 12 152 817) kB
      ram_used_mb: 3956,
      ram_available_mb: 11_868,
      ram_percent: 25,
      // 4 194 304 and 1 048 576 kB
      swap_total_mb: 4096,
      swap_used_mb: 1024,
      swap_percent: 25,
      cpu_pressure: 'unsupported',
      memory_pressure: 'unsupported',
      io_pressure: 'unsupported',
    });
    assert.equal(memory.adapter.limits, undefined);
  });

  test('disk: the distribution’s own, and Windows drives are never asked', async t => {
    const tree = new FixtureTree(t).apply('wsl2/first');
    const asked: string[] = [];
    const adapter = createDiskAdapter({
      statfs: path => {
        asked.push(path.toString().slice(tree.sysroot.root.length));
        // 1 TiB, of which a quarter is used
        return { type: 0xef53, bsize: 4096, blocks: GIB / 4, bfree: (3 * GIB) / 16, bavail: (3 * GIB) / 16 };
      },
    });
    const disk = await openAdapter(t, adapter, tree.sysroot);
    assert.equal(disk.info.found, '1 local file system, 4 physical disks');
    assert.match(disk.info.limitations?.[0]?.what ?? '', /network and FUSE/);
    disk.read(Number.NaN);
    tree.apply('wsl2/second');
    assert.deepEqual(disk.read(1).readings, {
      disk_0_used_gb: 256,
      disk_0_total_gb: 1024,
      disk_0_percent: 25,
      // 2000 sectors of 512 bytes
      disk_read_rate_mbps: 1.024,
      // 4000 sectors
      disk_write_rate_mbps: 2.048,
      // sda to sdd: 100 + 50 + 1010 + 10
      disk_read_count: 1170,
      // 0 + 5 + 2020 + 0
      disk_write_count: 2025,
      // (20 000 + 4000 + 162 000 + 800) × 512
      disk_read_bytes: 95_641_600,
      // (400 + 84 000) × 512
      disk_write_bytes: 43_212_800,
    });
    // Neither /mnt/c (9p) and /mnt/d (drvfs), nor the disk that is mounted inside of /mnt/c.
    assert.deepEqual([...new Set(asked)], ['/']);
  });

  test('network', async t => {
    const tree = new FixtureTree(t).apply('wsl2/first');
    const network = await openAdapter(t, createNetworkAdapter(), tree.sysroot);
    network.read(Number.NaN);
    tree.apply('wsl2/second');
    assert.deepEqual(network.read(1).readings, {
      net_bytes_sent: 1_125_000,
      net_bytes_recv: 5_250_000,
      net_packets_sent: 3100,
      net_packets_recv: 4200,
      net_errors_in: 0,
      net_errors_out: 0,
      net_drops_in: 2,
      net_drops_out: 0,
      // 125 000 bytes in 1 s
      net_send_rate_mbps: 1,
      net_recv_rate_mbps: 2,
      // 12 + 3 + 2 + 1
      net_connections_total: 18,
      net_connections_established: 7,
    });
  });

  test('it is no container, and has no board', t => {
    const { sysroot } = new FixtureTree(t).apply('wsl2/first');
    assert.equal(isContainer(sysroot), false);
    const names = readNativeNames(sysroot);
    assert.deepEqual(
      [names.cpu, names.boardVendor, names.boardProduct],
      ['AMD Ryzen 7 7700X 8-Core Processor', '', ''],
    );
  });
});
