import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../../../../src/common/faults.ts';

/** A server that is a program of its own, for the time of some tests, with a folder of its own. */
export interface Daemon {
  readonly url: string;
  readonly folder: string;
  /** What it has printed. */
  readonly output: () => string;
  stop(): Promise<void>;
}

/** Far longer than any takes to start. */
const LONGEST_START_MS = 60_000;

/** @throws Error when it ends before `isReady` says so, or takes too long */
export async function startDaemon(
  folder: string,
  url: string,
  [program, ...args]: readonly [string, ...string[]],
  isReady: () => Promise<boolean> = () => answers(url),
  env: NodeJS.ProcessEnv = {},
): Promise<Daemon> {
  // It ends with us, however we end: at once, but for Apache, which has to end its own children.
  const last = program === 'apache2' ? 'TERM' : 'KILL';
  const child = spawn('setpriv', ['--pdeathsig', last, program, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const stop = stopper(child);
  const giveUp = AbortSignal.timeout(LONGEST_START_MS);
  child.once('error', error => (output += error.message));
  try {
    while (!(await isReady())) {
      if (giveUp.aborted || child.exitCode !== null || child.pid === undefined)
        throw new Error(`${program} does not start:\n${output}`);
      await delay(50);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, folder, output: () => output, stop };
}

function stopper(child: ChildProcess): () => Promise<void> {
  return async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  };
}

export function freshFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'server-'));
}

/**
 * A port of 127.0.0.1 on which nothing listens: of those that systems do not give away by themselves, for it may be long until a
 * server takes it.
 */
export async function freePort(): Promise<number> {
  while (true) {
    const server = net.createServer();
    try {
      const port = randomInt(20_000, 32_000);
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
      return port;
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
}

/** Whether something accepts connections there. */
async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
