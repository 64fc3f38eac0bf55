import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cpufreqFile, upTo, WideMachine } from '../../../scripts/bench/wide-machine.ts';
import { createCpuAdapter } from '../../../src/sampler/adapters/cpu/linux.ts';
import { createDiskAdapter } from '../../../src/sampler/adapters/disk/linux.ts';
import { createAmdAdapter } from '../../../src/sampler/adapters/gpu/amd/adapter.ts';
import { createIntelAdapter } from '../../../src/sampler/adapters/gpu/intel/adapter.ts';
import { createMemoryAdapter } from '../../../src/sampler/adapters/memory/linux.ts';
import { createNetworkAdapter } from '../../../src/sampler/adapters/network/linux.ts';
import { FixtureTree, openAdapter } from '../proc/fixture-tree.ts';

describe('from 1 to 512 CPUs', () => {
  /**
   * CPU `id` works `id % 101` of 100 ticks. The sum of that over 101 CPUs is 0 + 1 + … + 100 = 5050. Clocks are
   * 1000 + `id` MHz, so their mean is 1000 + (count − 1) / 2.
   */
  const expected = [
    // 0 of 100
    { count: 1, total: 0, mhz: 1000 },
    // 0 + 1 of 200
    { count: 2, total: 0.5, mhz: 1001 },
    // 0 + … + 63 = 2016 of 6400
    { count: 64, total: 31.5, mhz: 1032 },
    // 0 + … + 64 = 2080 of 6500
    { count: 65, total: 32, mhz: 1032 },
    // 5050 + (0 + … + 26 = 351) = 5401 of 12800 = 42.195 %
    { count: 128, total: 42.2, mhz: 1064 },
    // 5 × 5050 + (0 + … + 6 = 21) = 25271 of 51200 = 49.357 %
    { count: 512, total: 49.4, mhz: 1256 },
  ] as const;
  for (const { count, total, mhz } of expected) {
    test(`${String(count)} CPUs`, async t => {
      const machine = new WideMachine(new FixtureTree(t), {
        cpus: upTo(count),
        disks: 1,
        interfaces: 1,
        interrupts: 8 * count,
      });
      const cpu = await openAdapter(t, createCpuAdapter(), machine.sysroot);
      assert.deepEqual(cpu.info.instances, { core: count });
      cpu.read(Number.NaN);
      for (const second of [1, 2, 3]) {
        machine.at(second);
        cpu.read(1);
        assert.equal(cpu.reading('total_utilization'), total);
        assert.equal(cpu.reading('avg_freq_mhz'), mhz);
        for (const id of upTo(count)) {
          assert.equal(cpu.reading(`core_${String(id)}_utilization`), id % 101);
          assert.equal(cpu.reading(`core_${String(id)}_freq_mhz`), 1000 + id);
        }
        assert.equal(cpu.reading('interrupts'), 7000 + second);
        assert.equal(cpu.reading('context_switches'), 9000 + second);
        assert.equal(cpu.reading('soft_interrupts'), 8000 + second);
      }
      assert.equal(cpu.reading('load_avg_15m'), 3.75);
    });
  }

  test('numbers with gaps: columns are numbered without', async t => {
    const cpus = [0, 1, 7, 64, 127, 128, 511, 4095];
    const machine = new WideMachine(new FixtureTree(t), { cpus, disks: 1, interfaces: 1 });
    const cpu = await openAdapter(t, createCpuAdapter(), machine.sysroot);
    cpu.read(Number.NaN);
    machine.at(1);
    cpu.read(1);
    // 127 % 101 = 26, 128 % 101 = 27, 511 % 101 = 6, 4095 % 101 = 55
    [0, 1, 7, 64, 26, 27, 6, 55].forEach((utilization, core) => {
      assert.equal(cpu.reading(`core_${String(core)}_utilization`), utilization);
    });
    // 0 + 1 + 7 + 64 + 26 + 27 + 6 + 55 = 186 of 800 = 23.25 %
    assert.equal(cpu.reading('total_utilization'), 23.3);
    assert.equal(cpu.reading('core_7_freq_mhz'), 5095);
  });

  test('of 512 all but the first go offline one after the other and come back', async t => {
    const machine = new WideMachine(new FixtureTree(t), { cpus: upTo(512), disks: 1, interfaces: 1 });
    const cpu = await openAdapter(t, createCpuAdapter(), machine.sysroot);
    cpu.read(Number.NaN);
    let second = 1;
    machine.at(second);
    cpu.read(1);
    const offline = new Set<number>();
    const check = (woken: ReadonlySet<number>): void => {
      for (const id of upTo(512)) {
        const isOffline = offline.has(id);
        const [utilization, mhz] = [`core_${String(id)}_utilization`, `core_${String(id)}_freq_mhz`];
        assert.equal(cpu.reading(utilization), isOffline || woken.has(id) ? 'asleep' : id % 101, utilization);
        assert.equal(cpu.reading(mhz), isOffline ? 'asleep' : 1000 + id, mhz);
      }
    };
    for (let first = 448; first >= 0; first -= 64) {
      for (let id = Math.max(1, first); id < first + 64; id++) {
        offline.add(id);
        machine.tree.vanish(cpufreqFile(id));
      }
      machine.at(++second, offline);
      cpu.read(1);
      check(new Set());
    }
    assert.equal(cpu.reading('avg_freq_mhz'), 1000, 'only the first is left');

    for (let first = 0; first < 512; first += 64) {
      const woken = new Set<number>();
      for (let id = Math.max(1, first); id < first + 64; id++) {
        offline.delete(id);
        woken.add(id);
        machine.tree.write(cpufreqFile(id), `${String(1_000_000 + 1000 * id)}\n`);
      }
      machine.at(++second, offline);
      cpu.read(1);
      check(woken);
    }
    machine.at(++second);
    cpu.read(1);
    check(new Set());
    assert.equal(cpu.reading('total_utilization'), 49.4);
  });
});

describe('64 disks and file systems', () => {
  for (const disks of [1, 2, 64]) {
    test(`${String(disks)} of them`, async t => {
      const machine = new WideMachine(new FixtureTree(t), { cpus: [0], disks, interfaces: 1 });
      const disk = await openAdapter(t, createDiskAdapter({ statfs: machine.statfs }), machine.sysroot);
      assert.deepEqual(disk.info.instances, { disk: disks });
      disk.read(Number.NaN);
      machine.at(3);
      disk.read(3);
      // The sum of k + 1 over all disks: 64 × 65 / 2 = 2080.
      const sum = { 1: 1, 2: 3, 64: 2080 }[disks] ?? 0;
      assert.equal(disk.reading('disk_read_count'), 3 * 10 * sum);
      assert.equal(disk.reading('disk_write_count'), 3 * sum);
      assert.equal(disk.reading('disk_read_bytes'), 3 * 2000 * 512 * sum);
      assert.equal(disk.reading('disk_write_bytes'), 3 * 8 * 512 * sum);
      // 2000 sectors are 1.024 MB, 8 are 0.004096 MB.
      assert.equal(disk.reading('disk_read_rate_mbps'), { 1: 1.024, 2: 3.072, 64: 2129.92 }[disks]);
      assert.equal(disk.reading('disk_write_rate_mbps'), { 1: 0.004, 2: 0.012, 64: 8.52 }[disks]);
      for (const k of upTo(disks)) {
        assert.equal(disk.reading(`disk_${String(k)}_total_gb`), k + 1);
        assert.equal(disk.reading(`disk_${String(k)}_used_gb`), (k + 1) / 2);
        assert.equal(disk.reading(`disk_${String(k)}_percent`), 50);
      }
    });
  }
});

describe('200 network interfaces', () => {
  for (const interfaces of [1, 3, 200]) {
    test(`${String(interfaces)} of them`, async t => {
      const machine = new WideMachine(new FixtureTree(t), { cpus: [0], disks: 1, interfaces });
      const network = await openAdapter(t, createNetworkAdapter(), machine.sysroot);
      network.read(Number.NaN);
      machine.at(2);
      network.read(2);
      // The sum of k + 1 over all interfaces: 200 × 201 / 2 = 20100. Loopback is none of them.
      const sum = { 1: 1, 3: 6, 200: 20_100 }[interfaces] ?? 0;
      assert.equal(network.reading('net_bytes_recv'), 2 * 1000 * sum);
      assert.equal(network.reading('net_bytes_sent'), 2 * 500 * sum);
      assert.equal(network.reading('net_packets_recv'), 2 * 2 * sum);
      assert.equal(network.reading('net_packets_sent'), 2 * sum);
      assert.equal(network.reading('net_drops_in'), 0);
      // 1000 bytes are 0.008 Mbit.
      assert.equal(network.reading('net_recv_rate_mbps'), { 1: 0.008, 3: 0.048, 200: 160.8 }[interfaces]);
      assert.equal(network.reading('net_send_rate_mbps'), { 1: 0.004, 3: 0.024, 200: 80.4 }[interfaces]);
      assert.equal(network.reading('net_connections_total'), 25);
      assert.equal(network.reading('net_connections_established'), 17);
    });
  }
});

test('memory of a wide machine', async t => {
  const machine = new WideMachine(new FixtureTree(t), { cpus: upTo(512), disks: 64, interfaces: 200 });
  const memory = await openAdapter(t, createMemoryAdapter(), machine.sysroot);
  memory.read(1);
  assert.equal(memory.reading('ram_total_mb'), 8192);
  assert.equal(memory.reading('ram_used_mb'), 2048);
  assert.equal(memory.reading('ram_available_mb'), 6144);
  assert.equal(memory.reading('ram_percent'), 25);
  assert.equal(memory.reading('swap_total_mb'), 2048);
  assert.equal(memory.reading('swap_used_mb'), 512);
  assert.equal(memory.reading('swap_percent'), 25);
  assert.equal(memory.reading('cpu_pressure'), 'unsupported');
});

test('8 GPUs of AMD and 8 of Intel', async t => {
  const machine = new WideMachine(new FixtureTree(t), {
    cpus: [0],
    disks: 1,
    interfaces: 1,
    amdGpus: 8,
    intelGpus: 8,
  });
  const amd = await openAdapter(t, createAmdAdapter(), machine.sysroot);
  const intel = await openAdapter(t, createIntelAdapter(), machine.sysroot);
  assert.deepEqual(amd.info.instances, { gpu: 8 });
  assert.deepEqual(intel.info.instances, { gpu: 8 });
  for (const gpus of [amd, intel]) gpus.read(Number.NaN);
  machine.at(1);
  for (const gpus of [amd, intel]) gpus.read(1);
  for (const k of upTo(8)) {
    // The fixture's card.
    assert.equal(amd.reading(`gpu${String(k)}_utilization`), 91);
    assert.equal(intel.reading(`gpu${String(k)}_utilization`), 10 * k);
  }
});
