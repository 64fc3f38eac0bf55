import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import { logThreshold, reaches } from '../../src/common/log-threshold.ts';

const threshold = (logLevel: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR', verbose = false) =>
  logThreshold({ ...DEFAULT_CONFIG.debug, logLevel, verbose });

test('the configured level, or everything when verbose', () => {
  assert.deepEqual(
    (['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const).map(level => threshold(level)),
    ['debug', 'info', 'warn', 'error'],
  );
  assert.equal(threshold('ERROR', true), 'debug');
});

test('a line gets through at its own level and above', () => {
  assert.ok(reaches('warn', 'warn'));
  assert.ok(reaches('error', 'warn'));
  assert.ok(!reaches('info', 'warn'));
  assert.ok(!reaches('debug', 'info'));
  assert.ok(reaches('debug', 'debug'));
});
