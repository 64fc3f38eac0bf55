import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Inventory, readInventory, writeInventory } from '../../src/sampler/inventory.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const INVENTORY: Inventory = {
  names: { cpu: 'AMD Ryzen 7', gpus: ['RTX 4090'], boardVendor: 'ASUS', boardProduct: 'TUF', ramGib: 32 },
  devices: {
    instances: { cpu: { core: 16 }, disk: { disk: 2 }, memory: {} },
    gpus: { nvidia: [{ name: 'RTX 4090', vendor: 'nvidia' }], amd: [] },
  },
};

describe('the inventory', () => {
  test('is read back as it was written, in folders of its own making', t => {
    const file = path.join(temporaryDirectory(t), 'data', 'optimetrics', 'inventory.json');
    assert.equal(readInventory(file), undefined);
    writeInventory(file, INVENTORY);
    assert.deepEqual(readInventory(file), INVENTORY);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ['inventory.json']);
    if (process.platform !== 'win32') {
      assert.equal(fs.statSync(file).mode & 0o777, 0o600);
      assert.equal(fs.statSync(path.dirname(file)).mode & 0o777, 0o700);
    }
  });

  test('that is damaged is none', t => {
    const file = path.join(temporaryDirectory(t), 'inventory.json');
    const { names, devices } = INVENTORY;
    for (const content of [
      '',
      JSON.stringify(INVENTORY).slice(0, -1),
      'null',
      '[]',
      '{}',
      JSON.stringify({ names }),
      JSON.stringify({ devices }),
      JSON.stringify({ devices, names: { ...names, gpus: 'RTX 4090' } }),
      JSON.stringify({ devices, names: { ...names, cpu: 'x'.repeat(201) } }),
      JSON.stringify({ devices, names: { ...names, gpus: Array(65).fill('GPU') } }),
      JSON.stringify({ names, devices: { ...devices, instances: { cpu: { core: 1e9 } } } }),
      JSON.stringify({ names, devices: { ...devices, instances: { cpu: { core: -1 } } } }),
      JSON.stringify({ names, devices: { ...devices, instances: { cpu: { core: 1.5 } } } }),
      JSON.stringify({ names, devices: { ...devices, gpus: { nvidia: [{ name: 'x', vendor: 'acme' }] } } }),
      JSON.stringify({
        names,
        devices: { ...devices, gpus: { nvidia: Array(65).fill({ name: 'x', vendor: 'amd' }) } },
      }),
    ]) {
      fs.writeFileSync(file, content);
      assert.equal(readInventory(file), undefined, content.slice(0, 200));
    }
    fs.rmSync(file);
    fs.mkdirSync(file);
    assert.equal(readInventory(file), undefined);
  });

  test('gives counts that a layout can have, whatever the file holds', t => {
    const file = path.join(temporaryDirectory(t), 'inventory.json');
    const count = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null));
    const instances = fc.dictionary(
      fc.string(),
      fc.dictionary(fc.constantFrom('core', 'gpu', 'disk', 'x'), count),
    );
    fc.assert(
      fc.property(instances, fc.object(), (given, gpus) => {
        fs.writeFileSync(
          file,
          JSON.stringify({ names: INVENTORY.names, devices: { instances: given, gpus } }),
        );
        const read = readInventory(file);
        for (const counts of Object.values(read?.devices.instances ?? {})) {
          for (const [kind, number] of Object.entries(counts)) {
            assert.ok(['core', 'gpu', 'disk'].includes(kind));
            assert.ok(Number.isInteger(number) && number >= 0 && number <= 4096);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
