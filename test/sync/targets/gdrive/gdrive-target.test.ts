import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { PassingFault, RefusedFault, SignInFault } from '../../../../src/sync/targets/faults.ts';
import { MemoryNote, NEVER, parcelOf } from '../parcels.ts';
import { Drive, FOLDER_NAME } from './setup.ts';
import { patterned } from '../../envelope/collect.ts';

const MIB = 1_048_576;
const PLACE = path.posix.dirname(parcelOf(patterned(1)).path);

describe('Google Drive', () => {
  let drive: Drive;
  const send = (target = drive.target(), parcel = parcelOf(patterned(1000)), resume = new MemoryNote()) =>
    target.send(parcel, { signal: NEVER, resume });

  beforeEach(async () => {
    drive = await Drive.start();
  });
  afterEach(async () => {
    await drive.close();
    assert.deepEqual(drive.server.violations, [], 'every request keeps to the protocol');
  });

  for (const bytes of [0, 1, 262_143, 262_144, 262_145, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1])
    test(`takes ${bytes} bytes`, async () => {
      const target = drive.target();
      const parcel = parcelOf(patterned(bytes));
      const progress: number[] = [];
      assert.equal(await target.confirm(parcel, NEVER), 'missing');
      await target.send(parcel, {
        signal: NEVER,
        resume: new MemoryNote(),
        onProgress: done => progress.push(done),
      });
      assert.equal(await target.confirm(parcel, NEVER), 'whole');
      assert.deepEqual(drive.contents(), new Map([[parcel.path, [patterned(bytes)]]]));
      assert.equal(drive.server.countOf('chunk'), bytes > 8 * MIB ? 2 : 1);
      assert.deepEqual(progress, bytes > 8 * MIB ? [8 * MIB, bytes] : [bytes]);
    });

  test('has folders as the path has them, made once and found by the next process', async () => {
    const [first, second, third] = [1, 2, 3].map(at => parcelOf(patterned(at)));
    assert.ok(first && second && third);
    const target = drive.target();
    await send(target, first);
    const before = drive.server.asked.length;
    await send(target, second);
    await target.confirm(second, NEVER);
    assert.deepEqual(
      drive.server.asked.slice(before).map(({ kind }) => kind),
      ['list', 'begin', 'chunk', 'get'],
    );
    await send(drive.target(), third);
    const steps = PLACE.split('/');
    const paths = steps.map((_, at) => ['My Drive', FOLDER_NAME, ...steps.slice(0, at + 1)].join('/'));
    assert.deepEqual(drive.server.store.folders(), [`My Drive/${FOLDER_NAME}`, ...paths]);
    assert.equal(drive.contents().size, 3);
  });

  test('refuses a path that is none of ours, and a folder without a name', async () => {
    const parcel = parcelOf(patterned(10));
    for (const path of ['../x', '/x', 'a//b', 'a/../b', 'a/b\\c', "a'/b"])
      await assert.rejects(send(drive.target(), { ...parcel, path }), RefusedFault, path);
    await assert.rejects(send(drive.target({ folderName: '' })), RefusedFault);
    assert.equal(drive.server.asked.length, 0);
  });

  test('keeps two folder names apart', async () => {
    await send(drive.target({ folderName: "one/with “all” kinds of 'signs\\" }));
    await send(drive.target({ folderName: 'two' }));
    assert.equal(drive.server.store.contents().size, 2);
  });

  test('does not see what others have made, and takes no folder of the same name', async () => {
    const foreign = drive.server.store.put({ name: FOLDER_NAME, isForeign: true });
    drive.server.store.put({ name: FOLDER_NAME });
    await send();
    assert.ok([...drive.server.store.contents().keys()].length === 1);
    assert.notEqual(drive.server.store.at(`My Drive/${FOLDER_NAME}/study=backup`).parents[0], foreign.id);
  });

  test('sends a second time without a second file, in the same process, in the next, with a note and without', async () => {
    const note = new MemoryNote();
    const target = drive.target();
    const parcel = parcelOf(patterned(300_000));
    await send(target, parcel, note);
    await send(target, parcel, note);
    await send(target, parcel);
    await send(drive.target(), parcel, note);
    await send(drive.target(), parcel);
    assert.equal(drive.contents().get(parcel.path)?.length, 1);
    assert.equal(drive.server.countOf('chunk'), 1);
  });

  test('while search is behind, knows what it has sent: in the same process, and in the next by its note', async () => {
    const note = new MemoryNote();
    const target = drive.target();
    const parcel = parcelOf(patterned(10));
    await send(target, parcel, note);
    drive.server.store.unlisted = 1;
    assert.equal(await target.confirm(parcel, NEVER), 'whole');
    await send(target, parcel, note);
    await send(drive.target(), parcel, note);
    assert.equal(drive.contents().get(parcel.path)?.length, 1);
    await target.remove(parcel.path, NEVER);
    assert.equal(drive.contents().size, 0);
  });

  test('makes no second folder while search is behind and an answer does not arrive', async () => {
    const target = drive.target();
    const parcel = parcelOf(patterned(10));
    drive.server.faults = ({ kind }) =>
      kind === 'create-folder' ? { kind: 'cut', where: 'after' } : undefined;
    await assert.rejects(send(target, parcel), PassingFault);
    drive.server.faults = () => undefined;
    drive.server.store.unlisted = 1;
    await send(target, parcel);
    assert.equal(drive.server.store.folders().length, 4);
    assert.equal(drive.contents().size, 1);
  });

  test('deletes nothing of which Drive has not said what it is', async () => {
    const target = drive.target();
    const parcel = parcelOf(patterned(10));
    const note = new MemoryNote();
    drive.server.store.isUnchecked = true;
    await assert.rejects(send(target, parcel, note), PassingFault);
    await assert.rejects(target.confirm(parcel, NEVER), PassingFault);
    assert.equal(drive.contents().size, 1);
    drive.server.store.isUnchecked = false;
    await send(drive.target(), parcel, note);
    assert.equal(await drive.target().confirm(parcel, NEVER), 'whole');
    assert.equal(drive.server.countOf('chunk'), 1);
  });

  test('removes what is there a second time, on whatever page of a list', async () => {
    const target = drive.target();
    const parcel = parcelOf(patterned(10));
    await send(target, parcel);
    const made = drive.server.store.at(`My Drive/${FOLDER_NAME}/${parcel.path}`);
    drive.server.store.mostOnPage = 1;
    const again = (bytes: Buffer): void => {
      const { name, mimeType, parents, appProperties } = made;
      drive.server.store.put({ name, mimeType, parents, appProperties, bytes });
    };
    again(patterned(10));
    again(patterned(9));
    assert.equal(await drive.target().confirm(parcel, NEVER), 'whole');
    assert.deepEqual(drive.contents().get(parcel.path), [patterned(10)]);
    again(patterned(10));
    again(patterned(11));
    await send(drive.target(), parcel);
    assert.deepEqual(drive.contents().get(parcel.path), [patterned(10)]);
  });

  test('tells what is there and something else, and puts it right', async () => {
    const target = drive.target();
    const parcel = parcelOf(patterned(10));
    const note = new MemoryNote();
    await send(target, parcel, note);
    drive.server.store.at(`My Drive/${FOLDER_NAME}/${parcel.path}`).bytes = Buffer.alloc(10);
    assert.equal(await target.confirm(parcel, NEVER), 'different');
    assert.equal(await drive.target().confirm(parcel, NEVER), 'different');
    await send(drive.target(), parcel, note);
    assert.deepEqual(drive.contents().get(parcel.path), [patterned(10)]);
  });

  test('finds a file that the user has renamed and moved', async () => {
    const parcel = parcelOf(patterned(10));
    await send(drive.target(), parcel);
    const file = drive.server.store.at(`My Drive/${FOLDER_NAME}/${parcel.path}`);
    file.name = 'my data';
    file.parents = [drive.server.store.put({ name: 'elsewhere' }).id];
    assert.equal(await drive.target().confirm(parcel, NEVER), 'whole');
  });

  test('takes a file in the trash for missing, and sends it again', async () => {
    const target = drive.target();
    const parcel = parcelOf(patterned(10));
    const note = new MemoryNote();
    await send(target, parcel, note);
    drive.server.store.at(`My Drive/${FOLDER_NAME}/${parcel.path}`).isTrashed = true;
    assert.equal(await target.confirm(parcel, NEVER), 'missing');
    assert.equal(await drive.target().confirm(parcel, NEVER), 'missing');
    await send(target, parcel, note);
    assert.equal(await target.confirm(parcel, NEVER), 'whole');
    assert.equal(drive.contents().get(parcel.path)?.length, 1);
  });

  for (const level of [FOLDER_NAME, `${FOLDER_NAME}/${PLACE}`])
    for (const how of ['puts it in the trash', 'deletes it'])
      test(`makes ${level.length > 20 ? 'the last' : 'the first'} folder anew when the user ${how}`, async () => {
        const target = drive.target();
        const [first, second, third] = [1, 2, 3].map(at => parcelOf(patterned(at)));
        assert.ok(first && second && third);
        await send(target, first);
        const folder = drive.server.store.at(`My Drive/${level}`);
        if (how === 'deletes it') drive.server.store.delete(folder.id);
        else folder.isTrashed = true;
        await send(target, second);
        await send(drive.target(), third);
        assert.deepEqual([...drive.contents().keys()].sort(), [second.path, third.path].sort());
        assert.equal(await target.confirm(first, NEVER), 'missing');
      });

  test('makes the folder anew when it goes while a file is sent', async () => {
    const parcel = parcelOf(patterned(10));
    drive.server.faults = ({ kind }) => {
      if (kind === 'chunk' && drive.server.countOf('chunk') === 0)
        drive.server.store.delete(drive.server.store.at(`My Drive/${FOLDER_NAME}`).id);
      return undefined;
    };
    await send(drive.target(), parcel);
    assert.deepEqual([...drive.contents().keys()], [parcel.path]);
  });

  test('removes a file for good, from the trash too and with what is there twice; one that is not there as well', async () => {
    const target = drive.target();
    const parcel = parcelOf(patterned(10));
    await send(target, parcel);
    const { name, parents, appProperties } = drive.server.store.at(`My Drive/${FOLDER_NAME}/${parcel.path}`);
    const twin = drive.server.store.put({
      name,
      mimeType: 'application/octet-stream',
      parents,
      appProperties,
      bytes: patterned(10),
      isTrashed: true,
    });
    await target.remove(parcel.path, NEVER);
    assert.equal(drive.contents().size, 0);
    assert.throws(() => drive.server.store.get(twin.id), /not found/);
    await target.remove(parcel.path, NEVER);
    assert.equal(await target.confirm(parcel, NEVER), 'missing');
  });

  test('makes nothing twice when a request arrives twice', async () => {
    drive.server.faults = () => ({ kind: 'twice' });
    const parcel = parcelOf(patterned(8 * MIB + 300_000));
    const target = drive.target();
    await send(target, parcel);
    assert.equal(drive.contents().get(parcel.path)?.length, 1);
    assert.equal(drive.server.store.folders().length, 4);
    assert.equal(await target.confirm(parcel, NEVER), 'whole');
    await target.remove(parcel.path, NEVER);
  });

  test('gets a new access token once when the one it has is not wanted any more', async () => {
    const target = drive.target();
    await send(target, parcelOf(patterned(1)));
    drive.server.tokens.expireAccess();
    await send(target, parcelOf(patterned(2)));
    assert.equal(drive.server.countOf('token'), 2);
    // In the middle of a file as well.
    drive.server.faults = ({ kind }) => {
      if (kind === 'chunk') drive.server.tokens.expireAccess();
      if (kind === 'chunk') drive.server.faults = () => undefined;
      return undefined;
    };
    await send(target, parcelOf(patterned(300_000)));
    assert.equal(drive.server.countOf('token'), 3);
    assert.equal(drive.contents().size, 3);
  });

  test('asks the user to sign in when the permission was taken back, and when new tokens are not wanted either', async () => {
    const target = drive.target();
    drive.server.faults = ({ kind }) =>
      kind === 'token' ? undefined : { kind: 'status', status: 401, reason: 'authError' };
    await assert.rejects(send(target), SignInFault);
    assert.equal(drive.server.countOf('token'), 2);
    drive.server.faults = ({ kind }) =>
      kind === 'chunk' ? { kind: 'status', status: 401, reason: 'authError' } : undefined;
    await assert.rejects(send(target), SignInFault);
    drive.server.faults = () => undefined;
    drive.server.tokens.revokeAll();
    await assert.rejects(send(target), (error: unknown) => {
      assert.ok(error instanceof SignInFault);
      assert.match(error.remedy, /^Sign in to Google Drive/);
      return true;
    });
  });

  test('ends with the signal’s reason, and its session is gone on with', async () => {
    const canceller = new AbortController();
    const reason = new Error('cancelled');
    const note = new MemoryNote();
    const parcel = parcelOf(patterned(8 * MIB + 10));
    const target = drive.target();
    const sending = target.send(parcel, {
      signal: canceller.signal,
      resume: note,
      onProgress: () => canceller.abort(reason),
    });
    await assert.rejects(sending, reason);
    await assert.rejects(target.confirm(parcel, canceller.signal), reason);
    await assert.rejects(target.remove(parcel.path, canceller.signal), reason);
    await send(target, parcel, note);
    assert.equal(drive.server.sessions.count, 1);
    assert.deepEqual(drive.contents().get(parcel.path), [patterned(8 * MIB + 10)]);
  });

  test('stores no bytes that are other than those sent', async () => {
    const parcel = parcelOf(patterned(1000));
    const target = drive.target();
    const note = new MemoryNote();
    drive.server.faults = () => ({ kind: 'damage' });
    await assert.rejects(send(target, parcel, note), (error: unknown) => {
      assert.ok(error instanceof PassingFault);
      assert.match(error.message, /other bytes than were sent/);
      return true;
    });
    assert.equal(drive.contents().size, 0);
    drive.server.faults = () => undefined;
    await send(target, parcel, note);
    assert.deepEqual(drive.contents().get(parcel.path), [patterned(1000)]);
  });
});
