import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { FileTree } from '../../../scripts/bench/file-tree.ts';
import { Frame } from '../../../src/common/frame.ts';
import { buildLayout, type InstanceCounts } from '../../../src/common/layout.ts';
import { maximumOf } from '../../../src/common/units.ts';
import type { Adapter, AdapterInfo, SlotFinder, Unavailable } from '../../../src/sampler/adapters/base.ts';
import type { Sysroot } from '../../../src/sampler/sysroot.ts';

/** A tree of files in a temporary directory that stands in for `/`, removed after the test. */
export class FixtureTree extends FileTree {
  constructor(t: TestContext) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'optimetrics-sysroot-'));
    t.after(() => {
      fs.rmSync(root, { recursive: true, force: true });
    });
    super(root);
  }

  /** Takes a file away; a descriptor that is open on it reads nothing any more. */
  vanish(file: string): this {
    fs.truncateSync(this.sysroot.path(file));
    fs.rmSync(this.sysroot.path(file));
    return this;
  }
}

/** An adapter that has been opened and bound, and the frame it reads into. */
export class OpenedAdapter {
  readonly adapter: Adapter;
  readonly info: AdapterInfo;
  readonly frame: Frame;
  readonly log: readonly string[];

  constructor(adapter: Adapter, info: AdapterInfo, log: readonly string[]) {
    this.adapter = adapter;
    this.info = info;
    this.log = log;
    const counts: InstanceCounts = { core: 0, gpu: 0, disk: 0, ...info.instances };
    this.frame = new Frame(buildLayout(counts, group => group === adapter.group));
    const slots = this.frame.layout.slots;
    const finder: SlotFinder = Object.assign((column: string) => slots.get(column) ?? -1, { firstGpu: 0 });
    adapter.bind(finder);
  }

  /** Reads once, and checks that nothing was written that no frame should have to turn down. */
  read(elapsedSeconds: number): this {
    this.frame.clear();
    this.adapter.read(this.frame, elapsedSeconds);
    this.frame.layout.columns.forEach((column, slot) => {
      const value = this.frame.values[slot] ?? Number.NaN;
      if (this.frame.states[slot] !== 0) assert.ok(Number.isNaN(value), column.name);
      else assert.ok(value >= 0 && value <= maximumOf(column.metric.unit), `${column.name} = ${value}`);
    });
    return this;
  }

  /** Every column of the adapter: its value, or the reason why it has none. */
  get readings(): Record<string, number | string> {
    const readings: Record<string, number | string> = {};
    for (const { name, metric } of this.frame.layout.columns) {
      if (metric.group === this.adapter.group) readings[name] = this.reading(name);
    }
    return readings;
  }

  /** A column's value, or the reason why it has none. */
  reading(column: string): number | string {
    return this.frame.value(column) ?? this.frame.absence(column) ?? 'neither value nor reason';
  }
}

/** Opens an adapter on a tree without expecting that it succeeds. */
export async function tryOpen(
  t: TestContext,
  adapter: Adapter,
  sysroot: Sysroot,
  log: string[] = [],
): Promise<AdapterInfo | Unavailable> {
  t.after(() => {
    adapter.close();
  });
  return adapter.open({ sysroot, log: message => void log.push(message) });
}

/** Opens an adapter on a tree; fails the test when there is nothing to read. */
export async function openAdapter(
  t: TestContext,
  adapter: Adapter,
  sysroot: Sysroot,
): Promise<OpenedAdapter> {
  const log: string[] = [];
  const info = await tryOpen(t, adapter, sysroot, log);
  assert.ok(info.available, `${adapter.name} has nothing to read`);
  return new OpenedAdapter(adapter, info, log);
}
