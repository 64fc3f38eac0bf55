import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';
import type { SamplerClient } from '../../src/client/sampler-client.ts';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import { diagnosticsText } from '../../src/extension/diagnostics.ts';

const CONTEXT = {
  vscodeVersion: '1.101.0',
  machine: 'remote machine over SSH',
  isTrusted: false,
  changedSettings: ['general.loggingInterval', 'logging.logDirectory'],
  problems: 0,
};

/** What is looked at of a client. */
const client = (facts: Partial<SamplerClient>): SamplerClient =>
  ({
    state: 'stopped',
    detail: '',
    status: undefined,
    sampler: undefined,
    ...facts,
  }) as unknown as SamplerClient;

test('says what a bug report needs', () => {
  const text = diagnosticsText(
    client({
      state: 'running',
      sampler: {
        protocol: 1,
        version: '0.2.0',
        pid: 4711,
        startedAt: Date.now() - 180_000,
        config: {
          ...DEFAULT_CONFIG,
          logging: { ...DEFAULT_CONFIG.logging, logDirectory: '/home/jane/logs' },
        },
      },
      status: {
        adapters: [{ name: 'cpu', group: 'cpu', state: 'ok', detail: '16 cores' }],
        log: { state: 'paused', why: 'no space left on the disk (ENOSPC)', rowsWritten: 7 },
        hardwareId: '476aa2f138590064966c48cda3e6a773',
        intervalSeconds: 1,
        container: false,
        clients: 2,
      },
    }),
    CONTEXT,
  );
  for (const line of [
    'OptiMetrics 0.0.0',
    `VS Code 1.101.0, Node ${process.versions.node}`,
    'Workspace trusted: no',
    'Settings changed: general.loggingInterval, logging.logDirectory',
    'Sampler: running',
    'Sampler version 0.2.0, running for 3 min, 2 clients',
    'Log: paused (no space left on the disk (ENOSPC)), 7 rows',
    'cpu  ok: 16 cores',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
  assert.match(text, /watching remote machine over SSH/);
  for (const secret of ['jane', '/home', os.hostname(), os.userInfo().username]) {
    // A user may be called root and a host after its system; what matters is that they are not told as such.
    if (secret.length > 4) assert.ok(!text.includes(secret), secret);
  }
});

test('says what it can while nothing runs', () => {
  const text = diagnosticsText(client({ state: 'failed', detail: 'The sampler does not start.' }), {
    ...CONTEXT,
    isTrusted: true,
    changedSettings: [],
  });
  assert.match(text, /Sampler: failed \(The sampler does not start\.\)\n$/);
  assert.match(text, /Settings changed: none\nSampler/);
  assert.match(text, /Workspace trusted: yes/);
});

test('says how the classification is doing, and names no profile of the user’s', () => {
  const status = {
    adapters: [],
    log: { state: 'off', rowsWritten: 0 },
    hardwareId: '',
    intervalSeconds: 1,
    container: false,
    clients: 1,
    workload: { state: 'on', corrections: 2 },
  } as const;
  const workload = (category: string): Partial<SamplerClient> => ({
    status,
    workload: {
      current: { category, confidence: 0.8, sinceMs: 0, reasons: [], probabilities: {} },
      categories: ['idle', 'project_x'],
      times: { atMs: 0, today: {}, week: {} },
    },
  });
  const line = (facts: Partial<SamplerClient>): string =>
    diagnosticsText(client(facts), { ...CONTEXT, problems: 3 })
      .split('\n')
      .filter(text => /^W(orkload:|rong)/.test(text))
      .join('|');
  const wrong = 'Wrong settings: 3 (see the log)';
  assert.equal(
    line(workload('idle')),
    `${wrong}|Workload: on, idle 80 %, profiles that add a class: 1, corrections: 2`,
  );
  assert.equal(
    line(workload('project_x')),
    `${wrong}|Workload: on, a profile 80 %, profiles that add a class: 1, corrections: 2`,
  );
  assert.equal(
    line({ status: { ...status, workload: { state: 'failed', why: 'no model', corrections: 0 } } }),
    `${wrong}|Workload: failed (no model), corrections: 0`,
  );
});
