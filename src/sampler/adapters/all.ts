import type { Adapter, GpuInfo } from './base.ts';
import { createCpuAdapter as createDarwinCpuAdapter } from './cpu/darwin.ts';
import { createCpuAdapter } from './cpu/linux.ts';
import { createCpuAdapter as createWindowsCpuAdapter } from './cpu/windows.ts';
import { createDiskAdapter as createDarwinDiskAdapter } from './disk/darwin.ts';
import { createDiskAdapter } from './disk/linux.ts';
import { createDiskAdapter as createWindowsDiskAdapter } from './disk/windows.ts';
import { createAmdAdapter } from './gpu/amd/adapter.ts';
import { createAppleAdapter } from './gpu/apple/adapter.ts';
import { createIntelAdapter } from './gpu/intel/adapter.ts';
import { createNvidiaAdapter } from './gpu/nvidia/adapter.ts';
import { createWindowsGpuAdapter } from './gpu/windows/adapter.ts';
import { findSystemGpus } from './gpu/windows/system-gpu.ts';
import { createMemoryAdapter as createDarwinMemoryAdapter } from './memory/darwin.ts';
import { createMemoryAdapter } from './memory/linux.ts';
import { createMemoryAdapter as createWindowsMemoryAdapter } from './memory/windows.ts';
import { createNetworkAdapter as createDarwinNetworkAdapter } from './network/darwin.ts';
import { createNetworkAdapter } from './network/linux.ts';
import { createNetworkAdapter as createWindowsNetworkAdapter } from './network/windows.ts';

/** The adapters of this platform, in the order in which they are read: the cheap and sure ones first. */
export function createAdapters(platform: NodeJS.Platform = process.platform): Adapter[] {
  // NVIDIA has made no driver for macOS since 10.13, and what there was then did not bring its library.
  if (platform === 'darwin') return createDarwinAdapters();
  if (platform === 'win32') return createWindowsAdapters();
  const linux = [createCpuAdapter, createMemoryAdapter, createDiskAdapter, createNetworkAdapter];
  const system = platform === 'linux' ? linux.map(create => create()) : [];
  const gpus = platform === 'linux' ? [createAmdAdapter(), createIntelAdapter()] : [];
  return [...system, createNvidiaAdapter(), ...gpus];
}

function createDarwinAdapters(): Adapter[] {
  return [
    createDarwinCpuAdapter(),
    createDarwinMemoryAdapter(),
    createDarwinDiskAdapter(),
    createDarwinNetworkAdapter(),
    createAppleAdapter(),
  ];
}

function createWindowsAdapters(): Adapter[] {
  const nvidia = createNvidiaAdapter({ findDisplays: () => findSystemGpus('nvidia') });
  // Windows knows NVIDIA's GPUs too, but less of them: it stands in where NVIDIA's library does not answer.
  const isReadElsewhere = (vendor: GpuInfo['vendor']): boolean => vendor === 'nvidia' && nvidia.hasGpus;
  return [
    createWindowsCpuAdapter(),
    createWindowsMemoryAdapter(),
    createWindowsDiskAdapter(),
    createWindowsNetworkAdapter(),
    nvidia,
    createWindowsGpuAdapter({ isReadElsewhere }),
  ];
}
