import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { end, start } from '../lib/children.mjs';
import { collectErrors, plainEnvironment } from './child.ts';
import { findPsutil } from './psutil.ts';

/** A program that does the same collection, or shows what the least would be. */
export interface Peer {
  readonly name: string;
  readonly pid: number;
  end(): Promise<void>;
}

/** The peers that run here. */
export interface Peers {
  readonly running: readonly Peer[];
  /** What is compared, and what is left out and why; a sentence each. */
  readonly notes: readonly string[];
}

export const PSUTIL = 'psutil';
export const PSUTIL_LEAN = 'psutil, lean';
export const SYSTEMINFORMATION = 'systeminformation';
export const EMPTY = 'empty Node timer';

/** Parts of a second at which the peers sample, so that none does while another does; ours samples at 0. */
const PHASE = { [PSUTIL]: 0.2, [PSUTIL_LEAN]: 0.35, [SYSTEMINFORMATION]: 0.5 };

/** Starts all peers; their rows go to files in `folder`. */
export async function startPeers(folder: string): Promise<Peers> {
  const script = (name: string): string => path.join(import.meta.dirname, name);
  const rows = (name: string): string => path.join(folder, `${name.replaceAll(/\W+/g, '-')}.csv`);
  const running: Peer[] = [];
  const notes: string[] = [];

  const python = await findPsutil();
  if (typeof python === 'string') notes.push(`Without psutil: ${python}`);
  else {
    for (const [name, connections] of [
      [PSUTIL, 'psutil'],
      [PSUTIL_LEAN, 'kernel'],
    ] as const) {
      const args = [script('psutil_peer.py'), rows(name), String(PHASE[name]), connections];
      running.push(startPeer(name, python.command, args));
    }
    notes.push(
      `${PSUTIL}: ${python.version}; connections with psutil.net_connections(), which looks into every process.`,
      `${PSUTIL_LEAN}: the same, but connections read from the kernel’s counters instead.`,
    );
  }
  running.push(
    startPeer(SYSTEMINFORMATION, process.execPath, [
      script('systeminformation-peer.mjs'),
      rows(SYSTEMINFORMATION),
      String(PHASE[SYSTEMINFORMATION]),
    ]),
    startPeer(EMPTY, process.execPath, ['--eval', 'setInterval(() => {}, 1000)']),
  );
  notes.push(
    `${SYSTEMINFORMATION}: currentLoad, cpuCurrentSpeed, mem, fsSize, disksIO, networkStats and networkConnections, and the processes they start.`,
    `${EMPTY}: a Node process that wakes once a second and does nothing; less is not to be had with Node.`,
  );
  return { running, notes };
}

function startPeer(name: string, command: string, args: readonly string[]): Peer {
  const child: ChildProcess = start(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: plainEnvironment(),
  });
  const errors = collectErrors(child);
  child.once('exit', code => {
    if (code !== null) console.error(`${name} ended with exit code ${code}: ${errors()}`);
  });
  return { name, pid: child.pid ?? 0, end: () => end(child) };
}
