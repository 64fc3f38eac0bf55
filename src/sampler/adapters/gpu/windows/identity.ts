import { ADAPTER_TYPE, DEVICE_IDS, QueryType, REGISTRY_INFO } from '../../../native/windows/d3dkmt-layout.ts';
import type { D3dkmt } from '../../../native/windows/d3dkmt.ts';
import { STATUS } from '../../../native/windows/codes.ts';
import type { GpuInfo } from '../../base.ts';

/** Vendors by their PCI numbers. */
const VENDORS: Readonly<Record<number, readonly [vendor: GpuInfo['vendor'], name: string]>> = {
  0x1002: ['amd', 'AMD GPU'],
  0x1022: ['amd', 'AMD GPU'],
  0x8086: ['intel', 'Intel GPU'],
  0x10de: ['nvidia', 'NVIDIA GPU'],
};

/** What a vendor without a known number calls its GPUs. */
const VENDOR_NAMES: readonly (readonly [RegExp, GpuInfo['vendor']])[] = [
  [/\bNVIDIA\b/i, 'nvidia'],
  [/\b(?:AMD|Radeon)\b/i, 'amd'],
  [/\bIntel\b/i, 'intel'],
];

/** Far more than a product is called. */
const MAX_NAME = 100;

/** What an adapter of the graphics kernel is. */
export type AdapterKind =
  | {
      readonly kind: 'gpu';
      readonly info: GpuInfo;
      /** Whether it is the second GPU of a laptop, which Windows cuts off from power when nobody uses it. */
      readonly isHybridDiscrete: boolean;
    }
  /** Draws with the processor, shows what another draws, or does not say what it is. */
  | { readonly kind: 'no-gpu' }
  /** A processor for neural networks, which Windows keeps among the graphics adapters. */
  | { readonly kind: 'compute-only' };

/** Asks an open adapter what it is. Windows keeps the answers; no GPU wakes up for them. */
export function identifyAdapter(d3dkmt: D3dkmt, handle: number): AdapterKind {
  d3dkmt.data.fill(0, 0, ADAPTER_TYPE.size);
  if (d3dkmt.query(handle, QueryType.adapterType, ADAPTER_TYPE.size) !== STATUS.success) {
    return { kind: 'no-gpu' };
  }
  const bits = d3dkmt.data.readUInt32LE(0);
  if ((bits & (ADAPTER_TYPE.software | ADAPTER_TYPE.indirectDisplay)) !== 0) return { kind: 'no-gpu' };
  if ((bits & ADAPTER_TYPE.computeOnly) !== 0) return { kind: 'compute-only' };
  if ((bits & ADAPTER_TYPE.render) === 0) return { kind: 'no-gpu' };
  return {
    kind: 'gpu',
    info: describeGpu(readVendor(d3dkmt, handle), readName(d3dkmt, handle)),
    isHybridDiscrete: (bits & ADAPTER_TYPE.hybridDiscrete) !== 0,
  };
}

/** @param vendorId number of the PCI vendor, 0 where it is not told */
function describeGpu(vendorId: number, name: string): GpuInfo {
  const known = VENDORS[vendorId];
  if (known) return { vendor: known[0], name: name === '' ? known[1] : name };
  const byName = VENDOR_NAMES.find(([pattern]) => pattern.test(name));
  return { vendor: byName?.[1] ?? 'other', name: name === '' ? 'GPU' : name };
}

function readVendor(d3dkmt: D3dkmt, handle: number): number {
  d3dkmt.data.fill(0, 0, DEVICE_IDS.size);
  const status = d3dkmt.query(handle, QueryType.deviceIds, DEVICE_IDS.size);
  return status === STATUS.success ? d3dkmt.data.readUInt32LE(DEVICE_IDS.vendor) : 0;
}

function readName(d3dkmt: D3dkmt, handle: number): string {
  d3dkmt.data.fill(0, 0, REGISTRY_INFO.size);
  if (d3dkmt.query(handle, QueryType.registryInfo, REGISTRY_INFO.size) !== STATUS.success) return '';
  const text = d3dkmt.data.toString(
    'utf16le',
    REGISTRY_INFO.name,
    REGISTRY_INFO.name + REGISTRY_INFO.nameSize,
  );
  const [name = ''] = text.split('\0', 1);
  // Half a surrogate pair is in class C too.
  return Array.from(name.replace(/[\p{C}\s]+/gu, ' ').trim())
    .slice(0, MAX_NAME)
    .join('');
}
