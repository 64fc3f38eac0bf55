import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdapterHost } from '../../../src/sampler/adapter-host.ts';
import { createAdapters } from '../../../src/sampler/adapters/all.ts';
import { createCpuAdapter } from '../../../src/sampler/adapters/cpu/darwin.ts';
import { createDiskAdapter } from '../../../src/sampler/adapters/disk/darwin.ts';
import { createAppleAdapter } from '../../../src/sampler/adapters/gpu/apple/adapter.ts';
import { createMemoryAdapter } from '../../../src/sampler/adapters/memory/darwin.ts';
import { createNetworkAdapter } from '../../../src/sampler/adapters/network/darwin.ts';
import { InFlightMarks } from '../../../src/sampler/in-flight.ts';
import { Quarantine } from '../../../src/sampler/quarantine.ts';
import { Sysroot } from '../../../src/sampler/sysroot.ts';
import { NO_FAKE_DARWIN } from '../../fixtures/darwin/build.ts';
import { FakeDarwin } from '../../fixtures/darwin/fake-darwin.ts';
import {
  ifmibdataOf,
  INTERFACES,
  MNT,
  statfsOf,
  swapUsageOf,
  vmStatisticsOf,
} from '../../fixtures/darwin/structures.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';

test('macOS has adapters of its own', () => {
  assert.deepEqual(
    createAdapters('darwin').map(({ name, group }) => `${name} ${group}`),
    ['cpu cpu', 'memory memory', 'disk disk', 'network network', 'apple gpu'],
  );
});

test(
  'a Mac fills a frame: what it cannot tell is unsupported, never 0',
  { skip: NO_FAKE_DARWIN },
  async t => {
    const mac = new FakeDarwin()
      .setProcessors([[1, 1, 1, 1]])
      .setLoads([1, 1, 1])
      .setSysctl64('hw.memsize', 2n ** 34n)
      .setVm(vmStatisticsOf({ wired: 1000, purgeable: 1, compressor: 1, internal: 1000 }), 16_384)
      .setSysctl('vm.swapusage', swapUsageOf(0n, 0n))
      .setSysctl(INTERFACES, ifmibdataOf({ name: 'en0' }))
      .setSysctl32('net.inet.tcp.pcbcount', 1)
      .setSysctl32('net.inet.udp.pcbcount', 1)
      .setMounts([statfsOf({ device: '/dev/disk3s1s1', mountPoint: '/', type: 'apfs', flags: MNT.local })]);
    mac.addService({
      class: 'IOBlockStorageDriver',
      id: 5,
      properties: {
        Statistics: {
          'Operations (Read)': 1,
          'Operations (Write)': 1,
          'Bytes (Read)': 1,
          'Bytes (Write)': 1,
        },
      },
    });
    mac.addService({
      class: 'IOAccelerator',
      id: 6,
      properties: {
        'vendor-id': Buffer.from([0x6b, 0x10, 0, 0]),
        'PerformanceStatistics': { 'Device Utilization %': 3, 'In use system memory': 1024 ** 3 },
      },
    });
    const statfs = (): { type: number; bsize: number; blocks: number; bfree: number; bavail: number } => ({
      type: 26,
      bsize: 4096,
      blocks: 1000,
      bfree: 500,
      bavail: 500,
    });
    const folder = temporaryDirectory(t);
    const host = new AdapterHost({
      adapters: [
        createCpuAdapter(mac.options),
        createMemoryAdapter(mac.options),
        createDiskAdapter({ ...mac.options, arch: 'arm64', statfs }),
        createNetworkAdapter(mac.options),
        createAppleAdapter(mac.options),
      ],
      context: { sysroot: new Sysroot(), log: () => undefined },
      marks: new InFlightMarks(`${folder}/in-flight`),
      quarantine: new Quarantine(`${folder}/quarantine.json`),
      known: { instances: {}, gpus: {} },
      onLayout: () => undefined,
      onStatus: () => undefined,
    });
    t.after(() => {
      host.close();
    });
    await host.open(() => true);
    host.read(Number.NaN);
    mac.setProcessors([[2, 1, 2, 1]]);
    const frame = host.read(1);
    const missing = new Map<string, string[]>();
    for (const { name } of frame.layout.columns) {
      const absence = frame.absence(name);
      if (absence !== undefined) missing.set(absence, [...(missing.get(absence) ?? []), name]);
    }
    const ours = (missing.get('unsupported') ?? []).filter(name => !name.startsWith('session'));
    assert.deepEqual(ours, [
      'core_0_freq_mhz',
      'avg_freq_mhz',
      'temperature',
      'power_watts',
      'package_throttles',
      'context_switches',
      'interrupts',
      'soft_interrupts',
      'gpu0_memory_utilization',
      'gpu0_temperature',
      'gpu0_power_watts',
      'gpu0_power_limit_watts',
      'gpu0_core_clock_mhz',
      'gpu0_memory_clock_mhz',
      'gpu0_sm_clock_mhz',
      'gpu0_fan_speed',
      'gpu0_encoder_utilization',
      'gpu0_decoder_utilization',
      'gpu0_compute_processes',
      'gpu0_graphics_processes',
      'gpu0_performance_state',
      'gpu0_pcie_tx_kbps',
      'gpu0_pcie_rx_kbps',
      'gpu0_throttle_reasons',
      'cpu_pressure',
      'memory_pressure',
      'io_pressure',
      'net_connections_established',
    ]);
    missing.delete('unsupported');
    assert.deepEqual([...missing], []);
    mac.assertNoMisuse();
  },
);
