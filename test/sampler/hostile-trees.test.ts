/**
 * Every file of every fixture tree, cut off, garbled, with impossible numbers or in another order: before the adapters are
 * opened, and while they read. A new fixture is attacked without further ado.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { createAdapters } from '../../src/sampler/adapters/all.ts';
import { readNativeNames } from '../../src/sampler/hardware-names.ts';
import { AmdTree } from './adapters/gpu/amd/amd-tree.ts';
import { IntelTree } from './adapters/gpu/intel/intel-tree.ts';
import { FixtureTree, OpenedAdapter, tryOpen } from './proc/fixture-tree.ts';
import { hostileText } from './proc/hostile-text.ts';

const FIXTURES = path.resolve(import.meta.dirname, '..', 'fixtures', 'sysroot');

/** Fixtures that are a GPU to be plugged into a tree. */
const CARDS: Readonly<Record<string, (t: TestContext) => FixtureTree>> = {
  'amd-desktop': t => plugAmd(t, 'amd-desktop'),
  'amd-apu': t => plugAmd(t, 'amd-apu'),
  'intel-i915': t => plugIntel(t, 'intel-i915'),
  'intel-xe': t => plugIntel(t, 'intel-xe'),
};

function plugAmd(t: TestContext, fixture: 'amd-desktop' | 'amd-apu'): FixtureTree {
  const amd = new AmdTree(t);
  amd.plug(fixture);
  return amd.tree;
}

function plugIntel(t: TestContext, fixture: 'intel-i915' | 'intel-xe'): FixtureTree {
  const intel = new IntelTree(t);
  intel.plug(fixture);
  return intel.tree;
}

/** Files of a tree by their path in it, without what is linked. */
function filesOf(tree: FixtureTree): string[] {
  const { root } = tree.sysroot;
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join('/', path.relative(root, entry.parentPath), entry.name))
    .sort();
}

async function openAll(t: TestContext, tree: FixtureTree): Promise<OpenedAdapter[]> {
  const opened: OpenedAdapter[] = [];
  for (const adapter of createAdapters('linux')) {
    const log: string[] = [];
    const info = await tryOpen(t, adapter, tree.sysroot, log);
    if (info.available) opened.push(new OpenedAdapter(adapter, info, log));
  }
  return opened;
}

/** Reads a few ticks; `read` fails on a value that is out of its unit's range, and on a value beside a reason. */
function readAll(opened: readonly OpenedAdapter[], elapsed: number): void {
  for (const one of opened) {
    for (const seconds of [Number.NaN, elapsed, 1]) one.read(seconds);
    for (const [column, reading] of Object.entries(one.readings)) {
      assert.notEqual(reading, 'neither value nor reason', column);
    }
    const { cpu, memory } = one.adapter.limits ?? {};
    if (cpu) assert.ok(cpu.cores > 0 && cpu.cores < cpu.hostCores);
    if (memory) assert.ok(memory.mb >= 0 && memory.mb <= memory.hostMb);
  }
}

describe('hostile trees', () => {
  for (const fixture of fs.readdirSync(FIXTURES).sort()) {
    test(fixture, async t => {
      const tree = CARDS[fixture]?.(t) ?? new FixtureTree(t).apply(`${fixture}/first`);
      const samples = filesOf(tree).map(file => ({
        file,
        content: fs.readFileSync(tree.sysroot.path(file)),
      }));
      assert.ok(samples.length > 0);
      const change = fc.constantFrom(...samples).chain(({ file, content }) =>
        // A table of thousands of names is as hostile in its first part.
        hostileText(content.toString('latin1', 0, 20_000)).map(hostile => ({ file, hostile })),
      );
      const changes = fc.array(change, { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(
          changes,
          fc.boolean(),
          fc.constantFrom(1, 0.1, 3600, 0, -1),
          async (list, isFromStart, elapsed) => {
            const attack = (): void => {
              for (const { file, hostile } of list) tree.write(file, hostile);
            };
            if (isFromStart) attack();
            const opened = await openAll(t, tree);
            try {
              if (!isFromStart) attack();
              readAll(opened, elapsed);
              readNativeNames(tree.sysroot);
            } finally {
              for (const { adapter } of opened) adapter.close();
              for (const { file, content } of samples) tree.write(file, content);
            }
          },
        ),
        { numRuns: 60 },
      );
    });
  }
});
