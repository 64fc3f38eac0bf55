import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { HttpClient, type HttpClientOptions } from '../../../src/sync/http/http-client.ts';
import { PassingFault, RefusedFault } from '../../../src/sync/targets/faults.ts';
import { selfSigned } from './self-signed.ts';

const IMPATIENT = { stallMs: 400, replyMs: 400 };
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function listening(server: net.Server, scheme = 'http'): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    if ('closeAllConnections' in server) (server as http.Server).closeAllConnections();
    server.close();
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serving(handle: http.RequestListener): Promise<string> {
  return listening(http.createServer(handle));
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = new HttpClient({ party: 'the server', ...options });
  ends.push(() => made.close());
  return made;
}

async function bodyOf(request: http.IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('sends a body in pieces with its length, and takes status, headers and body of the answer', async () => {
  const url = await serving((request, response) => {
    void bodyOf(request).then(body => {
      response.writeHead(418, { 'X-Length': request.headers['content-length'] });
      response.end(body.subarray(-3));
    });
  });
  const bytes = Buffer.alloc(100_001, 'x');
  bytes.write('end', 99_998);
  const sent: number[] = [];
  const reply = await client().request({
    method: 'PUT',
    url,
    body: {
      bytes: bytes.length,
      async *read() {
        yield bytes.subarray(0, 70_000);
        await Promise.resolve();
        yield bytes.subarray(70_000);
      },
    },
    onSent: count => sent.push(count),
  });
  assert.equal(reply.status, 418);
  assert.equal(reply.headers['x-length'], '100001');
  assert.equal(reply.body.toString(), 'end');
  assert.equal(sent.at(-1), 100_001);
});

test('a good answer can be taken piece by piece, within its bound, and one that is not good is kept', async () => {
  const url = await serving((request, response) => {
    response.writeHead(request.url === '/good' ? 200 : 404).end(Buffer.alloc(300_000, 'x'));
  });
  let taken = 0;
  const onBody = (piece: Uint8Array): void => void (taken += piece.length);
  const good = await client().request({ method: 'GET', url: `${url}/good`, onBody });
  assert.deepEqual([taken, good.body.length], [300_000, 0]);
  const bad = await client().request({ method: 'GET', url, onBody });
  assert.deepEqual([taken, bad.body.length], [300_000, 300_000]);
  await assert.rejects(
    client().request({ method: 'GET', url: `${url}/good`, onBody, mostReplyBytes: 299_999 }),
    RefusedFault,
  );
});

test('a redirect is an answer: nothing is sent to where it leads', async () => {
  let asked = 0;
  const elsewhere = await serving((_request, response) => {
    asked++;
    response.end();
  });
  const url = await serving((_request, response) => response.writeHead(307, { location: elsewhere }).end());
  const reply = await client().request({ method: 'GET', url, headers: { authorization: 'Bearer secret' } });
  assert.equal(reply.status, 307);
  assert.equal(asked, 0);
});

for (const [what, url] of [
  ['http to another machine', 'http://192.0.2.1/'],
  ['http to a name that is not of this machine', 'http://example.invalid/'],
  ['another scheme', 'ftp://127.0.0.1/'],
  ['no address', 'nowhere'],
  ['a password in it', 'https://user:secret@127.0.0.1/'],
  ['an address that only begins like one of this machine', 'http://127.0.0.1.example.invalid/'],
] as const) {
  test(`refuses ${what}, and does not repeat the address`, async () => {
    await assert.rejects(client().request({ method: 'GET', url }), error => {
      assert.ok(error instanceof RefusedFault);
      assert.notEqual(error.remedy, '');
      assert.doesNotMatch(error.message, /192\.0|example|secret|nowhere/);
      return true;
    });
  });
}

test('a reply may not be longer than it should be, however long it goes on', async () => {
  let written = 0;
  const url = await serving((_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
    };
    response.on('drain', more);
    more();
  });
  await assert.rejects(client().request({ method: 'GET', url, mostReplyBytes: 100_000 }), RefusedFault);
  assert.ok(written < 50_000_000, `${written} bytes were taken`);
});

test('a reply that comes byte by byte is given up, and so is none at all', async () => {
  const dripping = await listening(
    net.createServer(socket => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
    }),
  );
  const silent = await listening(
    net.createServer(socket => {
      socket.on('error', () => undefined);
      ends.push(() => socket.destroy());
    }),
  );
  for (const url of [dripping, silent])
    await assert.rejects(client({ patience: IMPATIENT }).request({ method: 'GET', url }), PassingFault);
});

test('a connection that is cut passes, wherever it is cut', async () => {
  for (const before of ['', 'HTTP/1.1 20', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345']) {
    const url = await listening(
      net.createServer(socket => {
        socket.on('error', () => undefined).once('data', () => socket.end(before));
      }),
    );
    await assert.rejects(
      client().request({ method: 'PUT', url, body: Buffer.alloc(2_000_000) }),
      PassingFault,
      before,
    );
  }
  const other = await listening(
    net.createServer(socket => {
      socket.on('error', () => undefined).once('data', () => socket.end('SSH-2.0-something\r\n'));
    }),
  );
  await assert.rejects(client().request({ method: 'GET', url: other }), /not HTTP/);
  const nobody = await listening(net.createServer());
  ends.splice(0).forEach(end => end());
  await assert.rejects(client().request({ method: 'GET', url: nobody }), /nothing listens there/);
});

test('an answer that comes before everything is sent is taken', async () => {
  const url = await serving((_request, response) => {
    response.writeHead(413, { connection: 'close' }).end('too much');
  });
  const reply = await client()
    .request({ method: 'PUT', url, body: Buffer.alloc(20_000_000) })
    .catch((error: unknown) => error);
  // Between the answer and the end of the connection it is a matter of chance which of the two is seen.
  assert.ok(reply instanceof PassingFault || (reply as { status: number }).status === 413);
});

test('a kept connection that the server has closed costs nobody anything', async () => {
  let asked = 0;
  const sockets: net.Socket[] = [];
  const server = http.createServer((_request, response) => {
    asked++;
    response.end(String(asked));
  });
  server.on('connection', socket => sockets.push(socket));
  const url = await listening(server);
  const one = client();
  await one.request({ method: 'GET', url });
  for (const socket of sockets) socket.resetAndDestroy();
  const reply = await one.request({ method: 'PUT', url, body: Buffer.from('again') });
  assert.equal(reply.body.toString(), '2');
});

test('an aborted request rejects with the reason, while it sends and while it waits', async () => {
  const url = await serving(() => undefined);
  const abort = new AbortController();
  const reason = new Error('the user has cancelled');
  const slow = client({ maxBytesPerSecond: 1000 });
  const sending = slow.request({ method: 'PUT', url, body: Buffer.alloc(100_000), signal: abort.signal });
  const waiting = client().request({ method: 'GET', url, signal: abort.signal });
  const both = Promise.allSettled([sending, waiting]);
  await delay(50);
  abort.abort(reason);
  for (const result of await both) assert.equal(result.status === 'rejected' && result.reason, reason);
});

test('what cannot be read to be sent is told as it is', async () => {
  const url = await serving((request, response) => void bodyOf(request).then(() => response.end()));
  const fault = Object.assign(new Error('EIO: read'), { code: 'EIO', path: '/x' });
  const body = {
    bytes: 100,
    async *read(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.alloc(10));
      throw fault;
    },
  };
  await assert.rejects(client().request({ method: 'PUT', url, body }), error => error === fault);
});

test('a certificate that nobody vouches for is refused, whatever the environment says', async () => {
  const { key, cert } = await selfSigned();
  const server = https.createServer({ key, cert }, (_request, response) => response.end('in'));
  const url = await listening(server, 'https');
  await assert.rejects(client().request({ method: 'GET', url }), error => {
    assert.ok(error instanceof RefusedFault);
    assert.match(error.remedy, /NODE_EXTRA_CA_CERTS/);
    return true;
  });
  assert.equal((await client({ ca: cert }).request({ method: 'GET', url })).body.toString(), 'in');
  const script = `import { HttpClient } from ${JSON.stringify(new URL('../../../src/sync/http/http-client.ts', import.meta.url))};
    new HttpClient({ party: 'it' }).request({ method: 'GET', url: ${JSON.stringify(url)} }).then(
      () => console.log('sent'), error => console.log(error.name));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' } },
  );
  assert.equal(stdout.trim(), 'RefusedFault');
});

test('a bound of bytes a second holds over requests', async () => {
  const url = await serving((request, response) => void bodyOf(request).then(() => response.end()));
  const bounded = client({ maxBytesPerSecond: 40_000 });
  const begun = performance.now();
  for (let n = 0; n < 2; n++) await bounded.request({ method: 'PUT', url, body: Buffer.alloc(10_000) });
  // Half a second's worth of bytes cannot have gone in a quarter of one: the bound, not the machine, decides.
  assert.ok(performance.now() - begun > 250);
});
