import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  parseHostMessage,
  parseWebviewMessage,
  type HostMessage,
  type WebviewMessage,
} from '../../src/common/dashboard.ts';

const layout = { columns: ['total_utilization'], gpus: [{ name: 'a', vendor: 'nvidia' }] };
const frame = { seq: 1, utcMs: 5, category: '', values: [1, null], absent: 'u' };
const result = { columns: ['a'], stepMs: 1_000, source: 'rows' } as const;
const chunk = {
  times: [1, 2],
  categories: ['idle', ''],
  mean: [[1, null]],
  min: [[0, null]],
  max: [[2, null]],
};
const usage = { cpuPercent: 0.1, rssMb: 48, seconds: 10 };
const adapter = { name: 'cpu', group: 'cpu', state: 'ok', detail: 'proc' } as const;
const status = {
  adapters: [
    { ...adapter, remedy: 'r', limitations: [{ what: 'power', why: 'root only', remedy: 'chgrp' }] },
  ],
  limits: { cpu: { cores: 0.5, hostCores: 8 }, memory: { mb: 1, hostMb: 2 } },
  intervalSeconds: 1,
  workload: { state: 'failed' as const, why: 'the model cannot be used' },
};
const arrangement = {
  places: [{ id: 'cpu', isHidden: false, width: 'half', height: 'large' }],
  cores: [0, 3],
} as const;

const answer = {
  category: 'coding_development',
  confidence: 0.8,
  sinceMs: 1,
  runnerUp: { category: 'idle', confidence: 0.1 },
  reasons: ['CPU 40 %'],
  reasonData: [{ key: 'cpu', values: ['40 %'] }],
  probabilities: { coding_development: 0.8, idle: 0.1 },
};
const workload = {
  current: answer,
  categories: ['coding_development', 'idle'],
  times: { atMs: 5, today: { idle: 1 }, week: { idle: 2 } },
};

const sync = {
  layout,
  frame,
  state: 'running',
  detail: '',
  machine: 'this machine',
  status,
  usage,
  workload,
} as const;
const nothing = { layout: null, frame: null, status: null, usage: null, workload: null };
const range = { request: 0, from: 0, to: 60_000, points: 1_000, columns: ['a'] };

const session = {
  category: '',
  from: 5,
  to: 9,
  coveredMs: 4,
  ofClassMs: 4,
  confidence: 80,
  cpu: { mean: 1, peak: 2 },
  gpu: { gpu: 0, mean: 1, peak: 2 },
  power: {
    mean: 1,
    peak: 2,
    wh: 3,
    sources: [
      { wh: 1, knownMs: 4 },
      { gpu: 1, wh: 2, knownMs: 1 },
    ],
  },
};
const sessions = { stepMs: 60_000, sessions: [session], earlier: 0 };
/** An answer with one session that is not as it should be. */
const malformed = (change: object): unknown => ({
  type: 'sessions',
  request: 1,
  result: { ...sessions, sessions: [{ ...session, ...change }] },
});

const HOST: readonly HostMessage[] = [
  { type: 'sync', ...sync },
  { type: 'sync', ...sync, ...nothing, state: 'failed', detail: 'why' },
  { type: 'workload', workload },
  { type: 'workload', workload: { ...workload, current: null } },
  { type: 'layout', layout },
  { type: 'state', state: 'starting', detail: '', machine: 'this machine' },
  { type: 'status', status },
  { type: 'status', status: { adapters: [adapter], intervalSeconds: 0.1 } },
  { type: 'usage', usage },
  { type: 'frame', frame },
  { type: 'rangeChunk', request: 1, chunk: { ...chunk, head: result } },
  { type: 'rangeChunk', request: 1, chunk: { times: [], categories: [], mean: [[]] } },
  { type: 'rangeDone', request: 1, result },
  { type: 'rangeFailed', request: 1, why: 'why' },
  { type: 'sessions', request: 1, result: sessions },
  { type: 'sessions', request: 1, result: { stepMs: 600_000, sessions: [], earlier: 3 } },
  { type: 'sessionsFailed', request: 1, why: 'why' },
];

const WEBVIEW: readonly WebviewMessage[] = [
  { type: 'ready' },
  { type: 'range', ...range },
  { type: 'cancelRange', request: 3 },
  { type: 'sessions', request: 4, from: 0, to: 5 },
  { type: 'cancelSessions', request: 4 },
  { type: 'arranged', arrangement },
  { type: 'command', command: 'start' },
  { type: 'command', command: 'showLog' },
  { type: 'command', command: 'correctWorkload' },
  { type: 'watchCores', watches: true },
  { type: 'shown', isShown: false },
  { type: 'used' },
];

describe('parseHostMessage', () => {
  test('takes every message there is, also after a trip through JSON', () => {
    for (const message of HOST) {
      assert.equal(parseHostMessage(message), message);
      assert.deepEqual(parseHostMessage(JSON.parse(JSON.stringify(message))), message);
    }
  });

  test('drops what is malformed', () => {
    const wrong: unknown[] = [
      undefined,
      null,
      'ready',
      [],
      {},
      { type: 'nothing' },
      { type: 'sync', ...sync, layout: undefined },
      { type: 'sync', ...sync, frame: 7 },
      { type: 'sync', ...sync, state: 'asleep' },
      { type: 'sync', ...sync, workload: undefined },
      { type: 'sync', ...sync, status: { ...status, adapters: [{ name: 'cpu' }] } },
      { type: 'status', status: { ...status, limits: { cpu: { cores: 1 } } } },
      { type: 'status', status: { ...status, workload: { state: 'gone' } } },
      {
        type: 'status',
        status: { ...status, adapters: [{ ...adapter, limitations: [{ what: 1, why: '' }] }] },
      },
      { type: 'usage', usage: { ...usage, rssMb: null } },
      { type: 'workload', workload: null },
      { type: 'workload', workload: { ...workload, categories: [1] } },
      { type: 'workload', workload: { ...workload, times: { ...workload.times, week: { idle: '2' } } } },
      { type: 'workload', workload: { ...workload, current: { ...answer, reasons: [7] } } },
      { type: 'workload', workload: { ...workload, current: { ...answer, reasonData: ['cpu'] } } },
      {
        type: 'workload',
        workload: { ...workload, current: { ...answer, reasonData: [{ key: 'cpu', values: [7] }] } },
      },
      { type: 'workload', workload: { ...workload, current: { ...answer, confidence: Number.NaN } } },
      { type: 'workload', workload: { ...workload, current: { ...answer, runnerUp: {} } } },
      { type: 'state', state: 'running' },
      { type: 'layout', layout: { columns: [1], gpus: [] } },
      { type: 'layout', layout: { columns: [], gpus: [{ name: 'a' }] } },
      { type: 'layout', layout: { columns: [] } },
      { type: 'frame', frame: { ...frame, values: ['1'] } },
      { type: 'frame', frame: { ...frame, utcMs: Number.NaN } },
      { type: 'frame', frame: { ...frame, values: [Number.POSITIVE_INFINITY] } },
      { type: 'frame', frame: null },
      { type: 'rangeChunk', request: -1, chunk },
      { type: 'rangeChunk', request: 1, chunk: { ...chunk, mean: [[1]] } },
      { type: 'rangeChunk', request: 1, chunk: { ...chunk, max: [['1', null]] } },
      { type: 'rangeChunk', request: 1, chunk: { ...chunk, categories: ['idle'] } },
      { type: 'rangeChunk', request: 1, chunk: { ...chunk, times: [1, null] } },
      { type: 'rangeChunk', request: 1, chunk: { ...chunk, head: { ...result, stepMs: 0 } } },
      { type: 'rangeDone', request: 1, result: { ...result, source: 'net' } },
      { type: 'rangeFailed', request: 1.5, why: '' },
      { type: 'rangeFailed', request: 1, why: 7 },
      { type: 'sessionsFailed', request: 1 },
      { type: 'sessions', request: 1, result: null },
      { type: 'sessions', request: 1, result: { ...sessions, stepMs: 0 } },
      { type: 'sessions', request: 1, result: { ...sessions, earlier: -1 } },
      { type: 'sessions', request: 1, result: { ...sessions, sessions: Array(1_001).fill(session) } },
      { type: 'sessions', request: 1, result: { ...sessions, sessions: [null] } },
      malformed({ category: 7 }),
      malformed({ to: 4 }),
      malformed({ coveredMs: Number.NaN }),
      malformed({ cpu: { mean: 1 } }),
      malformed({ gpu: { mean: 1, peak: 2 } }),
      malformed({ power: { ...session.power, sources: [{ wh: 1 }] } }),
      malformed({ power: { mean: 1, peak: 2, wh: Number.POSITIVE_INFINITY, sources: [] } }),
    ];
    for (const message of wrong) assert.equal(parseHostMessage(message), undefined, JSON.stringify(message));
  });
});

describe('parseWebviewMessage', () => {
  test('takes every message there is', () => {
    for (const message of WEBVIEW) assert.deepEqual(parseWebviewMessage(message), message);
  });

  test('drops what is malformed, and commands that are none of the dashboard’s', () => {
    const wrong: unknown[] = [
      undefined,
      7,
      { type: 'command', command: 'workbench.action.terminal.sendSequence' },
      { type: 'command' },
      { type: 'range', ...range, to: -1 },
      { type: 'range', ...range, from: 70_000 },
      { type: 'range', ...range, to: Number.POSITIVE_INFINITY },
      { type: 'range', ...range, points: 0 },
      { type: 'range', ...range, points: 2_001 },
      { type: 'range', ...range, columns: [null] },
      { type: 'range', ...range, columns: Array<string>(2_001).fill('a') },
      { type: 'range', ...range, request: '1' },
      { type: 'cancelRange' },
      { type: 'sessions', request: 4, from: 6, to: 5 },
      { type: 'sessions', request: 4, from: 0 },
      { type: 'sessions', from: 0, to: 5 },
      { type: 'cancelSessions', request: -1 },
      { type: 'arranged', arrangement: {} },
      { type: 'shown' },
      { type: 'shown', isShown: 'yes' },
    ];
    for (const message of wrong)
      assert.equal(parseWebviewMessage(message), undefined, JSON.stringify(message));
  });
});

test('property: no value makes either parser throw, and what they take is what they were given', () => {
  fc.assert(
    fc.property(fc.anything(), value => {
      for (const parse of [parseHostMessage, parseWebviewMessage]) {
        const parsed = parse(value);
        assert.ok(parsed === undefined || parsed === value || parsed.type === 'arranged');
      }
    }),
  );
});
