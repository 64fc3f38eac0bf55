import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redirectFor } from '../../../src/extension/upload/loopback-redirect.ts';

const LISTENING = 'http://127.0.0.1:40001/';

test('a port that VS Code forwards is used by the number of this machine, and nothing else that it offers', () => {
  assert.equal(redirectFor(LISTENING, LISTENING), LISTENING);
  assert.equal(redirectFor(LISTENING, 'http://localhost:50002/'), 'http://127.0.0.1:50002/');
  assert.equal(redirectFor(LISTENING, 'http://[::1]:50002/'), 'http://127.0.0.1:50002/');
  for (const other of [
    'https://40001-space.example.dev/',
    'http://code.example.org/proxy/40001/',
    'http://127.0.0.1:8080/proxy/40001/',
    'http://localhost/',
    'https://localhost:50002/',
    'vscode://x/y',
    '',
  ])
    assert.equal(redirectFor(LISTENING, other), LISTENING, other);
});
