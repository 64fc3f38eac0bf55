import fs from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FixtureTree } from '../../../proc/fixture-tree.ts';

const TABLES = fileURLToPath(new URL('../../../../fixtures/amdgpu/', import.meta.url));

/**
 * A table as the driver hands it out, `v1_3` and so on, as C compilers lay out the structures of `kgd_pp_interface.h`.
 * Fields without a value have all bits set.
 */
export function metricsTable(revision: string): Buffer {
  return fs.readFileSync(path.join(TABLES, `gpu_metrics_${revision}`));
}

const HARMLESS = new Set([
  'vendor',
  'class',
  'device',
  'revision',
  'product_name',
  'runtime_status',
  'control',
  'name',
  'amdgpu.ids',
  'pci.ids',
]);

/** Whether the kernel answers for this file without the device: reading it wakes none. */
export function isHarmless(file: string): boolean {
  return HARMLESS.has(file) || file.endsWith('_label');
}

/** A card in a fixture tree. */
export class MadeCard {
  readonly address: string;
  readonly #tree: FixtureTree;
  readonly #hwmon: string;

  constructor(tree: FixtureTree, address: string, hwmon: string) {
    this.#tree = tree;
    this.address = address;
    this.#hwmon = hwmon;
  }

  /** Writes files of the card's folder. */
  write(files: Readonly<Record<string, string | number | Uint8Array>>): this {
    for (const [name, content] of Object.entries(files)) {
      this.#tree.write(this.#at(name), content instanceof Uint8Array ? content : `${content}\n`);
    }
    return this;
  }

  /** Writes files of its sensors. */
  writeHwmon(files: Readonly<Record<string, string | number>>): this {
    return this.write(
      Object.fromEntries(Object.entries(files).map(([name, content]) => [`${this.#hwmon}/${name}`, content])),
    );
  }

  /** Takes files away, also from descriptors that are open. */
  remove(...names: readonly string[]): this {
    for (const name of names) this.#tree.vanish(this.#at(name));
    return this;
  }

  removeHwmon(...names: readonly string[]): this {
    return this.remove(...names.map(name => `${this.#hwmon}/${name}`));
  }

  /** Gives it another driver, or none. */
  bind(driver: string | undefined): this {
    fs.rmSync(this.#tree.sysroot.path(this.#at('driver')), { force: true });
    if (driver !== undefined) this.#tree.link(this.#at('driver'), `../../bus/pci/drivers/${driver}`);
    return this;
  }

  /** Takes the sensors' folder away, as when the driver is unloaded. */
  unloadHwmon(): this {
    for (const name of fs.readdirSync(this.#tree.sysroot.path(this.#at(this.#hwmon)))) this.removeHwmon(name);
    fs.rmSync(this.#tree.sysroot.path(this.#at('hwmon')), { recursive: true });
    return this;
  }

  /** Pulls it out. */
  unplug(): void {
    const link = this.#tree.sysroot.path(`/sys/bus/pci/devices/${this.address}`);
    const folder = fs.realpathSync(link);
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) fs.truncateSync(path.join(entry.parentPath, entry.name));
    }
    fs.rmSync(folder, { recursive: true });
    fs.rmSync(link);
  }

  #at(name: string): string {
    return `/sys/bus/pci/devices/${this.address}/${name}`;
  }
}

/** A fixture tree with cards of AMD. */
export class AmdTree {
  readonly tree: FixtureTree;

  constructor(t: TestContext) {
    this.tree = new FixtureTree(t);
  }

  /** Plugs in the card of a fixture. */
  plug(fixture: 'amd-desktop' | 'amd-apu', address = '0000:03:00.0'): MadeCard {
    this.tree.plugCard(fixture, address);
    return new MadeCard(this.tree, address, fixture === 'amd-desktop' ? 'hwmon/hwmon4' : 'hwmon/hwmon2');
  }
}

/** Makes reads of files fail with the code that `codeFor` returns, if any. For descriptors opened from now on. */
export function failReads(t: TestContext, codeFor: (file: string) => string | undefined): void {
  const { openSync, readSync } = fs;
  const files = new Map<number, string>();
  t.mock.method(fs, 'openSync', (...args: Parameters<typeof fs.openSync>) => {
    const descriptor = openSync(...args);
    files.set(descriptor, path.basename(String(args[0])));
    return descriptor;
  });
  t.mock.method(fs, 'readSync', (descriptor: number, ...rest: unknown[]) => {
    const file = files.get(descriptor);
    const code = file === undefined ? undefined : codeFor(file);
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    return Reflect.apply(readSync, fs, [descriptor, ...rest]) as number;
  });
}

/** Names of the files that are opened or read as a whole from now on, in a list that grows. */
export function noteFiles(t: TestContext): string[] {
  const names: string[] = [];
  const { openSync, readFileSync } = fs;
  t.mock.method(fs, 'openSync', (...args: Parameters<typeof fs.openSync>) => {
    names.push(path.basename(String(args[0])));
    return openSync(...args);
  });
  t.mock.method(fs, 'readFileSync', (...args: Parameters<typeof fs.readFileSync>) => {
    names.push(path.basename(String(args[0])));
    return readFileSync(...args);
  });
  return names;
}
