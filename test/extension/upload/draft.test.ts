import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONFIG } from '../../../src/common/config/schema.ts';
import {
  beginDraft,
  credentialsOf,
  type Draft,
  enteredFor,
  withEntered,
} from '../../../src/extension/upload/draft.ts';
import { faultOf, s3Fields, studyFields, webdavFields } from '../../../src/extension/upload/fields.ts';

const { cloud } = DEFAULT_CONFIG;

function webdav(url: string): Draft {
  return { ...beginDraft(cloud), cloud: { ...cloud, provider: 'webdav', webdav: { url } } };
}

describe('what is entered in a set-up', () => {
  test('credentials are for the place that they were entered for, and no other', () => {
    const draft = withEntered(withEntered(webdav('https://one.example/a'), 'user', 'me'), 'password', 'word');
    assert.deepEqual(credentialsOf(draft)?.credentials, { provider: 'webdav', user: 'me', password: 'word' });
    const moved = { ...draft, cloud: { ...draft.cloud, webdav: { url: 'https://two.example/a' } } };
    assert.deepEqual(enteredFor(moved), {});
    assert.equal(credentialsOf(moved), undefined);
    assert.deepEqual(enteredFor(withEntered(moved, 'user', 'you')), { user: 'you' });
  });

  test('a part that is missing or taken out leaves none', () => {
    const draft = withEntered(webdav('https://one.example/'), 'user', 'me');
    assert.equal(credentialsOf(draft), undefined);
    const whole = withEntered(draft, 'password', 'word');
    assert.equal(credentialsOf(withEntered(whole, 'password', '')), undefined);
    assert.equal(credentialsOf(beginDraft(cloud)), undefined, 'a folder needs none');
  });

  test('it is always encrypted, whatever was set before', () => {
    const { enabled, encryptBeforeUpload } = beginDraft({ ...cloud, encryptBeforeUpload: false }).cloud;
    assert.deepEqual([enabled, encryptBeforeUpload], [true, true]);
  });

  test('texts are checked as the settings of the same names are', () => {
    const [url] = webdavFields();
    const [endpoint, bucket, region, prefix] = s3Fields();
    const [recipients, study] = studyFields();
    assert.ok(url && endpoint && bucket && region && prefix && recipients && study);
    const right = [
      [url, 'https://cloud.example.org/dav/'],
      [url, 'http://127.0.0.1:8080/x'],
      [endpoint, ''],
      [bucket, 'my-bucket'],
      [region, 'eu-central-1'],
      [prefix, 'logs/mine'],
      [study, ''],
      [study, 'sleep-2026'],
    ] as const;
    for (const [field, text] of right) assert.equal(faultOf(field, text), '', `${field.setting} ${text}`);
    const wrong = [
      [url, ''],
      [url, 'http://example.org/'],
      [url, 'https://user:word@example.org/'],
      [endpoint, 'https://example.org/?key=1'],
      [bucket, ''],
      [bucket, 'a'],
      [prefix, '../up'],
      [recipients, ''],
      [recipients, 'age1qqqq'],
      [study, 'backup'],
      [study, 'a/b'],
    ] as const;
    for (const [field, text] of wrong) assert.notEqual(faultOf(field, text), '', `${field.setting} ${text}`);
    assert.match(faultOf(recipients, `AGE-SECRET-KEY-1${'Q'.repeat(58)}`), /secret key/);
  });
});
