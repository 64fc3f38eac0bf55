import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMountinfo } from '../../src/common/mountinfo.ts';
import { hostileText } from '../sampler/proc/hostile-text.ts';

const SAMPLE = `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
40 36 0:45 /@ /srv/a\\040b\\011c\\134d\\043e rw shared:20 master:2 propagate_from:1 unbindable - btrfs /dev/disk\\040x rw
41 36 0:46 / /run rw - tmpfs  rw
`;

test('reads the fields before and after the dash, however many optional ones there are', () => {
  assert.deepEqual(parseMountinfo(SAMPLE), [
    {
      id: 36,
      parent: 35,
      device: '98:0',
      root: '/mnt1',
      mountPoint: '/mnt2',
      type: 'ext3',
      source: '/dev/root',
    },
    {
      id: 40,
      parent: 36,
      device: '0:45',
      root: '/@',
      mountPoint: '/srv/a b\tc\\d#e',
      type: 'btrfs',
      source: '/dev/disk x',
    },
    { id: 41, parent: 36, device: '0:46', root: '/', mountPoint: '/run', type: 'tmpfs', source: '' },
  ]);
});

test('leaves out lines that are none', () => {
  for (const line of [
    '',
    'x',
    '1 2 3 4 5 6',
    '1 2 8:1 / /a rw - ext4',
    'a 2 8:1 / /a rw - ext4 b',
    '1 2 8 / /a rw - e f',
  ]) {
    assert.deepEqual(parseMountinfo(line), [], line);
  }
});

test('whatever the bytes, it does not throw', () => {
  fc.assert(
    fc.property(hostileText(SAMPLE), bytes => {
      for (const mount of parseMountinfo(Buffer.from(bytes).toString('latin1'))) {
        assert.ok(Number.isSafeInteger(mount.id) && Number.isSafeInteger(mount.parent));
      }
    }),
    { numRuns: 500 },
  );
});
