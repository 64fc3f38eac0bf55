import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { codeOf } from '../../src/common/faults.ts';
import { readPipeSecret } from '../../src/runtime/pipe-name.ts';
import { listenOnPipe } from '../../src/sampler/listening-pipe.ts';
import { SocketTakenError } from '../../src/sampler/listening-socket.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

/** A folder with a note, and sockets in the place of pipes: a socket that is listened on is taken, as a pipe is. */
class Bench {
  readonly note: string;
  readonly #directory: string;
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.#t = t;
    this.#directory = temporaryDirectory(t);
    this.note = path.join(this.#directory, 'pipe');
  }

  readonly addressOf = (secret: string): string => path.join(this.#directory, secret.slice(0, 8));

  /** The name goes with its listener, as that of a pipe does. */
  server(): net.Server {
    const server = net.createServer();
    this.#t.after(() => server.close());
    return server;
  }

  listen(server: net.Server): Promise<() => void> {
    return listenOnPipe(server, this.note, this.addressOf);
  }
}

const closed = (server: net.Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => {
      resolve();
    });
  });

describe('the sampler’s pipe', { skip: process.platform === 'win32' && 'Unix sockets' }, () => {
  test('has one listener, whose name the note has', async t => {
    const bench = new Bench(t);
    const first = bench.server();
    await bench.listen(first);
    const secret = readPipeSecret(bench.note);
    assert.equal(first.address(), bench.addressOf(secret ?? ''));
    await assert.rejects(bench.listen(bench.server()), SocketTakenError);
    assert.equal(readPipeSecret(bench.note), secret);
  });

  test('has another name after one that ended in good order, and the same after one that did not', async t => {
    const bench = new Bench(t);
    const first = bench.server();
    await bench.listen(first);
    const secret = readPipeSecret(bench.note);
    await closed(first);
    const second = bench.server();
    const release = await bench.listen(second);
    assert.equal(readPipeSecret(bench.note), secret, 'after a crash nobody knows the note to be old');
    release();
    assert.equal(readPipeSecret(bench.note), undefined);
    await closed(second);
    await bench.listen(bench.server());
    assert.notEqual(readPipeSecret(bench.note), secret);
  });

  test('leaves the note of a successor alone', async t => {
    const bench = new Bench(t);
    const first = bench.server();
    const release = await bench.listen(first);
    fs.writeFileSync(bench.note, 'b2'.repeat(16));
    release();
    assert.equal(readPipeSecret(bench.note), 'b2'.repeat(16));
  });

  test('is noted anew where one that ended took the note with it, and given up where another has its own by then', async t => {
    const bench = new Bench(t);
    const server = bench.server();
    const listening = bench.listen(server);
    const secret = readPipeSecret(bench.note);
    fs.rmSync(bench.note);
    await listening;
    assert.equal(readPipeSecret(bench.note), secret);
    await closed(server);

    const late = bench.server();
    const failing = bench.listen(late);
    fs.writeFileSync(bench.note, 'c3'.repeat(16));
    await assert.rejects(failing, SocketTakenError);
    assert.equal(late.listening, false);
    assert.equal(readPipeSecret(bench.note), 'c3'.repeat(16));
  });

  test('that cannot be used says why', async t => {
    const bench = new Bench(t);
    await assert.rejects(
      listenOnPipe(bench.server(), bench.note, () => '/nowhere/at/all'),
      (error: unknown) => !(error instanceof SocketTakenError) && codeOf(error) !== undefined,
    );
  });
});
