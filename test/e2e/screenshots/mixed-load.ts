import fs from 'node:fs';
import path from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { beforeEnd, end, run, start } from '../../../scripts/lib/children.mjs';

const NAMESPACE = 'optimetrics-pictures';
const HERE = '10.231.9.1';
const THERE = '10.231.9.2';
const PORT = '9000';

/** Compiles a file again and again, with pauses, as somebody does who writes it. */
const COMPILING = `
n=0
while :; do
  n=$((n + 1))
  for part in 1 2 3; do gcc -O2 -c part.c -o part$part.o; done
  sleep $((5 + n % 4 * 3))
done`;

/** Writes past the page cache and reads back. */
const COPYING = `
n=0
while :; do
  n=$((n + 1))
  dd if=/dev/zero of=copy.bin bs=1M count=$((60 + n % 3 * 90)) oflag=direct status=none || exit
  sleep $((4 + n % 3 * 2))
  dd if=copy.bin of=/dev/null bs=1M iflag=direct status=none
  sleep $((7 + n % 5))
done`;

/** Counts on one core in bursts, with memory that grows and is let go. */
const COMPUTING = `
let kept = [];
const burst = round => {
  const end = Date.now() + 2000 + (round % 4) * 2000;
  const buffer = Buffer.alloc(2 ** 16, round);
  const hash = require('node:crypto').createHash('sha256');
  const work = () => {
    for (let i = 0; i < 200; i++) hash.update(buffer);
    if (Date.now() < end) setImmediate(work);
    else setTimeout(burst, 7000 + (round % 3) * 3000, round + 1);
  };
  if (round % 6 === 5) kept = [];
  else kept.push(Buffer.alloc(400 * 2 ** 20, 1));
  work();
};
burst(0);`;

/** Answers each byte of a request with 64 KiB. */
const SERVING = `
const block = Buffer.alloc(2 ** 16, 1);
require('node:net').createServer(socket => {
  socket.on('error', () => 0).on('data', bytes => { for (const _ of bytes) socket.write(block); });
}).listen(${PORT}, '${THERE}');`;

/** Loads from there as one does who reads pages, and now and then something large. */
const LOADING = `
const net = require('node:net');
const open = () => {
  const socket = net.connect(${PORT}, '${THERE}').resume().on('error', () => setTimeout(open, 500));
  let round = 0;
  const ask = () => {
    round++;
    const isLarge = round % 40 > 24;
    socket.write(Buffer.alloc(isLarge ? 18 : round % 7 === 0 ? 12 : 1));
    setTimeout(ask, isLarge ? 150 : 400);
  };
  socket.once('connect', ask);
};
open();`;

/** Work of several kinds at once, by real programs. It ends with this process. */
export class MixedLoad {
  readonly #folder: string;
  readonly #children: ChildProcess[] = [];
  #unlink: (() => Promise<void>) | undefined;

  /** @param folder for its files; made here */
  constructor(folder: string) {
    this.#folder = folder;
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'part.c'), sourceToCompile());
    beforeEnd(() => this.stop());
  }

  /** Compiles. It needs gcc. */
  compile(): void {
    this.#start('/bin/sh', '-c', COMPILING);
  }

  /** Computes, copies files and, as root, loads over a link between two network namespaces: loopback is not counted. */
  async addOthers(): Promise<void> {
    this.#start('/bin/sh', '-c', COPYING);
    this.#start(process.execPath, '-e', COMPUTING);
    this.#unlink = await link();
    if (!this.#unlink) return;
    this.#start('ip', 'netns', 'exec', NAMESPACE, process.execPath, '-e', SERVING);
    this.#start(process.execPath, '-e', LOADING);
  }

  /** Ends all of it. */
  async stop(): Promise<void> {
    await Promise.all(this.#children.splice(0).map(end));
    await this.#unlink?.();
    this.#unlink = undefined;
  }

  #start(command: string, ...args: readonly string[]): void {
    this.#children.push(start(command, args, { cwd: this.#folder, stdio: 'ignore' }));
  }
}

/** Makes a namespace and a link to it. Without the rights for that, nothing. */
async function link(): Promise<(() => Promise<void>) | undefined> {
  const remove = async (): Promise<void> => {
    await run('ip', ['netns', 'delete', NAMESPACE]).catch(() => undefined);
  };
  await remove();
  try {
    for (const command of [
      `netns add ${NAMESPACE}`,
      `link add optipic0 type veth peer name optipic1 netns ${NAMESPACE}`,
      `address add ${HERE}/30 dev optipic0`,
      'link set optipic0 up',
      `-n ${NAMESPACE} address add ${THERE}/30 dev optipic1`,
      `-n ${NAMESPACE} link set optipic1 up`,
    ])
      await run('ip', command.split(' '));
  } catch {
    await remove();
    return undefined;
  }
  return remove;
}

/** A C file that takes a compiler about a second. */
function sourceToCompile(): string {
  const functions = Array.from(
    { length: 120 },
    (_, n) => `double f${String(n)}(double x) {
  double s = ${String(n)}.0, a[64];
  for (int i = 0; i < 64; i++) { a[i] = x * i + s; s += a[i] / (1.0 + i); }
  for (int i = 1; i < 64; i++) for (int j = 0; j < i; j++) s += a[i] * a[j] - a[j] / (2.0 + a[i] * a[i]);
  return s;
}`,
  );
  return `${functions.join('\n')}\n`;
}
