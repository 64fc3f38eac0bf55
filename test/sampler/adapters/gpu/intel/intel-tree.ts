import fs from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { FixtureTree } from '../../../proc/fixture-tree.ts';

const HARMLESS = new Set(['vendor', 'class', 'device', 'runtime_status', 'control', 'name', 'pci.ids']);

/** Whether the kernel answers for this file without the GPU: reading it wakes none. */
export function isHarmless(file: string): boolean {
  return HARMLESS.has(file) || file.endsWith('_label') || file === 'dmem.capacity';
}

/** A GPU in a fixture tree. */
export class MadeGpu {
  readonly address: string;
  readonly #tree: FixtureTree;

  constructor(tree: FixtureTree, address: string) {
    this.#tree = tree;
    this.address = address;
  }

  /** Writes files of the GPU's folder. */
  write(files: Readonly<Record<string, string | number | Uint8Array>>): this {
    for (const [name, content] of Object.entries(files)) {
      this.#tree.write(this.at(name), content instanceof Uint8Array ? content : `${content}\n`);
    }
    return this;
  }

  /** Takes files away, also from descriptors that are open. */
  remove(...names: readonly string[]): this {
    for (const name of names) this.#tree.vanish(this.at(name));
    return this;
  }

  /** Takes a folder away as the kernel does: what is open in it reads nothing any more. */
  removeFolder(name: string): this {
    empty(this.#tree.sysroot.path(this.at(name)));
    return this;
  }

  /** Gives it another driver, or none. */
  bind(driver: string | undefined): this {
    fs.rmSync(this.#tree.sysroot.path(this.at('driver')), { force: true });
    if (driver !== undefined) this.#tree.link(this.at('driver'), `../../bus/pci/drivers/${driver}`);
    return this;
  }

  /** Pulls it out. */
  unplug(): void {
    const link = this.#tree.sysroot.path(`/sys/bus/pci/devices/${this.address}`);
    empty(fs.realpathSync(link));
    fs.rmSync(link);
  }

  at(name: string): string {
    return `/sys/bus/pci/devices/${this.address}/${name}`;
  }
}

function empty(folder: string): void {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) fs.truncateSync(path.join(entry.parentPath, entry.name));
  }
  fs.rmSync(folder, { recursive: true });
}

/** A fixture tree with GPUs of Intel and programs that use them. */
export class IntelTree {
  readonly tree: FixtureTree;

  constructor(t: TestContext) {
    this.tree = new FixtureTree(t);
  }

  /** Plugs in the GPU of a fixture. */
  plug(fixture: 'intel-i915' | 'intel-xe', address = '0000:03:00.0'): MadeGpu {
    fs.rmSync(this.tree.sysroot.path('/proc'), { recursive: true, force: true });
    this.tree.plugCard(fixture, address);
    return new MadeGpu(this.tree, address);
  }

  /** What a user without privileges finds: the first process may not be looked into. */
  withoutPrivilege(): this {
    fs.rmSync(this.tree.sysroot.path('/proc/1/ns'), { recursive: true });
    return this;
  }

  /** Has a process open a device file, and writes what is told of it. */
  openDevice(process: number, file: number, device: string, fdinfo: string): this {
    this.tree.link(`/proc/${process}/fd/${file}`, `/dev/dri/${device}`);
    return this.work(process, file, fdinfo);
  }

  /** Writes what is told of an open device file. */
  work(process: number, file: number, fdinfo: string): this {
    this.tree.write(`/proc/${process}/fdinfo/${file}`, fdinfo);
    return this;
  }

  /** Has a process close a file. */
  closeFile(process: number, file: number): this {
    fs.rmSync(this.tree.sysroot.path(`/proc/${process}/fd/${file}`));
    this.tree.vanish(`/proc/${process}/fdinfo/${file}`);
    return this;
  }
}

/** What i915 tells of a client; work in milliseconds. */
export function i915Client(
  id: number,
  work: { readonly render?: number; readonly video?: number; readonly compute?: number },
  pdev = '0000:03:00.0',
): string {
  const ns = (ms = 0): string => `${ms}000000 ns`;
  return [
    'pos:\t0',
    'drm-driver:\ti915',
    `drm-client-id:\t${id}`,
    `drm-pdev:\t${pdev}`,
    `drm-engine-render:\t${ns(work.render)}`,
    'drm-engine-copy:\t0 ns',
    `drm-engine-video:\t${ns(work.video)}`,
    'drm-engine-capacity-video:\t2',
    'drm-engine-video-enhance:\t0 ns',
    `drm-engine-compute:\t${ns(work.compute)}`,
    '',
  ].join('\n');
}

/** What xe tells of a client; work and the time that has passed in cycles. */
export function xeClient(
  id: number,
  total: number,
  work: { readonly rcs?: number; readonly vcs?: number; readonly ccs?: number },
): string {
  return [
    'drm-driver:\txe',
    `drm-client-id:\t${id}`,
    'drm-pdev:\t0000:03:00.0',
    `drm-cycles-rcs:\t${work.rcs ?? 0}`,
    `drm-total-cycles-rcs:\t${total}`,
    'drm-cycles-bcs:\t0',
    `drm-total-cycles-bcs:\t${total}`,
    `drm-cycles-vcs:\t${work.vcs ?? 0}`,
    `drm-total-cycles-vcs:\t${total}`,
    'drm-engine-capacity-vcs:\t2',
    'drm-cycles-vecs:\t0',
    `drm-total-cycles-vecs:\t${total}`,
    `drm-cycles-ccs:\t${work.ccs ?? 0}`,
    `drm-total-cycles-ccs:\t${total}`,
    '',
  ].join('\n');
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
