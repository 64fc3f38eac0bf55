import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import {
  createMessageConnection,
  type Message,
  type MessageConnection,
  NullLogger,
  NotificationType,
  RequestType0,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { SocketMessageReader } from '../../src/client/message-reader.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { until } from './fake-sampler.ts';

const Direct = new NotificationType<number>('direct');
const Other = new NotificationType<number>('other');
const Ask = new RequestType0<number, void>('ask');

interface Pair {
  readonly reader: SocketMessageReader;
  readonly near: net.Socket;
  readonly far: net.Socket;
}

/** A socket that is read, and the other end of it. */
async function pair(t: TestContext): Promise<Pair> {
  const address = path.join(temporaryDirectory(t), 'socket');
  const server = net.createServer();
  server.listen(address);
  await once(server, 'listening');
  const reader = new SocketMessageReader();
  const near = net.connect({ path: address, onread: reader.onread });
  reader.attach(near);
  near.on('error', () => undefined);
  const [far] = (await once(server, 'connection')) as [net.Socket];
  far.on('error', () => undefined);
  t.after(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { reader, near, far };
}

/** Connections at both ends. */
function connected({ reader, near, far }: Pair): { client: MessageConnection; sampler: MessageConnection } {
  const client = createMessageConnection(reader, new StreamMessageWriter(near), NullLogger, {
    messageStrategy: reader.strategy,
  });
  const sampler = createMessageConnection(
    new StreamMessageReader(far),
    new StreamMessageWriter(far),
    NullLogger,
  );
  return { client, sampler };
}

const textOf = (message: unknown): string => {
  const body = JSON.stringify(message);
  return `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;
};
const direct = (params: number): unknown => ({ jsonrpc: '2.0', method: 'direct', params });
const other = (params: number): unknown => ({ jsonrpc: '2.0', method: 'other', params });

describe('SocketMessageReader', () => {
  test('gets every message of the library’s writer, whole and in order', async t => {
    const both = await pair(t);
    const got: Message[] = [];
    both.reader.listen(message => got.push(message));
    const writer = new StreamMessageWriter(both.far);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), async values => {
        got.length = 0;
        const sent = values.map(params => ({ jsonrpc: '2.0', method: 'x', params }) as Message);
        for (const message of sent) await writer.write(message);
        await until('the messages', () => got.length === sent.length);
        assert.deepEqual(got, JSON.parse(JSON.stringify(sent)));
      }),
      { numRuns: 50 },
    );
  });

  test('a message larger than its buffer comes whole', async t => {
    const both = await pair(t);
    const got: { readonly params?: string }[] = [];
    both.reader.listen(message => got.push(message as { params?: string }));
    const params = 'µ'.repeat(300_000);
    both.far.write(textOf({ jsonrpc: '2.0', method: 'x', params }) + textOf(direct(1)));
    await until('both', () => got.length === 2);
    assert.equal(got[0]?.params, params);
  });

  test('what is handed on keeps its place among the other messages, requests and answers', async t => {
    const both = await pair(t);
    const { client, sampler } = connected(both);
    const heard: string[] = [];
    const take = (value: unknown): void => {
      heard.push(`direct ${String(value)}`);
    };
    client.onNotification(Direct, take);
    both.reader.handOn('direct', take);
    client.onNotification(Other, value => {
      heard.push(`other ${String(value)}`);
    });
    sampler.onRequest(Ask, () => 7);
    client.listen();
    sampler.listen();
    // In one piece: the ones after another message have to wait for it.
    both.far.write([direct(1), other(2), direct(3), other(4), direct(5)].map(textOf).join(''));
    await until('the first five', () => heard.length === 5);
    assert.deepEqual(heard, ['direct 1', 'other 2', 'direct 3', 'other 4', 'direct 5']);
    const asked = client.sendRequest(Ask).then(value => heard.push(`answer ${String(value)}`));
    await asked;
    both.far.write(textOf(direct(8)));
    await until('one more', () => heard.length === 7);
    assert.deepEqual(heard.slice(5), ['answer 7', 'direct 8']);
  });

  test('property: the order is kept for any mixture, however it is cut', async t => {
    const both = await pair(t);
    const { client } = connected(both);
    const heard: string[] = [];
    for (const type of [Direct, Other])
      client.onNotification(type, value => {
        heard.push(`${type.method} ${String(value)}`);
      });
    both.reader.handOn('direct', value => {
      heard.push(`direct ${String(value)}`);
    });
    client.listen();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 8 }), fc.nat(), async (kinds, cut) => {
        heard.length = 0;
        const text = kinds.map((isDirect, at) => textOf(isDirect ? direct(at) : other(at))).join('');
        const at = cut % (text.length + 1);
        both.far.write(text.slice(0, at));
        await new Promise(resolve => setImmediate(resolve));
        both.far.write(text.slice(at));
        await until('all', () => heard.length === kinds.length);
        assert.deepEqual(
          heard,
          kinds.map((isDirect, index) => `${isDirect ? 'direct' : 'other'} ${String(index)}`),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('a listener that throws loses neither the connection nor what comes next', async t => {
    const both = await pair(t);
    const heard: unknown[] = [];
    const errors: Error[] = [];
    both.reader.onError(error => errors.push(error));
    both.reader.listen(() => undefined);
    both.reader.handOn('direct', value => {
      heard.push(value);
      throw new Error('of a listener');
    });
    both.far.write(textOf(direct(1)) + textOf(direct(2)));
    await until('both', () => heard.length === 2);
    assert.deepEqual(errors, []);
  });

  for (const [what, text] of [
    ['no JSON', 'Content-Length: 3\r\n\r\n{{{'],
    ['no object', 'Content-Length: 4\r\n\r\nnull'],
    ['a list', 'Content-Length: 2\r\n\r\n[]'],
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a length that cannot be', 'Content-Length: 99999999999\r\n\r\n{'],
  ] as const) {
    test(`tells once of what is no message, and takes nothing after it: ${what}`, async t => {
      const both = await pair(t);
      const got: Message[] = [];
      const errors: Error[] = [];
      both.reader.onError(error => errors.push(error));
      both.reader.listen(message => got.push(message));
      both.far.write(textOf(other(1)));
      await until('the one before', () => got.length === 1);
      both.far.write(text);
      await until('an error', () => errors.length > 0);
      both.far.write(textOf(other(2)) + text);
      both.far.end();
      await until('the end', () => both.near.closed);
      assert.equal(errors.length, 1);
      assert.equal(got.length, 1);
    });
  }

  test('tells of the end, also in the middle of a message', async t => {
    const both = await pair(t);
    let closed = 0;
    both.reader.onClose(() => closed++);
    const listening = both.reader.listen(() => assert.fail('there is no message'));
    both.far.write('Content-Length: 1000\r\n\r\n{"half":');
    both.far.end();
    await until('the end', () => closed > 0);
    listening.dispose();
    assert.equal(closed, 1);
  });
});
