import fs from 'node:fs';
import path from 'node:path';
import { folderTarget } from '../../../../src/sync/targets/folder.ts';
import type { Target } from '../../../../src/sync/targets/target.ts';
import { type Fault, type FaultPlan, seededFaults } from '../../servers/drive-faults.ts';
import { Drive } from '../../targets/gdrive/setup.ts';
import type { Random } from '../random.ts';
import { disturbFolder } from './faulty-folder.ts';
import { FlakyTarget } from './flaky-target.ts';

/** A target that tests can look into and disturb. */
export interface StormTarget {
  /** What a process that has just begun has. */
  begin(): Target;
  /** How likely a fault is in each step: from 0 to 1. */
  disturb(strength: number): void;
  /** Kinds of answers that it has given, in a word or two each. */
  answers(): string[];
  /** What has arrived, whole or not. */
  objects(): Iterable<readonly [path: string, bytes: Buffer]>;
  close(): Promise<void>;
}

export const KINDS = ['memory', 'folder', 'drive'] as const;

/** The target of a kind. */
export async function stormTarget(
  kind: (typeof KINDS)[number],
  root: string,
  random: Random,
): Promise<StormTarget> {
  switch (kind) {
    case 'memory':
      return memory(random);
    case 'folder':
      return folder(path.join(root, 'target'), random);
    case 'drive':
      return drive(random);
  }
}

function memory(random: Random): StormTarget {
  const target = new FlakyTarget(random);
  return {
    begin: () => target,
    disturb: strength => {
      target.faults = strength;
    },
    answers: () => [],
    objects: () => target.objects,
    close: () => Promise.resolve(),
  };
}

/** The real target, on a disk that fails. */
function folder(root: string, random: Random): StormTarget {
  const disturbing = disturbFolder(root, random);
  return {
    begin: () => folderTarget({ path: root }),
    disturb: strength => {
      disturbing.strength = strength;
    },
    answers: () => [],
    objects: () => filesIn(root),
    close: () => {
      disturbing.end();
      return Promise.resolve();
    },
  };
}

/** All files below a folder but hidden ones, which are not finished. */
export function filesIn(root: string): (readonly [path: string, bytes: Buffer])[] {
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
    .map(entry => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(root, file), fs.readFileSync(file)];
    });
}

/** A stall takes as long as the client has patience. */
const IMPATIENT = { stallMs: 40, replyMs: 40 };
const REFUSALS: readonly Fault[] = [
  { kind: 'status', status: 403, reason: 'storageQuotaExceeded' },
  { kind: 'status', status: 401, reason: 'authError' },
  { kind: 'status', status: 429, retryAfter: '120' },
  { kind: 'status', status: 404, reason: 'notFound' },
];

/** The real target and the protocol's server, over HTTP. */
async function drive(random: Random): Promise<StormTarget> {
  const service = await Drive.start();
  let strength = 0;
  return {
    begin: () => service.target(strength > 0 ? { patience: IMPATIENT } : {}),
    disturb: next => {
      strength = next;
      service.server.faults = next === 0 ? () => undefined : plan(next, random);
    },
    answers: () => service.server.asked.map(({ status }) => (status === 0 ? 'HTTP cut' : `HTTP ${status}`)),
    objects: () =>
      [...service.contents()].flatMap(([where, all]) => all.map(bytes => [where, bytes] as const)),
    close: async () => {
      await service.close();
      if (service.server.violations.length > 0)
        throw new Error(`the protocol is broken: ${service.server.violations.join(', ')}`);
    },
  };
}

function plan(strength: number, random: Random): FaultPlan {
  const passing = seededFaults({
    seed: random.below(2 ** 32),
    chance: strength,
    most: Number.POSITIVE_INFINITY,
    without: random.chance(0.9) ? ['stall'] : [],
  });
  return received => (random.chance(strength / 20) ? random.pick(REFUSALS) : passing(received));
}
