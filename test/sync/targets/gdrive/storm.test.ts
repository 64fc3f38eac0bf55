import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../../scripts/train/random.ts';
import { PassingFault, TargetFault } from '../../../../src/sync/targets/faults.ts';
import type { Parcel } from '../../../../src/sync/targets/target.ts';
import { patterned } from '../../envelope/collect.ts';
import { type Fault, seededFaults } from '../../servers/drive-faults.ts';
import type { DriveServer } from '../../servers/drive-server.ts';
import { MemoryNote, NEVER, parcelOf } from '../parcels.ts';
import { Drive } from './setup.ts';

const GRANULARITY = 262_144;
/** Far more than any seed needs. */
const MOST_TRIES = 200;

/** A size near a border of chunks, or any. */
function sizeOf(random: Random): number {
  const near = Math.floor(random.next() * 4) * GRANULARITY + Math.floor(random.between(-2, 3));
  return Math.max(0, random.chance(0.5) ? near : Math.floor(random.next() * 4 * GRANULARITY));
}

/** How a send can end that is not the end of the parcel: it is tried again, as the engine does, or the process is killed. */
async function endsWell(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing;
    return true;
  } catch (error) {
    assert.ok(error instanceof PassingFault || error instanceof Killed, String(error));
    return false;
  }
}

class Killed extends Error {}

/**
 * Sends parcels until each is confirmed, as the engine does: what passes is tried again; the process may be killed at any
 * request, and the next one knows the note only, and not always that.
 */
async function sync(drive: Drive, parcels: readonly Parcel[], random: Random): Promise<void> {
  let target = drive.target();
  for (const parcel of parcels) {
    const note = new MemoryNote();
    for (let tries = 0; ; tries++) {
      assert.ok(tries < MOST_TRIES, 'it comes to an end');
      const killer = new AbortController();
      const kill = random.chance(0.15) ? Math.floor(random.next() * 8) : -1;
      const plan = drive.server.faults;
      let requests = 0;
      drive.server.faults = received => {
        if (requests++ === kill) killer.abort(new Killed());
        return plan(received);
      };
      const { signal } = killer;
      const isDone =
        (await endsWell(target.send(parcel, { signal, resume: note }))) &&
        (await endsWell(
          target.confirm(parcel, signal).then(is => {
            if (is !== 'whole') throw new PassingFault(is);
          }),
        ));
      drive.server.faults = plan;
      if (isDone) break;
      // What was under way at the server when the process was killed, ends there.
      await new Promise(resolve => setTimeout(resolve, 5));
      if (signal.aborted) {
        target = drive.target();
        if (random.chance(0.3)) note.text = undefined;
      }
    }
  }
}

async function storm(seed: number, without: readonly Fault['kind'][]): Promise<DriveServer> {
  const random = new Random(seed);
  const drive = await Drive.start({
    faults: seededFaults({ seed, chance: random.between(0.1, 0.6), most: 30, without }),
  });
  try {
    const parcels = [0, 1].map(at =>
      parcelOf(Buffer.concat([patterned(sizeOf(random)), Buffer.of(seed, at)])),
    );
    await sync(drive, parcels, random);
    const expected = new Map<string, Buffer[]>();
    for (const parcel of parcels) {
      const bytes: Uint8Array[] = [];
      for await (const piece of parcel.read()) bytes.push(piece);
      expected.set(parcel.path, [Buffer.concat(bytes)]);
    }
    assert.deepEqual(drive.contents(), expected, 'each file is there once, with its bytes');
    assert.equal(drive.server.store.folders().length, 4, 'each folder is there once');
    assert.deepEqual(drive.server.violations, []);
    return drive.server;
  } finally {
    await drive.close();
  }
}

test('whatever goes wrong at whatever byte, in the end each file is there once and whole', async () => {
  const answers = new Map<number, number>();
  for (let seed = 1; seed <= 80; seed++) {
    try {
      const { asked } = await storm(seed, ['stall']);
      for (const { status } of asked) answers.set(status, (answers.get(status) ?? 0) + 1);
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
  for (const status of [0, 200, 308, 401, 403, 404, 408, 410, 429, 500, 503])
    assert.ok((answers.get(status) ?? 0) > 0, `${status} was among the answers`);
});

test('faults are told as faults, never as what lies behind them', async () => {
  const drive = await Drive.start({ faults: seededFaults({ seed: 7, chance: 1, most: 500 }) });
  try {
    const target = drive.target({ patience: { stallMs: 50, replyMs: 50 } });
    for (let tries = 0; tries < 60; tries++)
      await assert.rejects(
        target.send(parcelOf(patterned(1000)), { signal: NEVER, resume: new MemoryNote() }),
        TargetFault,
      );
  } finally {
    await drive.close();
  }
});
