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
const history = { times: [1, 2], columns: ['a'], series: [[1, null]] };

const answer = {
  category: 'coding_development',
  confidence: 0.8,
  sinceMs: 1,
  runnerUp: { category: 'idle', confidence: 0.1 },
  reasons: ['CPU 40 %'],
  probabilities: { coding_development: 0.8, idle: 0.1 },
};
const workload = {
  current: answer,
  categories: ['coding_development', 'idle'],
  times: { atMs: 5, today: { idle: 1 }, week: { idle: 2 } },
};
const span = { category: 'idle', from: 1, to: 2 };

const HOST: readonly HostMessage[] = [
  { type: 'sync', layout, state: 'running', detail: '', machine: 'this machine', workload },
  { type: 'sync', layout: null, state: 'failed', detail: 'why', machine: 'this machine', workload: null },
  { type: 'workload', workload },
  { type: 'workload', workload: { ...workload, current: null } },
  { type: 'history', request: 2, history: { ...history, workload: [span] } },
  { type: 'layout', layout },
  { type: 'state', state: 'starting', detail: '', machine: 'this machine' },
  { type: 'frame', frame },
  { type: 'history', request: 1, history },
  { type: 'historyFailed', request: 1, why: 'why' },
];

const WEBVIEW: readonly WebviewMessage[] = [
  { type: 'ready' },
  { type: 'history', request: 0, seconds: 660, columns: ['a'] },
  { type: 'command', command: 'start' },
  { type: 'command', command: 'showLog' },
  { type: 'command', command: 'correctWorkload' },
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
      { type: 'sync', layout: undefined, state: 'running', detail: '', machine: 'this machine' },
      { type: 'sync', layout, state: 'asleep', detail: '', machine: 'this machine', workload },
      { type: 'sync', layout, state: 'running', detail: '', machine: 'this machine' },
      { type: 'workload', workload: null },
      { type: 'workload', workload: { ...workload, categories: [1] } },
      { type: 'workload', workload: { ...workload, times: { ...workload.times, week: { idle: '2' } } } },
      { type: 'workload', workload: { ...workload, current: { ...answer, reasons: [7] } } },
      { type: 'workload', workload: { ...workload, current: { ...answer, confidence: Number.NaN } } },
      { type: 'workload', workload: { ...workload, current: { ...answer, runnerUp: {} } } },
      { type: 'history', request: 1, history: { ...history, workload: [{ ...span, to: null }] } },
      { type: 'history', request: 1, history: { ...history, workload: {} } },
      { type: 'state', state: 'running' },
      { type: 'layout', layout: { columns: [1], gpus: [] } },
      { type: 'layout', layout: { columns: [], gpus: [{ name: 'a' }] } },
      { type: 'layout', layout: { columns: [] } },
      { type: 'frame', frame: { ...frame, values: ['1'] } },
      { type: 'frame', frame: { ...frame, utcMs: Number.NaN } },
      { type: 'frame', frame: { ...frame, values: [Number.POSITIVE_INFINITY] } },
      { type: 'frame', frame: null },
      { type: 'history', request: -1, history },
      { type: 'history', request: 1, history: { ...history, series: [[1]] } },
      { type: 'history', request: 1, history: { ...history, series: [] } },
      { type: 'history', request: 1, history: { ...history, times: [1, null] } },
      { type: 'historyFailed', request: 1.5, why: '' },
      { type: 'historyFailed', request: 1, why: 7 },
    ];
    for (const message of wrong) assert.equal(parseHostMessage(message), undefined, JSON.stringify(message));
  });
});

describe('parseWebviewMessage', () => {
  test('takes every message there is', () => {
    for (const message of WEBVIEW) assert.equal(parseWebviewMessage(message), message);
  });

  test('drops what is malformed, and commands that are none of the dashboard’s', () => {
    const wrong: unknown[] = [
      undefined,
      7,
      { type: 'command', command: 'workbench.action.terminal.sendSequence' },
      { type: 'command' },
      { type: 'history', request: 1, seconds: 0, columns: [] },
      { type: 'history', request: 1, seconds: 3601, columns: [] },
      { type: 'history', request: 1, seconds: Number.NaN, columns: [] },
      { type: 'history', request: 1, seconds: 60, columns: [null] },
      { type: 'history', request: '1', seconds: 60, columns: [] },
      { type: 'history', request: 1, seconds: 60 },
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
        assert.ok(parsed === undefined || parsed === value);
      }
    }),
  );
});
