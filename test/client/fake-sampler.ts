import { once } from 'node:events';
import net from 'node:net';
import type { TestContext } from 'node:test';
import {
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { type Config, DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import {
  Configure,
  CorrectWorkload,
  ErrorCode,
  ForgetCorrections,
  type FrameMessage,
  Hello,
  type HelloParams,
  type LayoutMessage,
  PROTOCOL_VERSION,
  Retire,
  type SamplerStatus,
  Subscribe,
  type WorkloadMessage,
} from '../../src/common/protocol.ts';
import { type RuntimePaths, runtimePaths } from '../../src/runtime/runtime-paths.ts';
import { writeToken } from '../../src/runtime/token.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

export const LAYOUT: LayoutMessage = { columns: ['total_utilization'], gpus: [] };
export const STATUS: SamplerStatus = {
  adapters: [],
  log: { state: 'off', rowsWritten: 0 },
  hardwareId: '476aa2f138590064966c48cda3e6a773',
  intervalSeconds: 1,
  container: false,
  clients: 1,
};
export const WORKLOAD: WorkloadMessage = {
  current: null,
  categories: ['coding_development', 'idle'],
  times: { atMs: 1_700_000_000_000, today: {}, week: {} },
};
export const frame = (seq: number, values: FrameMessage['values'] = [5]): FrameMessage => ({
  seq,
  utcMs: 1_700_000_000_000 + 1000 * seq,
  category: '',
  values,
  absent: '',
});

/** Something that listens where a sampler would and does as a test says. */
export class FakeSampler {
  readonly paths: RuntimePaths;
  /** What it says of itself. */
  version = '0.0.0';
  protocol = PROTOCOL_VERSION;
  pid = 4_194_304; // above the largest number a process can have on Linux
  config: Config = DEFAULT_CONFIG;
  /** What becomes of a connection before any message. */
  onConnection: (socket: net.Socket) => 'serve' | 'leave' = () => 'serve';
  readonly hellos: HelloParams[] = [];
  readonly asked: string[] = [];
  readonly clients: { readonly rpc: MessageConnection; readonly socket: net.Socket }[] = [];
  #token = '';
  #server: net.Server | undefined;
  readonly #sockets = new Set<net.Socket>();

  constructor(t: TestContext) {
    this.paths = runtimePaths(temporaryDirectory(t));
    t.after(() => this.stop());
  }

  /** Listens, with a fresh token. */
  async start(): Promise<this> {
    this.#server = net.createServer(socket => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      if (this.onConnection(socket) === 'serve') this.#serve(socket);
    });
    this.#server.listen(this.paths.socket);
    await once(this.#server, 'listening');
    this.#token = writeToken(this.paths.token);
    return this;
  }

  /** Ends like a process that dies. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.clients.length = 0;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise(resolve => server.close(resolve));
  }

  #serve(socket: net.Socket): void {
    const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    rpc.onRequest(Hello, params => {
      this.hellos.push(params);
      if (params.token !== this.#token) return new ResponseError(ErrorCode.denied, 'no');
      this.clients.push({ rpc, socket });
      const { version, pid, protocol, config } = this;
      return { protocol, version, pid, startedAt: 0, config };
    });
    rpc.onRequest(Subscribe, () => {
      this.asked.push('subscribe');
      return { layout: LAYOUT, frame: null, status: STATUS, workload: WORKLOAD };
    });
    rpc.onRequest(Retire, ({ ifLast, reason }) => {
      this.asked.push(`retire ${String(ifLast)}: ${reason}`);
      return { ending: true };
    });
    rpc.onRequest(Configure, () => {
      this.asked.push('configure');
      return null;
    });
    rpc.onRequest(CorrectWorkload, ({ category }) => {
      this.asked.push(`correct ${category}`);
      if (category === 'dancing') throw new ResponseError(ErrorCode.protocol, 'not one of the kinds of work');
      return { corrections: 2 };
    });
    rpc.onRequest(ForgetCorrections, () => {
      this.asked.push('forget');
      return { forgotten: 2 };
    });
    rpc.onRequest('clearQuarantine', () => {
      this.asked.push('clearQuarantine');
      return null;
    });
    rpc.listen();
  }
}

/** Waits for something that is about to happen. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_500) throw new Error(`no sign of ${what} in 15 seconds`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
