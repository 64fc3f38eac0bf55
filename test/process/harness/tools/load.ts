import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, type TestHome, until } from '../home.ts';

const MIB = 2 ** 20;

/** What is done in every second of the load, as far as it is known beforehand. */
export const LOAD = {
  /** Bytes written to the disk at once, and read back. */
  burst: 4 * MIB,
  /** Bytes sent over the network at once. */
  message: MIB,
  messagesPerSecond: 10,
  framesPerSecond: 20,
  ballast: 256 * MIB,
  connections: 20,
} as const;

/** Two network namespaces with a link between them; without the rights for them, nothing. */
export class TestNetwork {
  readonly #name: string;
  readonly isThere: boolean;

  constructor(home: TestHome) {
    this.#name = `om-${String(process.pid)}`;
    home.onEnd(() => {
      for (const side of ['here', 'there']) {
        try {
          this.#ip('netns', 'delete', this.#namespace(side));
        } catch {
          // It was not made.
        }
      }
    });
    this.isThere = this.#make();
  }

  /** A command that runs another one on one side of the link. */
  at(side: 'here' | 'there', command: string, args: readonly string[]): [command: string, args: string[]] {
    if (!this.isThere) return [command, [...args]];
    // Only the network is another one: `ip netns exec` would put another /sys in place as well.
    return ['nsenter', [`--net=/run/netns/${this.#namespace(side)}`, '--', command, ...args]];
  }

  /** Name of the link's end on a side. */
  device(side: 'here' | 'there'): string {
    return `om${String(process.pid)}${side === 'here' ? 'a' : 'b'}`;
  }

  #make(): boolean {
    const [here, there] = [this.#namespace('here'), this.#namespace('there')];
    const [near, far] = [this.device('here'), this.device('there')];
    try {
      this.#ip('netns', 'add', here);
      this.#ip('netns', 'add', there);
      this.#ip(...['-n', here, 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', there]);
    } catch {
      return false;
    }
    for (const [namespace, address, device] of [
      [here, '10.99.1.1/30', near],
      [there, '10.99.1.2/30', far],
    ] as const) {
      this.#ip('-n', namespace, 'address', 'add', address, 'dev', device);
      this.#ip('-n', namespace, 'link', 'set', device, 'up');
    }
    return true;
  }

  #namespace(side: string): string {
    return `${this.#name}-${side}`;
  }

  #ip(...words: readonly string[]): void {
    execFileSync('ip', words, { stdio: 'pipe' });
  }
}

/** Takes what comes, and holds as many connections as are made. */
const RECEIVER = `
require('node:net').createServer(socket => socket.resume().on('error', () => 0))
  .listen(9000, '10.99.1.2', () => console.log('listening'));`;

/** Sends ten times a second, beside connections and UDP sockets that do nothing. */
const SENDER = `
const net = require('node:net');
const connect = () => net.connect(9000, '10.99.1.2');
for (let i = 1; i < ${String(LOAD.connections)}; i++) connect();
for (let i = 0; i < 5; i++) require('node:dgram').createSocket('udp4').bind();
const socket = connect();
setInterval(() => socket.write(Buffer.alloc(${String(LOAD.message)})), 1000 / ${String(LOAD.messagesPerSecond)});`;

/** Sends frames of a protocol that nobody knows (the EtherType for local experiments): who receives them drops them. */
const UNKNOWN_FRAMES = `
import socket, sys, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
while True:
    link.send(b"\\xff" * 6 + b"\\x02" + b"\\0" * 5 + b"\\x88\\xb5" + b"\\0" * 46)
    time.sleep(1 / ${String(LOAD.framesPerSecond)})`;

/**
 * A load of everything at once, until the home ends: one core busy, bursts past the page cache to and from the disk, 256 MiB
 * of memory after five seconds, traffic over the link, and frames from there that are dropped here.
 *
 * @param python any Python 3
 */
export async function startLoad(home: TestHome, network: TestNetwork, python: string): Promise<void> {
  const node = (code: string): readonly [string, string[]] => [process.execPath, ['-e', code]];
  if (network.isThere) {
    const receiver = home.startCommand(...network.at('there', ...node(RECEIVER)));
    await until('the receiver listens', () => receiver.stdout().includes('listening'));
    home.startCommand(...network.at('here', ...node(SENDER)));
    home.startCommand(...network.at('there', python, ['-c', UNKNOWN_FRAMES, network.device('there')]));
  }
  home.startCommand(...node('for (;;);'));
  home.startCommand(
    ...node(`setTimeout(() => { globalThis.ballast = Buffer.alloc(${String(LOAD.ballast)}, 1); }, 5000);
      setInterval(() => 0, 1000);`),
  );
  const folder = path.join(ROOT, 'test-results', `load-${String(process.pid)}`);
  fs.mkdirSync(folder, { recursive: true });
  home.onEnd(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const file = path.join(folder, 'file');
  const copy = (from: string, to: string, flag: string): string =>
    `dd if='${from}' of='${to}' bs=1M count=4 conv=notrunc ${flag}=direct status=none`;
  const script = `while :; do ${copy('/dev/zero', file, 'oflag')}; ${copy(file, '/dev/null', 'iflag')}; sleep 0.1; done`;
  home.startCommand('sh', ['-c', script]);
}
