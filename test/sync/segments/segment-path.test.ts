import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readDeviceKey } from '../../../src/sync/segments/device-key.ts';
import { segmentPath, studyOf } from '../../../src/sync/segments/segment-path.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';

const SHA256 = 'ab'.repeat(32);
const DEVICE = '0123456789abcdef'.repeat(2);

describe('where a segment goes', () => {
  test('folders as Hive has them, the digest, and an ending that tells whether it is sealed', () => {
    const options = { study: 'backup', device: DEVICE, date: '2026-02-27', sha256: SHA256 };
    const folder = `study=backup/device=${DEVICE}/date=2026-02-27`;
    assert.equal(segmentPath({ ...options, isSealed: true }), `${folder}/${SHA256}.sealed`);
    assert.equal(segmentPath({ ...options, isSealed: false }), `${folder}/${SHA256}.parquet`);
  });

  test('the study: backup, the one that is set, or one that all with the same recipients are in', () => {
    const recipients = ['age1b', 'age1a'];
    assert.equal(studyOf({ mode: 'backup', study: 'mine', recipients }), 'backup');
    assert.equal(studyOf({ mode: 'contribute', study: 'a-b_9', recipients }), 'a-b_9');
    const digest = createHash('sha256').update('age1a\nage1b').digest('hex').slice(0, 8);
    assert.equal(studyOf({ mode: 'contribute', study: '', recipients }), digest);
    assert.equal(studyOf({ mode: 'contribute', study: '', recipients: recipients.toReversed() }), digest);
    for (const study of ['Upper', 'a/b', '..', 'a b', 'é', 'a'.repeat(65), 'backup'])
      assert.throws(() => studyOf({ mode: 'contribute', study, recipients }), /a study’s name is/, study);
  });
});

describe('the key of the ids', () => {
  test('is made once, for this user alone, and made anew when it is damaged', t => {
    const data = path.join(temporaryDirectory(t), 'data');
    const key = readDeviceKey(data);
    const file = path.join(data, 'sync', 'device.key');
    assert.equal(key.length, 32);
    assert.ok(readDeviceKey(data).equals(key) && fs.readFileSync(file).equals(key));
    if (process.platform !== 'win32') {
      assert.equal(fs.statSync(file).mode & 0o777, 0o600);
      assert.equal(fs.statSync(path.dirname(file)).mode & 0o777, 0o700);
    }
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ['device.key']);
    fs.writeFileSync(file, key.subarray(1));
    const other = readDeviceKey(data);
    assert.ok(!other.equals(key) && readDeviceKey(data).equals(other));
  });

  test('a folder that cannot be made is told', t => {
    const data = path.join(temporaryDirectory(t), 'data');
    fs.writeFileSync(data, '');
    assert.throws(() => readDeviceKey(data), { code: 'ENOTDIR' });
  });
});
