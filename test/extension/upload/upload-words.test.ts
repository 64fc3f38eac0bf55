import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONFIG } from '../../../src/common/config/schema.ts';
import type { SyncOutcome, SyncPreviewResult, SyncStatus } from '../../../src/common/sync-protocol.ts';
import { NO_UPLOADS } from '../../../src/common/upload.ts';
import { needsUser, uploadLine } from '../../../src/extension/status/upload-line.ts';
import { previewText } from '../../../src/extension/upload/preview-text.ts';
import { statusActions, statusFacts } from '../../../src/extension/upload/status-facts.ts';
import { outcomeWords, removalWords } from '../../../src/extension/upload/outcome-words.ts';
import { wrapped } from '../../../src/extension/upload/wrapped.ts';

const { cloud } = DEFAULT_CONFIG;
const NOW = new Date(2026, 10, 26, 15, 0).getTime();
const MINUTE = 60_000;

const sync = (facts: Partial<SyncStatus>): SyncStatus => ({
  state: 'idle',
  mode: 'backup',
  provider: 'folder',
  waiting: NO_UPLOADS,
  confirmed: NO_UPLOADS,
  ...facts,
});

const STATES: readonly SyncStatus['state'][] = [
  ...(['idle', 'sealing', 'sending', 'paused', 'waiting'] as const),
  ...(['spool-full', 'disk-full', 'sign-in', 'refused', 'off'] as const),
];

describe('the line in the tooltip', () => {
  test('says when it was and when it goes on', () => {
    const times = { lastConfirmedMs: NOW - 30 * MINUTE, nextMs: NOW + 30 * MINUTE };
    assert.equal(uploadLine(sync(times), NOW).text, 'Uploads: last at 14:30, next at 15:30');
    const tomorrow = uploadLine(sync({ nextMs: NOW + 600 * MINUTE }), NOW).text;
    assert.equal(tomorrow, 'Uploads: nothing sent yet, next at 11-27 01:00');
  });

  test('asks for somebody only where somebody is needed', () => {
    const asking = STATES.filter(state => uploadLine(sync({ state, why: 'why' }), NOW).needsUser);
    assert.deepEqual(asking, ['sign-in', 'refused']);
    assert.deepEqual(
      STATES.filter(state => needsUser(sync({ state }))),
      asking,
    );
    assert.equal(needsUser(undefined), false);
  });
});

describe('the status', () => {
  test('names reason and remedy, and offers first what helps', () => {
    const facts = (state: SyncStatus['state'], provider: SyncStatus['provider'] = 'webdav') => ({
      cloud: { ...cloud, enabled: true, provider },
      sync: sync({ state, why: 'nobody has signed in', remedy: 'Sign in', provider }),
      key: undefined,
      nowMs: NOW,
    });
    const shown = statusFacts(facts('sign-in')).map(({ name, value }) => `${name}: ${value}`);
    assert.ok(shown.includes('Reason: nobody has signed in'));
    assert.ok(shown.includes('Remedy: Sign in'));
    assert.equal(statusActions(facts('sign-in'))[0], 'signIn');
    assert.equal(statusActions(facts('paused'))[0], 'resume');
    assert.equal(statusActions(facts('idle'))[0], 'syncNow');
    for (const state of STATES) {
      const actions = statusActions(facts(state));
      assert.equal(new Set(actions).size, actions.length, state);
      assert.ok(actions.includes('revoke'), state);
    }
  });

  test('says so where uploads are off', () => {
    const off = { cloud, sync: undefined, key: undefined, nowMs: NOW };
    assert.match(statusFacts(off)[0]?.value ?? '', /off/);
    assert.equal(statusActions(off)[0], 'setUp');
  });
});

describe('what would be sent', () => {
  const preview: SyncPreviewResult = {
    path: 'study=s/device=d/date=2026-11-26/x.sealed',
    bytes: 3_072,
    isEncrypted: true,
    rows: 2,
    fromMs: NOW,
    toMs: NOW + 1000,
    columns: ['timestamp', 'hardware_id', 'total_utilization'],
    csv: 'timestamp,hardware_id,total_utilization\n1,2,3\n4,5,6\n',
  };

  test('names who can read it and what is left out, each metric once', () => {
    const study = { ...cloud, mode: 'contribute' as const, recipients: ['age1a', 'age1b'] };
    const logColumns = ['total_utilization', 'disk_0_used_gb', 'disk_1_used_gb', 'gpu0_power_limit_watts'];
    const text = previewText({ cloud: study, preview, logColumns });
    assert.match(text, /Size as sent: +3\.0 KiB/);
    assert.match(text, /Encrypted for: +your own key, and\n +age1a\n +age1b\n/);
    assert.match(text, /Left out: +disk_N_used_gb, gpuN_power_limit_watts\n/);
    assert.match(text, /id made for this study and month/);
    assert.ok(text.endsWith(`In it, decrypted:\n\n${preview.csv}`));
  });

  test('says when not all rows are shown, and when there are none', () => {
    const part = previewText({ cloud, preview: { ...preview, rows: 900 }, logColumns: [] });
    assert.match(part, /the first 2 of 900 rows/);
    assert.match(
      previewText({ cloud, preview: undefined, logColumns: [] }),
      /no rows that would be sent yet/,
    );
  });
});

test('how an upload and a deletion ended is told in one line, with what is left and what helps', () => {
  const outcome: SyncOutcome = {
    state: 'done',
    why: '',
    remedy: '',
    confirmed: { segments: 1, rows: 12, bytes: 2048 },
    waiting: NO_UPLOADS,
  };
  assert.equal(outcomeWords(outcome), '1 file with 12 rows sent and confirmed, 2.0 KiB.');
  assert.equal(outcomeWords({ ...outcome, confirmed: NO_UPLOADS }), 'all was sent already');
  const refused = {
    state: 'refused',
    why: 'no room',
    remedy: 'Make room',
    waiting: outcome.confirmed,
  } as const;
  assert.equal(
    outcomeWords({ ...refused, confirmed: NO_UPLOADS }),
    'nothing was sent: no room. 1 file waits. Make room.',
  );
  const removal = { state: 'done', why: '', remedy: '', removed: 2, left: 0 } as const;
  assert.equal(removalWords(removal), '2 files deleted; nothing is left there.');
  assert.match(
    removalWords({ ...removal, state: 'waiting', why: 'a cut', left: 3 }),
    /a cut\. 3 files are left/,
  );
});

test('a long text is broken at its spaces', () => {
  assert.deepEqual(wrapped('one two three', 8), ['one two', 'three']);
  assert.deepEqual(wrapped('unbreakable x', 4), ['unbreakable', 'x']);
  assert.deepEqual(wrapped('', 4), []);
});
