import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdapterHost } from '../../../src/sampler/adapter-host.ts';
import { createAdapters } from '../../../src/sampler/adapters/all.ts';
import { createCpuAdapter } from '../../../src/sampler/adapters/cpu/windows.ts';
import { createDiskAdapter } from '../../../src/sampler/adapters/disk/windows.ts';
import { createMemoryAdapter } from '../../../src/sampler/adapters/memory/windows.ts';
import { createNetworkAdapter } from '../../../src/sampler/adapters/network/windows.ts';
import { InFlightMarks } from '../../../src/sampler/in-flight.ts';
import { Quarantine } from '../../../src/sampler/quarantine.ts';
import { Sysroot } from '../../../src/sampler/sysroot.ts';
import { FakeWindows } from '../../fixtures/windows/fake-windows.ts';
import {
  diskPerformanceOf,
  interfaceTableOf,
  interruptInformationOf,
  memoryStatusOf,
  pageFilesOf,
  performanceInformationOf,
  powerInformationOf,
  processorTimesOf,
} from '../../fixtures/windows/structures.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';

test('Windows has adapters of its own, and NVIDIA’s', () => {
  const adapters = createAdapters('win32').map(({ name, group }) => `${name} ${group}`);
  assert.deepEqual(adapters.slice(0, 4), ['cpu cpu', 'memory memory', 'disk disk', 'network network']);
  assert.ok(adapters.includes('nvidia gpu'));
});

test('a Windows machine fills a frame: what it cannot tell is unsupported, never 0', async t => {
  const windows = new FakeWindows()
    .setProcessors([[processorTimesOf({ idle: 1n, kernel: 1n, user: 1n, interrupts: 5 })]])
    .setGroups(23, [[interruptInformationOf(3)]])
    .setInformation(2, performanceInformationOf(4))
    .setPower(powerInformationOf(3000))
    .setMemory(memoryStatusOf(2n ** 34n, 2n ** 33n))
    .setInformation(18, pageFilesOf([256, 128]))
    .setDrive('C', { device: '\\Device\\HarddiskVolume3', total: 2n ** 40n, free: 2n ** 39n })
    .setDisk(0, {
      performance: diskPerformanceOf({ bytesRead: 1n, bytesWritten: 1n, reads: 1, writes: 1 }),
    })
    .setInterfaces(interfaceTableOf({ index: 7 }))
    .setSockets([1, 1, 1, 1], [1, 0]);
  const folder = temporaryDirectory(t);
  const host = new AdapterHost({
    adapters: [createCpuAdapter, createMemoryAdapter, createDiskAdapter, createNetworkAdapter].map(create =>
      create(windows.options),
    ),
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
  await host.open(group => group !== 'gpu');
  host.read(Number.NaN);
  windows.setProcessors([[processorTimesOf({ idle: 2n, kernel: 2n, user: 2n, interrupts: 6 })]]);
  const frame = host.read(1);
  const missing = new Map<string, string[]>();
  for (const { name } of frame.layout.columns) {
    const absence = frame.absence(name);
    if (absence !== undefined && !name.startsWith('session'))
      missing.set(absence, [...(missing.get(absence) ?? []), name]);
  }
  assert.deepEqual(
    [...missing],
    [
      [
        'unsupported',
        [
          'temperature',
          'power_watts',
          'package_throttles',
          'load_avg_1m',
          'load_avg_5m',
          'load_avg_15m',
          'cpu_pressure',
          'memory_pressure',
          'io_pressure',
        ],
      ],
    ],
  );
  windows.assertNoMisuse();
});
