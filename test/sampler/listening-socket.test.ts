import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, mock, test, type TestContext } from 'node:test';
import { socketFitsIn } from '../../src/runtime/directories.ts';
import {
  inodeOf,
  listenAlone,
  releaseAddress,
  SocketTakenError,
} from '../../src/sampler/listening-socket.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

/** A server that is closed after the test and counts who comes. */
class Server {
  readonly server: net.Server;
  connections = 0;

  constructor(t: Pick<TestContext, 'after'>) {
    this.server = net.createServer(socket => {
      this.connections++;
      socket.on('error', () => undefined);
      socket.end();
    });
    t.after(() => this.server.close());
  }
}

/** Whether somebody accepts at this address. */
async function answers(address: string): Promise<boolean> {
  const socket = net.connect(address);
  const accepted = await new Promise<boolean>(resolve => {
    socket.once('connect', () => {
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
  socket.destroy();
  return accepted;
}

/** Leaves a socket file that nobody listens on, as a killed process does. */
async function leaveStale(address: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      '-e',
      'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))',
      address,
    ],
    { stdio: 'ignore' },
  );
  await once(child, 'exit');
  assert.ok(fs.lstatSync(address).isSocket());
  assert.equal(await answers(address), false);
}

describe('listenAlone', { skip: process.platform === 'win32' && 'Unix sockets' }, () => {
  test('listens at the address, for this user alone, with nothing left beside it', async t => {
    const directory = temporaryDirectory(t);
    const address = path.join(directory, 'sampler.sock');
    const mine = new Server(t);
    await listenAlone(mine.server, address);
    assert.ok(await answers(address));
    assert.equal(fs.statSync(address).mode & 0o777, 0o600);
    assert.deepEqual(fs.readdirSync(directory), ['sampler.sock']);
  });

  test('replaces a socket that nobody listens on, and a file that is none', async t => {
    const directory = temporaryDirectory(t);
    const address = path.join(directory, 'sampler.sock');
    await leaveStale(address);
    const mine = new Server(t);
    await listenAlone(mine.server, address);
    assert.ok(await answers(address));

    const other = path.join(directory, 'other.sock');
    fs.writeFileSync(other, 'not a socket');
    await listenAlone(new Server(t).server, other);
    assert.ok(await answers(other));
    assert.deepEqual(fs.readdirSync(directory).toSorted(), ['other.sock', 'sampler.sock']);
  });

  test('leaves a live sampler its address, a hung one too', async t => {
    const directory = temporaryDirectory(t);
    const address = path.join(directory, 'sampler.sock');
    const first = new Server(t);
    await listenAlone(first.server, address);
    const inode = inodeOf(address);
    const second = new Server(t);
    await assert.rejects(listenAlone(second.server, address), SocketTakenError);
    assert.equal(inodeOf(address), inode);
    assert.equal(second.server.listening, false, 'the loser does not listen anywhere');
    assert.deepEqual(fs.readdirSync(directory), ['sampler.sock']);

    const hung = spawn(
      process.execPath,
      [
        '-e',
        'require("net").createServer().listen(process.argv[1], () => { require("fs").writeSync(1, "up"); for (;;); })',
        path.join(directory, 'hung.sock'),
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    t.after(() => hung.kill('SIGKILL'));
    await once(hung.stdout, 'data');
    await assert.rejects(
      listenAlone(new Server(t).server, path.join(directory, 'hung.sock')),
      SocketTakenError,
    );
  });

  test('of several that start together exactly one wins, with and without a stale socket', async t => {
    const directory = temporaryDirectory(t);
    for (let round = 0; round < 50; round++) {
      const address = path.join(directory, 'sampler.sock');
      const stale = net.createServer();
      if (round % 2 === 0) {
        // A name whose socket was closed under another name is one that nobody listens on.
        const elsewhere = path.join(directory, 'elsewhere');
        await new Promise<void>(resolve => stale.listen(elsewhere, resolve));
        fs.linkSync(elsewhere, address);
        await new Promise(resolve => stale.close(resolve));
        assert.equal(await answers(address), false);
      }
      const candidates = Array.from({ length: 2 + (round % 4) }, () => new Server(t));
      const results = await Promise.allSettled(candidates.map(({ server }) => listenAlone(server, address)));
      const winners = candidates.filter((_, i) => results[i]?.status === 'fulfilled');
      assert.equal(winners.length, 1, `round ${String(round)}`);
      for (const result of results) {
        if (result.status === 'rejected') assert.ok(result.reason instanceof SocketTakenError);
      }
      const [winner] = winners;
      const before = winner?.connections ?? 0;
      assert.ok(await answers(address));
      for (let tries = 0; winner?.connections === before && tries < 5_000; tries++) {
        await new Promise(resolve => setTimeout(resolve, 2));
      }
      assert.equal(winner?.connections, before + 1, 'whoever connects reaches the winner');
      assert.deepEqual(fs.readdirSync(directory), ['sampler.sock']);
      await Promise.all(candidates.map(({ server }) => new Promise(resolve => server.close(resolve))));
      fs.rmSync(address, { force: true });
    }
  });

  test('puts back the socket of one that was quicker with a stale name', async t => {
    const directory = temporaryDirectory(t);
    const address = path.join(directory, 'sampler.sock');
    await leaveStale(address);
    const quicker = new Server(t);
    const rename = fs.renameSync.bind(fs);
    await new Promise<void>(resolve => quicker.server.listen(path.join(directory, 'quicker'), resolve));
    // The other replaces the stale name between our finding it stale and our taking it away.
    const renaming = mock.method(fs, 'renameSync', (from: fs.PathLike, to: fs.PathLike) => {
      renaming.mock.restore();
      fs.rmSync(address);
      fs.linkSync(path.join(directory, 'quicker'), address);
      rename(from, to);
    });
    t.after(() => {
      renaming.mock.restore();
    });
    await assert.rejects(listenAlone(new Server(t).server, address), SocketTakenError);
    assert.equal(inodeOf(address), inodeOf(path.join(directory, 'quicker')));
    assert.ok(await answers(address));
    assert.deepEqual(fs.readdirSync(directory).toSorted(), ['quicker', 'sampler.sock']);
  });

  test('can use the longest folder that is thought to fit', async t => {
    const root = temporaryDirectory(t);
    let directory = root;
    while (socketFitsIn(`${directory}/x`)) directory += directory === root ? '/x' : 'x';
    fs.mkdirSync(directory);
    assert.ok(socketFitsIn(directory) && !socketFitsIn(`${directory}/x`));
    const address = path.join(directory, 'sampler.sock');
    await listenAlone(new Server(t).server, address);
    assert.ok(await answers(address));
    assert.deepEqual(fs.readdirSync(directory), ['sampler.sock']);
  });

  test('passes on why an address cannot be used', async t => {
    const nowhere = path.join(temporaryDirectory(t), 'nowhere', 'sampler.sock');
    const mine = new Server(t);
    await assert.rejects(
      listenAlone(mine.server, nowhere),
      (error: unknown) => !(error instanceof SocketTakenError),
    );
    assert.equal(mine.server.listening, false);
  });
});

describe('releaseAddress', { skip: process.platform === 'win32' && 'Unix sockets' }, () => {
  test('removes the name that is ours and leaves a successor’s alone', async t => {
    const directory = temporaryDirectory(t);
    const address = path.join(directory, 'sampler.sock');
    const mine = new Server(t);
    await listenAlone(mine.server, address);
    const inode = inodeOf(address);
    assert.ok(inode !== undefined);
    fs.rmSync(address);
    const successor = new Server(t);
    await listenAlone(successor.server, address);
    releaseAddress(address, inode);
    assert.ok(await answers(address));
    releaseAddress(address, undefined);
    assert.ok(await answers(address));
    releaseAddress(address, inodeOf(address));
    assert.equal(inodeOf(address), undefined);
    releaseAddress(address, inode);
  });
});
