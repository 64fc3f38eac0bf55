import fs from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { KnownDevices } from './adapter-host.ts';
import type { HardwareNames } from './hardware-id.ts';

/** What is known of this machine from former runs. */
export interface Inventory {
  readonly names: HardwareNames;
  readonly devices: KnownDevices;
}

const Name = v.pipe(v.string(), v.maxLength(200));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4096));
const InventoryFile = v.object({
  names: v.object({
    cpu: Name,
    gpus: v.pipe(v.array(Name), v.maxLength(64)),
    boardVendor: Name,
    boardProduct: Name,
    ramGib: Count,
  }),
  devices: v.object({
    instances: v.record(Name, v.partial(v.object({ core: Count, gpu: Count, disk: Count }))),
    gpus: v.record(
      Name,
      v.pipe(
        v.array(v.object({ name: Name, vendor: v.picklist(['nvidia', 'amd', 'intel', 'apple', 'other']) })),
        v.maxLength(64),
      ),
    ),
  }),
});

/**
 * Reads the cached inventory, so that a sampler that starts again has its columns and its hardware id at once, and a
 * driver that does not answer does not change them. `undefined` when there is none or it is damaged.
 */
export function readInventory(file: string): Inventory | undefined {
  try {
    const parsed = v.safeParse(InventoryFile, JSON.parse(fs.readFileSync(file, 'utf8')));
    return parsed.success ? (parsed.output as Inventory) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the inventory in one step. @throws the system's error */
export function writeInventory(file: string, inventory: Inventory): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${String(process.pid)}`;
  fs.writeFileSync(beside, JSON.stringify(inventory, undefined, 2), { mode: 0o600 });
  fs.renameSync(beside, file);
}
