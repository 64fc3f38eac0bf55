import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RemovalResult, removeSent } from '../../../src/sync/round/remove-sent.ts';
import { PassingFault, RefusedFault, SignInFault } from '../../../src/sync/targets/faults.ts';
import { SmallUpload } from './small-upload.ts';

function remove(
  upload: SmallUpload,
  onProgress: (removed: number, of: number) => void = () => undefined,
): Promise<RemovalResult> {
  return removeSent({ ...upload.all, onProgress });
}

describe('removing what was sent', () => {
  test('takes all of it away, what may have arrived included, and begins anew', async t => {
    const upload = new SmallUpload(t);
    upload.log(45);
    await upload.round();
    upload.target.objects.set('somebody else’s', Buffer.of(1));
    upload.log(30);
    let sends = 0;
    upload.target.before = call => {
      // One that arrives without our knowing, and one that is never sent.
      if (call === 'confirm' && sends++ === 0) throw new SignInFault('expired', '');
    };
    await upload.round({ includesOpen: true });
    assert.equal(upload.target.objects.size, 4);
    upload.target.before = () => undefined;
    const told: number[][] = [];
    const result = await remove(upload, (...counts) => told.push(counts));
    assert.deepEqual([result.state, result.removed, result.left], ['done', 3, 0]);
    assert.deepEqual(told, [
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    assert.deepEqual([...upload.target.objects.keys()], ['somebody else’s']);
    assert.deepEqual(upload.spool, []);
    const { counts } = await upload.round({ includesOpen: true });
    assert.equal(counts.confirmed.rows, upload.text.split('\n').length - 2, 'the whole log is sent again');
  });

  test('goes on where it was cut off', async t => {
    const upload = new SmallUpload(t);
    upload.log(60);
    await upload.round({ includesOpen: true });
    const sent = upload.target.objects.size;
    let calls = 0;
    upload.target.before = () => {
      if (calls++ === 2) throw new RefusedFault('no right', 'ask the owner');
    };
    const cut = await remove(upload);
    assert.deepEqual(
      [cut.state, cut.remedy, cut.removed, cut.left],
      ['refused', 'ask the owner', 2, sent - 2],
    );
    assert.equal((await upload.round({ includesOpen: true })).counts.sealed.rows, 0, 'what is left is known');
    const rest = await remove(upload);
    assert.deepEqual([rest.state, rest.removed, rest.left], ['done', sent - 2, 0]);
    assert.equal(upload.target.objects.size, 0);
  });

  test('tries again what passes, and gives up as a round does', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    await upload.round({ includesOpen: true });
    upload.target.before = () => {
      throw new PassingFault('no network');
    };
    const result = await remove(upload);
    assert.deepEqual([result.state, result.removed, result.left], ['waiting', 0, 1]);
    assert.equal(upload.waits.length, 5);
  });

  test('of a destination that was never used is done at once', async t => {
    const result = await remove(new SmallUpload(t));
    assert.deepEqual([result.state, result.removed, result.left], ['done', 0, 0]);
  });
});
