import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { type Config, DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import {
  ErrorCode,
  FrameNotification,
  type FrameMessage,
  Hello,
  type HelloParams,
  type HistoryParams,
  LayoutNotification,
  LogNotification,
  PROTOCOL_VERSION,
  type RangeChunk,
  RetiringNotification,
  StatusNotification,
  Subscribe,
  Unsubscribe,
  type WorkloadMessage,
  WorkloadNotification,
} from '../../src/common/protocol.ts';
import { requestRange } from '../../src/client/range.ts';
import { requestSessions } from '../../src/client/sessions.ts';
import { Session, type SessionHost } from '../../src/sampler/session.ts';
import { UploadError } from '../../src/sampler/upload/uploads.ts';
import {
  CancelSync,
  CredentialsNotification,
  MayContribute,
  PauseSync,
  ProvideSecrets,
  RemoveSent,
  SyncNow,
  SyncPreview,
} from '../../src/common/sync-protocol.ts';
import { NO_UPLOADS } from '../../src/common/upload.ts';
import { frameNotification } from '../../src/sampler/wire.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const TOKEN = 'a1'.repeat(32);
const HELLO: HelloParams = { protocol: PROTOCOL_VERSION, token: TOKEN, client: 'window', version: '1.2.3' };
const CONFIG: Config = { ...DEFAULT_CONFIG, logging: { ...DEFAULT_CONFIG.logging, logDirectory: '/logs' } };
const FRAME: FrameMessage = { seq: 7, utcMs: 5, category: '', values: [1, null], absent: 'u' };
const WORKLOAD: WorkloadMessage = {
  current: null,
  categories: [],
  times: { atMs: 0, today: {}, week: {} },
};
const SUBSCRIPTION = {
  layout: { columns: ['a', 'b'], gpus: [] },
  frame: FRAME,
  status: {
    adapters: [],
    log: { state: 'off', rowsWritten: 0 },
    hardwareId: '',
    intervalSeconds: 1,
    container: false,
    clients: 1,
  },
} as const;

/** A server whose sessions do nothing but note what is asked of them. */
const NO_OUTCOME = { why: '', remedy: '', confirmed: NO_UPLOADS, waiting: NO_UPLOADS };

class Bench {
  readonly address: string;
  readonly sessions: Session[] = [];
  readonly calls: unknown[][] = [];
  left = 0;
  readonly #server: net.Server;
  readonly #clients = new Set<net.Socket>();

  private constructor(t: TestContext) {
    this.address = path.join(temporaryDirectory(t), 'sampler.sock');
    const note = (...call: unknown[]): void => {
      this.calls.push(call);
    };
    const host: SessionHost = {
      token: TOKEN,
      hello: () => ({ version: '0.1.0', pid: 4711, startedAt: 1, config: CONFIG }),
      subscription: () => SUBSCRIPTION,
      recentLines: () => [{ level: 'info', message: 'a line from before' }],
      history: (params: HistoryParams) => {
        note('history', params);
        return { times: [], columns: [], series: [] };
      },
      watchChanged: session => {
        note('watchChanged', session.watchesCores);
      },
      correctWorkload: ({ category }) => {
        note('correctWorkload', category);
        return 3;
      },
      forgetCorrections: () => {
        note('forgetCorrections');
        return 3;
      },
      range: async (params, send, isCancelled) => {
        note('range', params);
        for (let k = 0; k < 3; k++) await send({ times: [k], categories: [''], mean: [[k]] });
        // One that never ends by itself.
        while (params.points === 1 && !isCancelled()) await new Promise(resolve => setTimeout(resolve, 5));
        note('range ends', isCancelled());
        if (isCancelled()) throw new ResponseError(ErrorCode.cancelled, 'cancelled');
        return { columns: ['a'], stepMs: 1, source: 'rows' };
      },
      sessions: async (params, isCancelled) => {
        note('sessions', params);
        while (params.most === 1 && !isCancelled()) await new Promise(resolve => setTimeout(resolve, 5));
        if (isCancelled()) throw new ResponseError(ErrorCode.cancelled, 'cancelled');
        return { stepMs: 60_000, sessions: [], earlier: 0 };
      },
      configure: config => {
        note('configure', config);
        return config.general.loggingInterval === 5
          ? Promise.reject(new Error('not now'))
          : Promise.resolve();
      },
      uploads: {
        syncNow: async () => {
          note('syncNow');
          // It ends when somebody cancels it.
          while (!this.calls.some(([call]) => call === 'cancel'))
            await new Promise(resolve => setTimeout(resolve, 5));
          return { ...NO_OUTCOME, state: 'cancelled', why: 'it was cancelled' };
        },
        removeSent: () => Promise.resolve({ ...NO_OUTCOME, state: 'done', removed: 2, left: 0 }),
        preview: () => Promise.reject(new UploadError('there is no bucket')),
        cancel: () => {
          note('cancel');
          return true;
        },
        pause: paused => {
          note('pause', paused);
        },
        provide: secrets => {
          note('provide', secrets);
        },
      },
      consentChanged: () => {
        note('consentChanged', this.sessions.at(-1)?.mayContribute);
      },
      clearQuarantine: () => {
        note('clearQuarantine');
      },
      retire: (ifLast, reason) => {
        note('retire', ifLast, reason);
        return true;
      },
      left: () => this.left++,
    };
    this.#server = net.createServer(socket => this.sessions.push(new Session(socket, host)));
  }

  static async start(t: TestContext): Promise<Bench> {
    const bench = new Bench(t);
    t.after(async () => {
      for (const client of bench.#clients) client.destroy();
      await new Promise(resolve => bench.#server.close(resolve));
    });
    bench.#server.listen(bench.address);
    await once(bench.#server, 'listening');
    return bench;
  }

  /** A client that sends whatever it likes. */
  async raw(): Promise<Raw> {
    return new Raw(await this.#connect());
  }

  /** A client that speaks the protocol, and has said this hello. */
  async client(
    hello: HelloParams | 'no hello' = HELLO,
  ): Promise<{ rpc: MessageConnection; socket: net.Socket }> {
    const socket = await this.#connect();
    const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    rpc.listen();
    if (hello !== 'no hello') await rpc.sendRequest(Hello, hello);
    return { rpc, socket };
  }

  async #connect(): Promise<net.Socket> {
    const socket = net.connect(this.address);
    this.#clients.add(socket);
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    return socket;
  }

  /** The session still serves: somebody who does everything right gets what they ask for. */
  async assertServes(): Promise<void> {
    const { rpc, socket } = await this.client();
    assert.deepEqual(await rpc.sendRequest(Subscribe), SUBSCRIPTION);
    socket.destroy();
  }
}

/** A connection without a protocol. */
class Raw {
  readonly socket: net.Socket;
  readonly closed: Promise<unknown>;
  received = '';

  constructor(socket: net.Socket) {
    this.socket = socket;
    this.closed = new Promise(resolve => socket.once('close', resolve));
    socket.setEncoding('utf8').on('data', (text: string) => (this.received += text));
  }

  send(...messages: readonly unknown[]): this {
    for (const message of messages) {
      const body = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
      this.bytes(`Content-Length: ${String(body.length)}\r\n\r\n`).bytes(body);
    }
    return this;
  }

  bytes(bytes: string | Uint8Array): this {
    if (this.socket.writable) this.socket.write(bytes);
    return this;
  }
}

const request = (id: number, method: string, params?: unknown): unknown => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params === undefined ? {} : { params }),
});

/** The code and message with which a request fails. */
async function failure(asked: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error: unknown = await asked.then(
    () => assert.fail('it was answered'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ResponseError, String(error));
  return { code: error.code, message: error.message };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 1_000, `${condition.toString()} within ten seconds`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** Everything that was sent has been dealt with: the connection answers what was sent after it. */
async function answered(raw: Raw): Promise<void> {
  raw.send(request(999_999, 'history', { seconds: 1 }));
  for (let tries = 0; !raw.received.includes('"id":999999') && !raw.socket.destroyed; tries++) {
    assert.ok(tries < 5_000, 'an answer within ten seconds');
    await new Promise(resolve => setTimeout(resolve, 2));
  }
}

describe('a session', { skip: process.platform === 'win32' && 'Unix sockets' }, () => {
  test('answers the hello of a client that shows the token', async t => {
    const bench = await Bench.start(t);
    const { rpc } = await bench.client('no hello');
    assert.equal(bench.sessions[0]?.client, undefined);
    assert.deepEqual(await rpc.sendRequest(Hello, { ...HELLO, client: 'terminal' }), {
      protocol: PROTOCOL_VERSION,
      version: '0.1.0',
      pid: 4711,
      startedAt: 1,
      config: CONFIG,
    });
    assert.equal(bench.sessions[0]?.client, 'terminal');
  });

  test('tells a client of another protocol which one is ours, and lets it ask for an end', async t => {
    const bench = await Bench.start(t);
    const { rpc } = await bench.client('no hello');
    const hello = await rpc.sendRequest(Hello, {
      ...HELLO,
      protocol: PROTOCOL_VERSION + 1,
      client: 'novel' as 'window',
    });
    assert.equal(hello.protocol, PROTOCOL_VERSION);
    assert.deepEqual(await rpc.sendRequest('retire', { ifLast: false, reason: 'version 9 takes over' }), {
      ending: true,
    });
    assert.deepEqual(bench.calls, [['retire', false, 'version 9 takes over']]);
    assert.equal(bench.sessions[0]?.isLeaving, true);
  });

  test('refuses and cuts a client without the token', async t => {
    const bench = await Bench.start(t);
    const tokens = ['', 'b2'.repeat(32), `${TOKEN}0`, null, 5, {}, [TOKEN]];
    const refused = tokens.map(async token => {
      const { rpc, socket } = await bench.client('no hello');
      const closed = once(socket, 'close');
      const { code, message } = await failure(rpc.sendRequest('hello', { ...HELLO, token }));
      assert.equal(code, ErrorCode.denied);
      assert.ok(!message.includes(TOKEN));
      await closed;
    });
    await Promise.all(refused);
    for (const params of [null, [], 'hello', 5, {}]) {
      const raw = (await bench.raw()).send(request(1, 'hello', params));
      await Promise.race([raw.closed, answered(raw)]);
      assert.ok(!raw.received.includes('"result"'), raw.received);
      raw.socket.destroy();
    }
    assert.ok(bench.sessions.every(session => session.client === undefined));
    await bench.assertServes();
  });

  test('refuses and cuts a client that asks for anything before its hello', async t => {
    const bench = await Bench.start(t);
    const requests = [
      ['subscribe', undefined],
      ['unsubscribe', undefined],
      ['history', { seconds: 5 }],
      ['correctWorkload', { category: 'idle' }],
      ['forgetCorrections', undefined],
      ['configure', CONFIG],
      ['clearQuarantine', undefined],
      ['syncNow', undefined],
      ['cancelSync', undefined],
      ['removeSent', undefined],
      ['syncPreview', {}],
      ['pauseSync', { paused: true }],
      ['mayContribute', { allowed: true }],
      ['provideSecrets', { keys: [] }],
      ['retire', { ifLast: false, reason: '' }],
      ['no such method', undefined],
    ] as const;
    const refused = requests.map(async ([method, params]) => {
      const raw = (await bench.raw()).send(request(1, method, params));
      await raw.closed;
      assert.match(raw.received, /"error":\{"code":1,"message":"say hello first"\}/, method);
    });
    await Promise.all(refused);
    await (await bench.raw()).send({ jsonrpc: '2.0', method: 'frame', params: FRAME }).closed;
    assert.deepEqual(bench.calls, []);
    await bench.assertServes();
  });

  test('cuts a client that says nothing', async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const bench = await Bench.start(t);
    const [silent, slow] = [await bench.raw(), await bench.raw()];
    slow.bytes('Content-Length: 500\r\n\r\n{');
    const { socket } = await bench.client();
    for (let tries = 0; bench.sessions.length < 3 && tries < 100_000; tries++)
      await new Promise(setImmediate);
    t.mock.timers.tick(5_000);
    await Promise.all([silent.closed, slow.closed]);
    assert.equal(socket.destroyed, false, 'one that has said hello may be silent');
  });

  test('cuts a client that floods before its hello, and goes on', async t => {
    const bench = await Bench.start(t);
    const junk = Buffer.alloc(65_536, 'x');
    for (const start of [
      '',
      'Content-Length: 100000000\r\n\r\n',
      'X: y\r\n'.repeat(1_000),
      'Content-Length: ',
      '\r\n\r\n'.slice(0, 3),
    ]) {
      const raw = (await bench.raw()).bytes(start);
      for (let i = 0; i < 4; i++) raw.bytes(junk);
      await raw.closed;
    }
    await bench.assertServes();
  });

  test('cuts a client that speaks something else, and goes on', async t => {
    const bench = await Bench.start(t);
    const deep = '['.repeat(60_000);
    for (const bytes of [
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'no colon here\r\n\r\n',
      '\r\n\r\n',
      'Content-Length: many\r\n\r\n',
      'Content-Length: \r\n\r\n',
      'Content-Length: -5\r\n\r\n{"jsonrpc":"2.0"}',
      'Content-Length: 5\r\n\r\n{not }',
      'Content-Length: 0\r\n\r\n',
      `Content-Length: ${String(deep.length)}\r\n\r\n${deep}`,
    ]) {
      await (await bench.raw()).bytes(bytes).closed;
    }
    await bench.assertServes();
  });

  test('survives any bytes and any messages before the hello', async t => {
    const bench = await Bench.start(t);
    const message = fc.oneof(
      fc.json(),
      fc
        .record(
          { jsonrpc: fc.constant('2.0'), id: fc.jsonValue(), method: fc.jsonValue(), params: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map(value => JSON.stringify(value)),
    );
    const framed = message.map(body => `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`);
    const header = fc
      .tuple(
        fc.constantFrom('Content-Length', 'content-length', 'X', ''),
        fc.constantFrom(': ', ':', ''),
        fc.constantFrom('5', '-1', '1e3', '0x9', '99999999999999999999', 'NaN'),
        fc.constantFrom('\r\n\r\n', '\n\n', '\r\n'),
      )
      .map(parts => parts.join(''));
    const bytes = fc.array(fc.oneof(framed, header, fc.uint8Array({ maxLength: 200 })), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(bytes, async pieces => {
        const raw = await bench.raw();
        for (const piece of pieces) raw.bytes(piece);
        raw.socket.end();
        await raw.closed;
        assert.ok(!raw.received.includes('"pid"'));
      }),
      { numRuns: 150 },
    );
    assert.deepEqual(bench.calls, []);
    await bench.assertServes();
  });

  test('answers malformed requests with an error and goes on', async t => {
    const bench = await Bench.start(t);
    const { rpc, socket } = await bench.client();
    for (const params of [
      { seconds: null },
      { seconds: '10' },
      { seconds: [10] },
      {},
      { seconds: 5, columns: 'total_utilization' },
      { seconds: 5, columns: [5] },
      { seconds: 5, columns: [null] },
      { seconds: 5, columns: ['x'.repeat(101)] },
      { seconds: 5, columns: Array(20_001).fill('a') },
      { seconds: 5, columns: { length: 1e9 } },
      { seconds: 5, columns: null },
      { columns: [] },
    ]) {
      const { code } = await failure(rpc.sendRequest('history', params));
      assert.equal(code, ErrorCode.protocol, JSON.stringify(params).slice(0, 80));
    }
    for (const params of [{}, { category: 5 }, { category: 'x'.repeat(101) }, 'idle'])
      assert.equal((await failure(rpc.sendRequest('correctWorkload', params))).code, ErrorCode.protocol);
    for (const params of [
      {},
      { ifLast: 'yes', reason: '' },
      { ifLast: true },
      { ifLast: false, reason: 5 },
      { ifLast: false, reason: 'x'.repeat(201) },
    ]) {
      assert.equal((await failure(rpc.sendRequest('retire', params))).code, ErrorCode.protocol);
    }
    for (const params of [
      {},
      { general: { loggingInterval: 'often' } },
      { general: { loggingInterval: 0 } },
      { general: 5 },
      { ...CONFIG, logging: { logDirectory: 'relative' } },
    ]) {
      const { code, message } = await failure(rpc.sendRequest('configure', params));
      assert.equal(code, ErrorCode.protocol);
      assert.match(message, /must be|is not/);
    }
    assert.match(
      (await failure(rpc.sendRequest('no such method', {}))).message,
      /does not know “no such method”/,
    );
    assert.deepEqual(bench.calls, []);
    assert.equal(bench.sessions[0]?.isLeaving, false);
    assert.equal(socket.destroyed, false);
    assert.deepEqual(await rpc.sendRequest(Subscribe), SUBSCRIPTION);
  });

  test('passes on what is well formed', async t => {
    const bench = await Bench.start(t);
    const { rpc } = await bench.client();
    await rpc.sendRequest('history', { seconds: 1e308 });
    await rpc.sendRequest('history', { seconds: -1, columns: ['a', 'a'], novel: true });
    assert.deepEqual(await rpc.sendRequest('correctWorkload', { category: 'idle' }), { corrections: 3 });
    assert.deepEqual(await rpc.sendRequest('forgetCorrections'), { forgotten: 3 });
    await rpc.sendRequest('configure', CONFIG);
    await rpc.sendRequest('clearQuarantine');
    await rpc.sendRequest('retire', { ifLast: true, reason: 'bye' });
    assert.deepEqual(bench.calls, [
      ['history', { seconds: 1e308 }],
      ['history', { seconds: -1, columns: ['a', 'a'] }],
      ['correctWorkload', 'idle'],
      ['forgetCorrections'],
      ['configure', CONFIG],
      ['clearQuarantine'],
      ['retire', true, 'bye'],
    ]);
    const { message } = await failure(
      rpc.sendRequest('configure', { ...CONFIG, general: { ...CONFIG.general, loggingInterval: 5 } }),
    );
    assert.match(message, /not now/);
  });

  test('a malformed range is refused', async t => {
    const bench = await Bench.start(t);
    const { rpc } = await bench.client();
    for (const params of [
      {},
      { from: 0, to: 1 },
      { from: 0, to: null, token: 1 },
      { from: -1, to: 1, token: 1 },
      { from: 0, to: 1e300, token: 1 },
      { from: 0, to: 1, token: 'a' },
      { from: 0, to: 1, token: 1, points: 0 },
      { from: 0, to: 1, token: 1, points: 1e9 },
      { from: 0, to: 1, token: 1, columns: Array(2_001).fill('a') },
      { from: 0, to: 1, token: 1, columns: [1] },
    ]) {
      assert.equal((await failure(rpc.sendRequest('range', params))).code, ErrorCode.protocol);
    }
    assert.deepEqual(bench.calls, []);
  });

  test('sends the pieces of a range before its answer, and ends one that is cancelled or that nobody waits for', async t => {
    const bench = await Bench.start(t);
    const { rpc, socket } = await bench.client();
    const pieces: RangeChunk[] = [];
    const params = { from: 0, to: 5, columns: ['a'] };
    const result = await requestRange(rpc, params, chunk => pieces.push(chunk));
    assert.deepEqual(result, { columns: ['a'], stepMs: 1, source: 'rows' });
    assert.deepEqual(
      pieces.map(({ times }) => times),
      [[0], [1], [2]],
    );
    const abort = new AbortController();
    const endless = requestRange(rpc, { ...params, points: 1 }, () => undefined, abort.signal);
    await until(() => bench.calls.length === 3);
    abort.abort();
    assert.equal((await failure(endless)).code, ErrorCode.cancelled);
    assert.deepEqual(bench.calls.at(-1), ['range ends', true]);
    requestRange(rpc, { ...params, points: 1 }, () => undefined).catch(() => undefined);
    await until(() => bench.calls.length === 5);
    socket.destroy();
    await until(() => bench.calls.length === 6);
    assert.deepEqual(bench.calls.at(-1), ['range ends', true]);
    const ended = new AbortController();
    ended.abort();
    await assert.rejects(requestRange(rpc, params, () => undefined, ended.signal));
  });

  test('answers with sessions, ends a request for them that is cancelled, and refuses a malformed one', async t => {
    const bench = await Bench.start(t);
    const { rpc } = await bench.client();
    const answer = await requestSessions(rpc, { from: 0, to: 5, most: 2 });
    assert.deepEqual(answer, { stepMs: 60_000, sessions: [], earlier: 0 });
    assert.deepEqual(bench.calls, [['sessions', { from: 0, to: 5, most: 2 }]]);
    const abort = new AbortController();
    const endless = requestSessions(rpc, { from: 0, to: 5, most: 1 }, abort.signal);
    await until(() => bench.calls.length === 2);
    abort.abort();
    assert.equal((await failure(endless)).code, ErrorCode.cancelled);
    await assert.rejects(requestSessions(rpc, { from: 0, to: 5 }, abort.signal));
    for (const params of [
      null,
      { from: 0 },
      { from: '0', to: 1 },
      { from: -1, to: 1 },
      { from: 0, to: 1e300 },
      { from: 0, to: 1, most: 0 },
      { from: 0, to: 1, most: 1.5 },
      { from: 0, to: 1, most: 1e6 },
    ])
      assert.equal((await failure(rpc.sendRequest('sessions', params))).code, ErrorCode.protocol);
    assert.equal(bench.calls.length, 2);
  });

  test('passes on what is asked about uploads, and what a request ends with that nobody waits for', async t => {
    const bench = await Bench.start(t);
    const { rpc } = await bench.client();
    const cancellation = new CancellationTokenSource();
    const asked = rpc.sendRequest(SyncNow, cancellation.token);
    await until(() => bench.calls.some(([call]) => call === 'syncNow'));
    cancellation.cancel();
    assert.equal((await asked).state, 'cancelled');
    assert.deepEqual(await rpc.sendRequest(CancelSync), { cancelled: true });
    assert.equal((await rpc.sendRequest(RemoveSent)).removed, 2);
    assert.deepEqual(await failure(rpc.sendRequest(SyncPreview, {})), {
      code: ErrorCode.failed,
      message: 'there is no bucket',
    });
    await rpc.sendRequest(PauseSync, { paused: true });
    await rpc.sendRequest(MayContribute, { allowed: false });
    const secrets = {
      keys: [{ key: 'AAAA', createdMs: 1 }],
      credentials: {
        place: 'webdav https://dav.example',
        credentials: { provider: 'webdav', user: 'me', password: 'hunter2' },
      },
    } as const;
    await rpc.sendRequest(ProvideSecrets, secrets);
    for (const call of [
      ['pause', true],
      ['consentChanged', false],
      ['provide', secrets],
    ])
      assert.ok(
        bench.calls.some(each => isDeepStrictEqual(each, call)),
        JSON.stringify(call),
      );
    rpc.dispose();
  });

  test('refuses malformed messages about uploads without a word of what is in them', async t => {
    const bench = await Bench.start(t);
    const { rpc } = await bench.client();
    const wrong = [
      rpc.sendRequest(PauseSync.method, { paused: 'hunter2' }),
      rpc.sendRequest(MayContribute.method, { allowed: 'hunter2' }),
      rpc.sendRequest(ProvideSecrets.method, { keys: ['hunter2'] }),
      rpc.sendRequest(ProvideSecrets.method, {
        credentials: { place: 'x', credentials: { provider: 'webdav', password: 'hunter2' } },
      }),
    ];
    for (const asked of wrong)
      assert.deepEqual(await failure(asked), {
        code: ErrorCode.protocol,
        message: 'the message is malformed',
      });
    assert.deepEqual(
      bench.calls.filter(([call]) => call === 'provide' || call === 'pause'),
      [],
    );
    rpc.dispose();
  });

  test('hands renewed credentials to the client that has provided the former, and to no other', async t => {
    const bench = await Bench.start(t);
    const credentials = { provider: 'gdrive', refreshToken: 'old' } as const;
    const place = 'gdrive 1-a';
    const renewed = { place, credentials: { ...credentials, refreshToken: 'new' } };
    const [provider, other] = [await bench.client(), await bench.client()];
    const heard: string[] = [];
    provider.rpc.onNotification(CredentialsNotification, () => {
      heard.push('provider');
    });
    other.rpc.onNotification(CredentialsNotification, () => {
      heard.push('other');
    });
    await provider.rpc.sendRequest(ProvideSecrets, { credentials: { place, credentials } });
    await other.rpc.sendRequest(ProvideSecrets, { credentials: { place: 'gdrive 2-b', credentials } });
    for (const session of bench.sessions) session.sendCredentials(renewed);
    await until(() => heard.length > 0);
    await other.rpc.sendRequest(CancelSync);
    assert.deepEqual(heard, ['provider']);
    provider.rpc.dispose();
    other.rpc.dispose();
  });

  test('survives any messages after the hello', async t => {
    const bench = await Bench.start(t);
    const method = fc.constantFrom(
      ...['hello', 'subscribe', 'unsubscribe', 'history', 'range', 'configure', 'clearQuarantine'],
      ...['sessions', 'correctWorkload', 'forgetCorrections'],
      ...['retire', '$/cancelRequest', '$/progress', '$/setTrace', 'frame', '__proto__', ''],
    );
    const message = fc.record(
      {
        jsonrpc: fc.constant('2.0'),
        id: fc.oneof(fc.nat(9), fc.string(), fc.constant(null), fc.jsonValue()),
        method: fc.oneof(method, fc.jsonValue()),
        params: fc.oneof(fc.jsonValue(), fc.constant({ seconds: 5 }), fc.constant({ id: null })),
        result: fc.jsonValue(),
        error: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(message, fc.jsonValue()), { maxLength: 6 }), async messages => {
        const raw = (await bench.raw()).send(
          request(0, 'hello', HELLO),
          ...messages.map(value => JSON.stringify(value)),
        );
        await answered(raw);
        raw.socket.destroy();
      }),
      { numRuns: 100 },
    );
    await bench.assertServes();
  });

  test('sends frames, layouts, statuses and answers to those who subscribed, and lines to all who said hello', async t => {
    const bench = await Bench.start(t);
    const { rpc } = await bench.client();
    const stranger = await bench.raw();
    const got: unknown[] = [];
    rpc.onNotification(FrameNotification, message => {
      got.push(['frame', message.seq]);
    });
    rpc.onNotification(LayoutNotification, message => {
      got.push(['layout', message.columns]);
    });
    rpc.onNotification(StatusNotification, message => {
      got.push(['status', message.clients]);
    });
    rpc.onNotification(WorkloadNotification, message => {
      got.push(['workload', message.categories]);
    });
    rpc.onNotification(LogNotification, message => {
      got.push(['log', message.message]);
    });
    rpc.onNotification(RetiringNotification, message => {
      got.push(['retiring', message.reason]);
    });
    const sendAll = (seq: number): void => {
      for (const session of bench.sessions) {
        session.sendFrame(frameNotification({ ...FRAME, seq }));
        session.sendLayout(SUBSCRIPTION.layout);
        session.sendStatus(SUBSCRIPTION.status);
        session.sendWorkload({ ...WORKLOAD, categories: [String(seq)] });
        session.sendLog({ level: 'info', message: `line ${String(seq)}` });
      }
    };
    for (let tries = 0; bench.sessions.length < 2 && tries < 100_000; tries++)
      await new Promise(setImmediate);
    sendAll(1);
    await rpc.sendRequest(Subscribe);
    sendAll(2);
    await rpc.sendRequest(Unsubscribe);
    sendAll(3);
    for (const session of bench.sessions) await session.sendRetiring('over');
    await rpc.sendRequest(Unsubscribe);
    assert.deepEqual(got, [
      ['log', 'line 1'],
      ['log', 'a line from before'],
      ['frame', 2],
      ['layout', ['a', 'b']],
      ['status', 1],
      ['workload', ['2']],
      ['log', 'line 2'],
      ['log', 'line 3'],
      ['retiring', 'over'],
    ]);
    assert.equal(stranger.received, '');
    stranger.socket.destroy();
  });

  test('does not keep frames for a client that does not read', async t => {
    const bench = await Bench.start(t);
    const { rpc, socket } = await bench.client();
    const got: number[] = [];
    rpc.onNotification(FrameNotification, ({ seq }) => {
      got.push(seq);
    });
    await rpc.sendRequest(Subscribe);
    const [session] = bench.sessions;
    const values = Array<number>(20_000).fill(123_456);
    socket.pause();
    for (let seq = 1; seq <= 500; seq++) {
      session?.sendFrame(frameNotification({ ...FRAME, seq, values }));
      await new Promise(setImmediate);
    }
    await session?.sendRetiring('which does not wait for it either');
    socket.resume();
    await rpc.sendRequest(Unsubscribe);
    assert.ok(got.length > 1 && got.length < 100, `${String(got.length)} frames`);
    assert.deepEqual(
      got,
      [...got.keys()].map(index => index + 1),
      'the oldest, none left out between them',
    );
    await rpc.sendRequest(Subscribe);
    session?.sendFrame(frameNotification({ ...FRAME, seq: 501 }));
    await rpc.sendRequest(Unsubscribe);
    assert.equal(got.at(-1), 501, 'it goes on when the client reads again');
  });

  test('cuts a client that has stopped reading for good', async t => {
    const bench = await Bench.start(t);
    const { socket } = await bench.client();
    socket.pause();
    const [session] = bench.sessions;
    const message = 'x'.repeat(1_000);
    for (let line = 0; bench.left === 0 && line < 5_000; line++) {
      session?.sendLog({ level: 'info', message });
      if (line % 100 === 0) await new Promise(setImmediate);
    }
    assert.equal(bench.left, 1);
    await bench.assertServes();
  });

  test('leaves nothing running when a connection ends, in the middle of a message too', async t => {
    const bench = await Bench.start(t);
    const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const before = timers();
    for (let i = 0; i < 20; i++) {
      const raw = (await bench.raw()).send(request(1, 'hello', HELLO));
      await answered(raw);
      raw.bytes('Content-Length: 1000\r\n\r\n{"half":');
      raw.socket.end();
      await raw.closed;
    }
    await until(() => bench.left === 20);
    assert.ok(timers() <= before, `${String(timers())} timers, ${String(before)} before`);
  });
});
