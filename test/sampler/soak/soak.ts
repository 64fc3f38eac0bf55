import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { FORGIVEN_MS } from '../../../src/sampler/quarantine.ts';
import { MANUAL_TICKS } from './weather.ts';

/** Ticks that are lost when an adapter hangs: two until the client misses them, one until the next sampler reads. */
const LOST_TICKS = 3;

/** What is known of the deaths in the calls of an adapter since the last manual start. */
export interface Death {
  readonly count: number;
  /** When the sampler that found it dead began. */
  readonly tick: number;
}

/** What one life of the sampler is told. */
export interface Life {
  readonly seed: number;
  /** Moment of tick 0, milliseconds since 1970 UTC. */
  readonly utcMs: number;
  readonly from: number;
  readonly until: number;
  readonly calmFrom: number;
  readonly folder: string;
  /** Who is to be blamed for the last death. */
  readonly blamed: readonly string[];
  readonly deaths: Readonly<Record<string, Death>>;
}

/** What it tells. */
export type Told = Hang | { readonly look: Look } | { readonly done: number };

/** It is about to hang. */
export interface Hang {
  /** In which adapter. */
  readonly hangs: string;
  /** In which tick, or after which. */
  readonly tick: number;
  /** The first tick that was not made. */
  readonly next: number;
}

/** Memory after a collection of garbage. */
export interface Look {
  readonly tick: number;
  /** Bytes. */
  readonly heapUsed: number;
}

export interface SoakOptions {
  readonly seed: number;
  readonly ticks: number;
  /** From this tick on nothing hangs any more. */
  readonly calmFrom: number;
  readonly utcMs: number;
  /** The bundled `soak-child.ts`. */
  readonly program: string;
  readonly folder: string;
}

/** What a soak came to. */
export interface SoakResult {
  /** Ticks that were made, in order. */
  readonly ticks: readonly number[];
  /** Looks at memory by life. */
  readonly looks: readonly (readonly Look[])[];
  /** Open files of each process when it hung. */
  readonly files: readonly number[];
  /** Adapters that were put into quarantine, in order. */
  readonly quarantined: readonly string[];
  readonly lives: number;
}

/**
 * Runs samplers one after the other, each with the same adapters and a fast clock, and does what a client does: ends one
 * that hangs with SIGKILL and starts the next.
 *
 * @throws Error when a life ends in any other way
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { ticks, calmFrom, seed, utcMs, folder } = options;
  const result = {
    ticks: [] as number[],
    looks: [] as Look[][],
    files: [] as number[],
    quarantined: [] as string[],
  };
  let deaths: Record<string, Death> = {};
  let blamed: string[] = [];
  let lives = 0;
  for (let from = 0; from < ticks;) {
    lives++;
    const life: Life = { seed, utcMs, from, until: ticks, calmFrom, folder, blamed, deaths };
    const end = await live(options.program, life);
    result.looks.push(end.looks);
    for (let tick = from; tick < end.next; tick++) result.ticks.push(tick);
    if (end.hung === undefined) break;
    result.files.push(end.files);
    if (hasManualStart(from, end.tick)) deaths = {};
    from = end.next + LOST_TICKS;
    blamed = [end.hung];
    const before = deaths[end.hung];
    const isForgiven = before?.count === 1 && 1000 * (from - before.tick) >= FORGIVEN_MS;
    const count = isForgiven ? 1 : (before?.count ?? 0) + 1;
    deaths = { ...deaths, [end.hung]: { count, tick: from } };
    if (count === 2) result.quarantined.push(end.hung);
  }
  return { ...result, lives };
}

function hasManualStart(first: number, last: number): boolean {
  return Math.floor(last / MANUAL_TICKS) > Math.floor((first - 1) / MANUAL_TICKS);
}

interface End {
  /** The last tick that was begun. */
  readonly tick: number;
  /** The first that was not made. */
  readonly next: number;
  /** The adapter that hung; `undefined` where the life came to its end. */
  readonly hung: string | undefined;
  readonly files: number;
  readonly looks: Look[];
}

async function live(program: string, life: Life): Promise<End> {
  const args = ['--expose-gc', '--max-semi-space-size=1', program, JSON.stringify(life)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exit = new Promise<number | null>(resolve => child.once('close', resolve));
  const looks: Look[] = [];
  let end: End | undefined;
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as Told;
    if ('look' in told) looks.push(told.look);
    else if ('done' in told) end = { tick: told.done, next: told.done, hung: undefined, files: 0, looks };
    else {
      end = { tick: told.tick, next: told.next, hung: told.hangs, files: countFiles(child), looks };
      child.kill('SIGKILL');
    }
  }
  const code = await exit;
  assert.ok(end && (end.hung !== undefined || code === 0), `a sampler ended (${String(code)}): ${errors}`);
  return end;
}

function countFiles({ pid }: ChildProcess): number {
  return fs.readdirSync(path.join('/proc', String(pid), 'fd')).length;
}
