import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkValue } from '../../../src/common/config/check.ts';
import { formatProblem } from '../../../src/common/config/problem.ts';
import { KEYS } from '../../../src/common/config/schema.ts';
import { parseYamlConfig } from '../../../src/common/config/yaml.ts';

const KEY = 'age1hkuazx9p2h6ngu8r5chht3rxykdss8tv5majcdsdx2unetrf53yqe8dd55';

function check(yaml: string, value: unknown): ReturnType<typeof checkValue> {
  const key = KEYS.find(each => each.yaml === yaml);
  assert.ok(key, yaml);
  return checkValue(key, value);
}

function refusal(yaml: string, value: unknown): string {
  const checked = check(yaml, value);
  assert.ok(!checked.ok, `${yaml} took ${JSON.stringify(value)}`);
  return checked.message;
}

describe('addresses', () => {
  test('are taken over TLS, and in the clear only to this machine', () => {
    for (const url of [
      '',
      'https://dav.example',
      'https://dav.example:8443/remote.php/dav/files/me@example.org/optimetrics/',
      'https://store_1.internal/',
      'https://[2001:db8::1]:9000',
      'http://127.0.0.1:9000/x',
      'http://127.1.2.3',
      'http://[::1]:8080/',
      'http://localhost:9000',
    ])
      assert.ok(check('cloud.webdav.url', url).ok, url);
    for (const url of [
      'dav.example',
      'ftp://dav.example',
      'http://dav.example',
      'http://localhost.example.org',
      'http://127.0.0.1.example.org',
      'http://127.0.0.1@example.org',
      'https://',
      'https://a b',
      'https://a/\u0000',
      'https://a\\b',
      'https://a:123456',
    ])
      assert.ok(!check('cloud.s3.endpoint', url).ok, url);
  });

  test('with credentials or a query are refused, with a word on where those belong and none of them', () => {
    for (const url of [
      'https://me:hunter2@dav.example/',
      'http://me:hunter2@127.0.0.1/',
      'https://hunter2@x',
    ]) {
      const message = refusal('cloud.webdav.url', url);
      assert.match(message, /not one with a user or a password, which belong into `optimetrics sync login`$/);
      assert.ok(!message.includes('hunter2'));
    }
    const message = refusal('cloud.webdav.url', 'https://dav.example/?token=hunter2');
    assert.match(message, /not one with a query or a fragment, which may hold a key$/);
    assert.ok(!message.includes('hunter2'));
    assert.match(refusal('cloud.s3.endpoint', 'http://store.example'), /not one without TLS$/);
    assert.match(refusal('cloud.s3.endpoint', 'http://127.0.0.1.example'), /not one without TLS$/);
    assert.match(
      refusal('cloud.webdav.url', 'http://127.0.0.1/a b'),
      /not one with a space or a backslash; a space is written %20/,
    );
    assert.match(refusal('cloud.webdav.url', 'https://dav.example/a b'), /not one with a space/);
  });
});

describe('recipients', () => {
  test('are public keys of age', () => {
    assert.ok(check('cloud.recipients', [KEY]).ok);
    for (const other of ['age1', `${KEY}q`, KEY.toUpperCase(), `age1${'q'.repeat(58)}`, ' ', 7])
      assert.ok(!check('cloud.recipients', [KEY, other]).ok, String(other));
  });

  test('with any one letter mistyped are refused', () => {
    for (let at = 4; at < KEY.length; at++) {
      const letter = KEY[at] === 'q' ? 'p' : 'q';
      const typed = KEY.slice(0, at) + letter + KEY.slice(at + 1);
      assert.equal(
        refusal('cloud.recipients', [KEY, typed]),
        'must be a list of at most 160 public keys of age (age1…), not a list whose item 2 is one with a letter mistyped: copy it again',
      );
    }
  });

  test('that are secret keys are refused, and not repeated', () => {
    const secret = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
    const message = refusal('cloud.recipients', [secret]);
    assert.match(message, /not a list whose item 1 is a secret key: take it out/);
    assert.ok(!message.includes('QQQ'));
  });
});

test('names of buckets, studies and prefixes make no path tricks', () => {
  for (const prefix of ['..', '../x', 'a/../b', '/a', 'a//b', '.hidden', 'a b', 'a\\b', 'a?b'])
    assert.ok(!check('cloud.s3.prefix', prefix).ok, prefix);
  for (const prefix of ['', 'a', 'logs/mine', 'logs/mine/', 'year=2026/x.y'])
    assert.ok(check('cloud.s3.prefix', prefix).ok, prefix);
  for (const bucket of ['a', 'a/b', '../..', '-ab', 'ab-', 'a b c'])
    assert.ok(!check('cloud.s3.bucket', bucket).ok, bucket);
  for (const study of ['..', 'a/b', '.x', 'a=b', 'A', 'ä']) assert.ok(!check('cloud.study', study).ok, study);
});

test('credentials in a file are refused, with a word on where they belong and none of them', () => {
  const text = [
    'cloud:',
    '  s3: {secret_access_key: hunter2, access_key_id: hunter2, session_token: hunter2, bucket: abc}',
    '  webdav: {user: hunter2, password: hunter2, url: "https://dav.example/"}',
    '  gdrive: {client_secret: hunter2, refresh_token: hunter2}',
    '  token: hunter2',
    '  api_key: hunter2',
    '  recipient: hunter2',
  ].join('\n');
  const { config, problems } = parseYamlConfig(text, 'config.yaml');
  assert.deepEqual(config, {
    cloud: { s3: { bucket: 'abc' }, webdav: { url: 'https://dav.example/' } },
  });
  const told = problems.map(formatProblem);
  assert.ok(!told.join().includes('hunter2'));
  const where =
    'credentials are not read from a file: take this out, change it where others could read it, and give it to `optimetrics sync login`; ignored';
  assert.deepEqual(told, [
    `config.yaml:2:8: cloud.s3.secret_access_key: ${where}`,
    `config.yaml:2:36: cloud.s3.access_key_id: ${where}`,
    `config.yaml:2:60: cloud.s3.session_token: ${where}`,
    `config.yaml:3:12: cloud.webdav.user: ${where}`,
    `config.yaml:3:27: cloud.webdav.password: ${where}`,
    `config.yaml:4:12: cloud.gdrive.client_secret: ${where}`,
    `config.yaml:4:36: cloud.gdrive.refresh_token: ${where}`,
    `config.yaml:5:3: cloud.token: ${where}`,
    `config.yaml:6:3: cloud.api_key: ${where}`,
    'config.yaml:7:3: cloud.recipient: unknown key; did you mean recipients?; ignored',
  ]);
});
