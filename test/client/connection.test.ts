import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { describe, test } from 'node:test';
import { connect, ConnectError, type ConnectFailure } from '../../src/client/connection.ts';
import { LogNotification, PROTOCOL_VERSION, RetiringNotification } from '../../src/common/protocol.ts';
import { readToken } from '../../src/runtime/token.ts';
import { FakeSampler, until } from './fake-sampler.ts';

/** Waits that are long enough for this machine, and one that is not worth waiting for. */
const PATIENT_MS = 10_000;
const HASTY_MS = 100;

async function assertFails(
  sampler: FakeSampler,
  reason: ConnectFailure,
  helloMs = PATIENT_MS,
): Promise<void> {
  await assert.rejects(
    connect(sampler.paths, 'window', helloMs),
    (error: unknown) => error instanceof ConnectError && error.reason === reason,
  );
}

describe('connect', { skip: process.platform === 'win32' && 'Unix sockets' }, () => {
  test('says hello with the token and has what the sampler says of itself', async t => {
    const sampler = await new FakeSampler(t).start();
    const connection = await connect(sampler.paths, 'terminal', PATIENT_MS);
    assert.deepEqual(sampler.hellos, [
      {
        protocol: PROTOCOL_VERSION,
        token: readToken(sampler.paths.token),
        client: 'terminal',
        version: '0.0.0',
      },
    ]);
    assert.equal(connection.hello.pid, sampler.pid);
    let closed = 0;
    connection.onClose(() => closed++);
    connection.close();
    await until('the end', () => closed > 0);
    connection.onClose(() => closed++);
    await until('the end, told to one who asks later', () => closed === 2);
  });

  test('finds none where there is no socket or nobody listens', async t => {
    const sampler = new FakeSampler(t);
    await assertFails(sampler, 'absent');
    await sampler.start();
    fs.linkSync(sampler.paths.socket, `${sampler.paths.socket}.2`);
    await sampler.stop();
    fs.renameSync(`${sampler.paths.socket}.2`, sampler.paths.socket);
    await assertFails(sampler, 'absent');
    fs.rmSync(sampler.paths.socket);
    fs.writeFileSync(sampler.paths.socket, 'not a socket');
    await assertFails(sampler, 'absent');
  });

  test('calls one that does not answer silent', async t => {
    const sampler = new FakeSampler(t);
    sampler.onConnection = () => 'leave';
    await sampler.start();
    await assertFails(sampler, 'silent', HASTY_MS);
  });

  test('calls one that is starting or ending busy', async t => {
    const sampler = await new FakeSampler(t).start();
    fs.rmSync(sampler.paths.token);
    await assertFails(sampler, 'busy');
    fs.writeFileSync(sampler.paths.token, 'half a tok');
    await assertFails(sampler, 'busy');
    fs.writeFileSync(sampler.paths.token, 'a'.repeat(64));
    await assertFails(sampler, 'busy');
    sampler.onConnection = socket => {
      socket.destroy();
      return 'leave';
    };
    await assertFails(sampler, 'busy');
    sampler.onConnection = socket => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      return 'leave';
    };
    await assertFails(sampler, 'busy');
  });

  test('takes in everything that came before the end', async t => {
    const sampler = await new FakeSampler(t).start();
    for (let round = 0; round < 5; round++) {
      const connection = await connect(sampler.paths, 'window', PATIENT_MS);
      const heard: string[] = [];
      connection.rpc.onNotification(LogNotification, ({ message }) => {
        heard.push(message);
      });
      connection.rpc.onNotification(RetiringNotification, ({ reason }) => {
        heard.push(reason);
      });
      let before: readonly string[] | undefined;
      connection.onClose(() => (before = [...heard]));
      const client = sampler.clients.pop();
      for (let line = 0; line < 10; line++) {
        void client?.rpc.sendNotification(LogNotification, { level: 'info', message: String(line) });
      }
      await client?.rpc.sendNotification(RetiringNotification, { reason: 'bye' });
      client?.socket.destroy();
      await until('the end', () => before !== undefined);
      assert.deepEqual(before, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'bye']);
    }
  });

  test('ends when the sampler sends what is no message', async t => {
    const sampler = await new FakeSampler(t).start();
    const connection = await connect(sampler.paths, 'window', PATIENT_MS);
    let closed = false;
    connection.onClose(() => (closed = true));
    sampler.clients[0]?.socket.write('Content-Length: 3\r\n\r\n{{{');
    await until('the end', () => closed);
  });

  test('leaves nothing running when it ends in the middle of a message', async t => {
    const sampler = await new FakeSampler(t).start();
    const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const before = timers();
    let closed = 0;
    for (let i = 0; i < 10; i++) {
      const connection = await connect(sampler.paths, 'window', PATIENT_MS);
      connection.onClose(() => closed++);
      const { socket } = sampler.clients.pop() ?? { socket: new net.Socket() };
      socket.write('Content-Length: 1000\r\n\r\n{"half":');
      await new Promise(resolve => setTimeout(resolve, 2));
      socket.destroy();
    }
    await until('all ends', () => closed === 10);
    assert.ok(timers() <= before, `${String(timers())} timers, ${String(before)} before`);
  });
});
