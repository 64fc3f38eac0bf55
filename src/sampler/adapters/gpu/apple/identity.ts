import type { GpuInfo } from '../../base.ts';

/** Vendors by their PCI numbers; Apple gives its own to the GPUs of its chips. */
const VENDORS: Readonly<Record<number, readonly [vendor: GpuInfo['vendor'], name: string]>> = {
  0x106b: ['apple', 'Apple GPU'],
  0x1002: ['amd', 'AMD GPU'],
  0x8086: ['intel', 'Intel GPU'],
  0x10de: ['nvidia', 'NVIDIA GPU'],
};

/** A Mac's own model (“MacBookPro18,3”), which the registry tells at its root for lack of a better answer. */
const MODEL_OF_MAC = /^[A-Za-z]+\d+,\d+$/;

/**
 * Who made a GPU and what it is called.
 *
 * @param vendorId value of `vendor-id`: the PCI vendor's number, low byte first
 * @param model value of `model`: text, in data of a PCI device with a NUL at its end
 */
export function identifyGpu(vendorId: Uint8Array | undefined, model: Uint8Array | undefined): GpuInfo {
  const number = (vendorId?.[0] ?? 0) + 256 * (vendorId?.[1] ?? 0);
  const [vendor, fallback] = VENDORS[number] ?? (['other', 'GPU'] as const);
  const name = textOf(model);
  return { name: name === '' || MODEL_OF_MAC.test(name) ? fallback : name, vendor };
}

function textOf(bytes: Uint8Array | undefined): string {
  if (!bytes) return '';
  const end = bytes.indexOf(0);
  const text = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
