import type { Adapter } from './base.ts';
import { createCpuAdapter } from './cpu/linux.ts';
import { createDiskAdapter } from './disk/linux.ts';
import { createAmdAdapter } from './gpu/amd/adapter.ts';
import { createIntelAdapter } from './gpu/intel/adapter.ts';
import { createNvidiaAdapter } from './gpu/nvidia/adapter.ts';
import { createMemoryAdapter } from './memory/linux.ts';
import { createNetworkAdapter } from './network/linux.ts';

/** The adapters of this platform, in the order in which they are read: the cheap and sure ones first. */
export function createAdapters(platform: NodeJS.Platform = process.platform): Adapter[] {
  const linux = [createCpuAdapter, createMemoryAdapter, createDiskAdapter, createNetworkAdapter];
  const system = platform === 'linux' ? linux.map(create => create()) : [];
  const gpus = platform === 'linux' ? [createAmdAdapter(), createIntelAdapter()] : [];
  return [...system, createNvidiaAdapter(), ...gpus];
}
