import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpClient } from '../../../src/sync/http/http-client.ts';
import { PassingFault, TargetFault } from '../../../src/sync/targets/faults.ts';
import { S3Client } from '../../../src/sync/targets/s3/s3-client.ts';
import { s3Target } from '../../../src/sync/targets/s3/s3.ts';
import type { Parcel, Target } from '../../../src/sync/targets/target.ts';
import { webdavTarget } from '../../../src/sync/targets/webdav/webdav.ts';
import { bytesOf, contextOf, MemoryNote, NEVER, parcelOf } from './parcels.ts';
import { startCutter, type Traffic } from './servers/proxy.ts';
import { startRadosGateway } from './servers/radosgw.ts';
import { PASSWORD, startRclone, USER } from './servers/webdav.ts';

/** A store, and how to make a target that reaches it through an address. */
interface Place {
  readonly url: string;
  target(url: string, http: HttpClient): Target;
  /** Checks that nothing stands under the name of a parcel but all of its bytes. */
  check?(path: string, bytes: Buffer): void;
  stop(): Promise<void>;
}

/** By name: how long the file is, and how many cuts there are of each direction, at places that are the same in each run. */
const places: readonly (readonly [string, number, number, () => Promise<Place>])[] = [
  [
    'WebDAV',
    20_000,
    14,
    async () => {
      const server = await startRclone();
      return {
        url: server.url,
        target: (url, http) => webdavTarget({ url, user: USER, password: PASSWORD, http }),
        check(sent, bytes) {
          const file = path.join(server.files, sent);
          if (fs.existsSync(file)) assert.ok(fs.readFileSync(file).equals(bytes));
        },
        async stop() {
          await server.stop();
          fs.rmSync(server.folder, { recursive: true, force: true });
        },
      };
    },
  ],
  ['S3', 20_000, 14, startStore],
  ['S3 in parts', 8_400_000, 4, startStore],
];

async function startStore(): Promise<Place> {
  const store = await startRadosGateway();
  const credentials = await store.addUser('jo');
  const http = new HttpClient({ party: 'the store' });
  await new S3Client(http, credentials, 'us-east-1').ask({
    method: 'PUT',
    url: new URL('/uploads', store.url),
    signal: NEVER,
  });
  http.close();
  return {
    url: store.url,
    target: (url, client) =>
      s3Target({
        endpoint: url,
        bucket: 'uploads',
        region: 'us-east-1',
        prefix: '',
        credentials,
        http: client,
      }),
    stop: () => store.stop(),
  };
}

for (const [name, length, cuts, start] of places)
  describe(`a line that is cut, to ${name}`, () => {
    let place: Place;
    const direct = new HttpClient({ party: 'the server' });
    before(async () => {
      place = await start();
    });
    after(async () => {
      direct.close();
      await place.stop();
    });

    /** Does something through a line that is cut; says what came of it, and what went over it. */
    async function through(
      cut: Partial<Traffic>,
      does: (target: Target) => Promise<unknown>,
    ): Promise<{ answer?: unknown; traffic: Traffic }> {
      const cutter = await startCutter(place.url, cut);
      const http = new HttpClient({ party: 'the server', patience: { stallMs: 5_000, replyMs: 5_000 } });
      try {
        return { answer: (await does(place.target(cutter.url, http))) ?? 'done', traffic: cutter.traffic };
      } catch (error) {
        assert.ok(error instanceof PassingFault, String(error));
        return { traffic: cutter.traffic };
      } finally {
        http.close();
        cutter.stop();
      }
    }

    /** Cuts all over what a whole run sends and gets. */
    const cutsOf = ({ up, down }: Traffic): Partial<Traffic>[] =>
      (['up', 'down'] as const).flatMap(way => {
        const bytes = way === 'up' ? up : down;
        return Array.from({ length: cuts }, (_, n) => ({
          [way]: 1 + Math.floor(((bytes - 1) * n) / (cuts - 1)),
        }));
      });

    test('passes, loses nothing, and never makes a part look like the whole', async () => {
      const sealed = bytesOf(length, name);
      const whole = await through({}, target => target.send(parcelOf(sealed, 'first/of=all'), contextOf()));
      assert.equal(whole.answer, 'done');
      let failed = 0;
      for (const [index, cut] of cutsOf(whole.traffic).entries()) {
        const parcel = parcelOf(sealed, `cut=${index}/x`);
        const note = new MemoryNote();
        const { answer } = await through(cut, target => target.send(parcel, contextOf(note)));
        if (answer === undefined) failed++;
        place.check?.(parcel.path, sealed);
        const target = place.target(place.url, direct);
        const there = await target.confirm(parcel, NEVER);
        assert.ok(
          there === 'whole' || (there === 'missing' && answer === undefined),
          `${there} after ${JSON.stringify(cut)}`,
        );
        await target.send(parcel, contextOf(note));
        assert.equal(await target.confirm(parcel, NEVER), 'whole');
        assert.equal(note.text, undefined);
      }
      assert.ok(failed > cuts, `only ${failed} were cut`);
    });

    test('is never an answer: neither of what is there nor of what is removed', async () => {
      const parcel = parcelOf(bytesOf(Math.min(length, 20_000), `${name} there`), 'there/x');
      const target = place.target(place.url, direct);
      await target.send(parcel, contextOf());
      const asked = await through({}, one => one.confirm(parcel, NEVER));
      assert.equal(asked.answer, 'whole');
      for (const cut of cutsOf(asked.traffic)) {
        const { answer } = await through(cut, one => one.confirm(parcel, NEVER));
        assert.ok(answer === 'whole' || answer === undefined, String(answer));
      }
      const removed = await through({}, one => one.remove(parcel.path, NEVER));
      assert.equal(removed.answer, 'done');
      for (const cut of cutsOf(removed.traffic)) {
        await sendBeside(target, parcel);
        const { answer } = await through(cut, one => one.remove(parcel.path, NEVER));
        if (answer !== undefined) assert.equal(await target.confirm(parcel, NEVER), 'missing');
      }
    });
  });

/** Sends where the server may still be at a request whose line was cut, and refuses what comes in its way. */
async function sendBeside(target: Target, parcel: Parcel): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await target.send(parcel, contextOf());
      return;
    } catch (error) {
      if (!(error instanceof TargetFault) || tries === 20) throw error;
      await delay(100);
    }
  }
}
