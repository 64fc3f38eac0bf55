import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { dryRun } from '../../../src/sync/round/dry-run.ts';
import { preview } from '../../../src/sync/round/preview.ts';
import { RoundEnd } from '../../../src/sync/round/round-end.ts';
import { readDeviceKey } from '../../../src/sync/segments/device-key.ts';
import { parquetToCsv } from '../../../src/sync/segments/parquet-to-csv.ts';
import { SignInFault } from '../../../src/sync/targets/faults.ts';
import { SmallUpload } from './small-upload.ts';

async function csvOf(parquet: Buffer): Promise<string> {
  let text = '';
  for await (const piece of parquetToCsv(parquet)) text += piece;
  return text;
}

/** Names and times of change of all that is kept. */
function traces({ dataDirectory, keys }: SmallUpload): unknown {
  const all = fs.readdirSync(dataDirectory, { recursive: true, encoding: 'utf8' });
  return {
    files: all.map(name => [name, fs.statSync(path.join(dataDirectory, name)).mtimeMs]),
    keys: keys.ring.keys.length,
  };
}

describe('a dry run', () => {
  test('says what a round then does, and leaves no trace', async t => {
    const upload = new SmallUpload(t);
    upload.log(50);
    upload.target.before = () => {
      throw new SignInFault('expired', '');
    };
    await upload.round();
    upload.log(60);
    const before = traces(upload);
    const said = await dryRun({ ...upload.all, includesOpen: true });
    assert.deepEqual(traces(upload), before);
    upload.target.before = () => undefined;
    const { counts } = await upload.round({ includesOpen: true });
    assert.deepEqual(
      [said.toSeal.segments, said.toSeal.rows, said.toSeal.bytes],
      [counts.sealed.segments, counts.sealed.rows, counts.sealed.bytes],
    );
    assert.equal(said.waiting.segments, 3);
    assert.equal(said.waiting.bytes + said.toSeal.bytes, counts.confirmed.bytes);
    const after = await dryRun({ ...upload.all, includesOpen: true });
    assert.deepEqual([after.toSeal.segments, after.waiting.segments], [0, 0]);
  });

  test('on a machine that has sent nothing yet makes nothing there', async t => {
    const upload = new SmallUpload(t);
    upload.log(20);
    assert.equal((await dryRun({ ...upload.all, includesOpen: true })).toSeal.rows, 4);
    assert.equal(upload.keys.ring.keys.length, 0);
    assert.equal(fs.existsSync(path.join(upload.all.dataDirectory, 'sync')), false);
  });

  test('is refused as a round is', async t => {
    const upload = new SmallUpload(t);
    await assert.rejects(dryRun({ ...upload.all, mode: 'contribute' }), RoundEnd);
  });
});

describe('the preview', () => {
  test('shows the next rows as they would be sent, and leaves no trace', async t => {
    const upload = new SmallUpload(t);
    readDeviceKey(upload.dataDirectory);
    upload.log(20);
    const before = traces(upload);
    const shown = await preview(upload.all);
    assert.ok(shown);
    assert.deepEqual(traces(upload), before);
    assert.equal(await csvOf(shown.parquet), upload.text.split('\n').slice(0, 4).join('\n') + '\n');
    assert.equal(shown.range.rows, 3);
    await upload.round({ includesOpen: true });
    const [sent] = [...upload.target.objects];
    assert.ok(sent);
    assert.equal(path.posix.dirname(shown.path), path.posix.dirname(sent[0]), 'where it goes');
    assert.equal(shown.bytes, sent[1].length);
  });

  test('shows the very file that waits in the spool', async t => {
    const upload = new SmallUpload(t);
    upload.log(30);
    upload.target.before = () => {
      throw new SignInFault('expired', '');
    };
    await upload.round({ includesOpen: true });
    const before = traces(upload);
    const shown = await preview(upload.all);
    assert.ok(shown);
    assert.deepEqual(traces(upload), before);
    assert.equal(await csvOf(shown.parquet), upload.text.split('\n').slice(0, 4).join('\n') + '\n');
    upload.target.before = () => undefined;
    await upload.round();
    assert.equal([...upload.target.objects.keys()][0], shown.path);
  });

  test('of a contribution has its columns and its id only', async t => {
    const upload = new SmallUpload(t);
    upload.log(15);
    const recipients = [await identityToRecipient(await generateIdentity())];
    upload.options = { mode: 'contribute', study: 'one', recipients };
    const shown = await preview(upload.all);
    assert.ok(shown);
    const [header = '', row = ''] = (await csvOf(shown.parquet)).split('\n');
    assert.ok(header.split(',').includes('total_utilization'));
    assert.ok(!header.split(',').includes('ram_used_mb') && upload.text.includes('ram_used_mb'));
    const id = row.split(',')[header.split(',').indexOf('hardware_id')] ?? '';
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.ok(!upload.text.includes(id));
    assert.match(shown.path, new RegExp(`^study=one/device=${id}/date=2026-02-27/`));
  });

  test('of nothing is nothing', async t => {
    assert.equal(await preview(new SmallUpload(t).all), undefined);
  });
});
