import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { samplerNodeFlags } from '../../src/client/launch.ts';

test('hot code is compiled for speed only where there are hundreds of processors', () => {
  assert.ok(samplerNodeFlags(64).includes('--no-opt'));
  assert.ok(!samplerNodeFlags(65).includes('--no-opt'));
});

test('this Node knows all flags', () => {
  for (const processors of [1, 512]) {
    const args = [...samplerNodeFlags(processors), '--eval', ''];
    assert.equal(spawnSync(process.execPath, args).status, 0);
  }
});
