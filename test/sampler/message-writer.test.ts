import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { type Message, StreamMessageReader } from 'vscode-jsonrpc/node';
import { SocketMessageWriter } from '../../src/sampler/message-writer.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

/** Two ends of a local connection. */
async function connectedPair(t: TestContext): Promise<{ near: net.Socket; far: net.Socket }> {
  const address = path.join(temporaryDirectory(t), 'socket');
  const server = net.createServer();
  server.listen(address);
  await once(server, 'listening');
  const near = net.connect(address);
  const [far] = (await once(server, 'connection')) as [net.Socket];
  far.on('error', () => undefined);
  t.after(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far };
}

const notification = (params: unknown): Message => ({ jsonrpc: '2.0', method: 'x', params }) as Message;

describe('SocketMessageWriter', () => {
  test('the library’s reader gets every message, whole and in order', async t => {
    const { near, far } = await connectedPair(t);
    const writer = new SocketMessageWriter(near);
    const got: Message[] = [];
    const waiting: (() => void)[] = [];
    const reader = new StreamMessageReader(far);
    reader.listen(message => {
      got.push(message);
      waiting.shift()?.();
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), async values => {
        got.length = 0;
        const sent = values.map(notification);
        const arrived = sent.map(() => new Promise<void>(resolve => waiting.push(resolve)));
        await Promise.all(sent.map(message => writer.write(message)));
        await Promise.all(arrived);
        // JSON has no −0 and no undefined.
        assert.deepEqual(got, JSON.parse(JSON.stringify(sent)));
      }),
    );
  });

  test('the length is that of the bytes, not of the characters', async t => {
    const { near, far } = await connectedPair(t);
    await new SocketMessageWriter(near).write(notification('€µ😀'));
    near.end();
    const parts: Buffer[] = [];
    for await (const part of far) parts.push(part as Buffer);
    const [head = '', body = ''] = Buffer.concat(parts).toString('utf8').split('\r\n\r\n');
    assert.equal(head, `Content-Length: ${String(Buffer.byteLength(body))}`);
    assert.deepEqual(JSON.parse(body), notification('€µ😀'));
  });

  test('a message to a connection that is over is refused and told', async t => {
    const { near } = await connectedPair(t);
    const writer = new SocketMessageWriter(near);
    const told: unknown[] = [];
    writer.onError(([error, message, count]) => {
      if (message) told.push(error instanceof Error, message, count);
    });
    const closed = new Promise<void>(resolve => {
      writer.onClose(resolve);
    });
    near.destroy();
    await closed;
    await assert.rejects(writer.write(notification(1)));
    assert.deepEqual(told, [true, notification(1), 1]);
  });

  test('a write waits for a reader that does not read', async t => {
    const { near, far } = await connectedPair(t);
    const writer = new SocketMessageWriter(near);
    let isDone = false;
    const sent = writer.write(notification('x'.repeat(4 * 2 ** 20))).then(() => {
      isDone = true;
    });
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal(isDone, false);
    far.resume();
    await sent;
  });
});
