import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { DashboardCommand, HostMessage, SamplerState } from '../../../src/common/dashboard.ts';
import type {
  FrameMessage,
  HistoryParams,
  HistoryResult,
  LayoutMessage,
  WorkloadMessage,
} from '../../../src/common/protocol.ts';
import { Conversation } from '../../../src/extension/dashboard/conversation.ts';
import type { DashboardSource } from '../../../src/extension/dashboard/source.ts';

class Signal<T> {
  readonly listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void): { dispose: () => void } => {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
}

class FakeSource implements DashboardSource {
  layout: LayoutMessage | undefined = { columns: ['a', 'b'], gpus: [] };
  state: SamplerState = 'running';
  detail = '';
  machine = 'this machine';
  workload: WorkloadMessage | undefined;
  readonly workloads = new Signal<WorkloadMessage>();
  readonly onWorkload = this.workloads.event;
  readonly frames = new Signal<FrameMessage>();
  readonly layouts = new Signal<LayoutMessage>();
  readonly states = new Signal<void>();
  readonly onFrame = this.frames.event;
  readonly onLayout = this.layouts.event;
  readonly onState = this.states.event;
  asked: HistoryParams[] = [];
  answer: () => Promise<HistoryResult> = () => Promise.resolve({ times: [], columns: [], series: [] });

  history(params: HistoryParams): Promise<HistoryResult> {
    this.asked.push(params);
    return this.answer();
  }
}

const WORKLOAD: WorkloadMessage = {
  current: null,
  categories: ['idle'],
  times: { atMs: 0, today: {}, week: {} },
};
const frame: FrameMessage = { seq: 1, utcMs: 1, category: '', values: [1, 2], absent: '' };

function start(visible = true): {
  source: FakeSource;
  posted: HostMessage[];
  ran: DashboardCommand[];
  conversation: Conversation;
} {
  const source = new FakeSource();
  const posted: HostMessage[] = [];
  const ran: DashboardCommand[] = [];
  const conversation = new Conversation(
    source,
    { post: message => posted.push(message), run: command => ran.push(command) },
    visible,
  );
  return { source, posted, ran, conversation };
}

describe('Conversation', () => {
  test('says nothing before the webview is ready; then the state, then what changes', () => {
    const { source, posted, conversation } = start();
    source.frames.fire(frame);
    assert.deepEqual(posted, []);
    conversation.receive({ type: 'ready' });
    source.layouts.fire({ columns: ['a'], gpus: [] });
    source.state = 'failed';
    source.detail = 'why';
    source.states.fire();
    source.frames.fire(frame);
    source.workloads.fire(WORKLOAD);
    assert.deepEqual(posted, [
      {
        type: 'sync',
        layout: { columns: ['a', 'b'], gpus: [] },
        state: 'running',
        detail: '',
        machine: 'this machine',
        workload: null,
      },
      { type: 'layout', layout: { columns: ['a'], gpus: [] } },
      { type: 'state', state: 'failed', detail: 'why', machine: 'this machine' },
      { type: 'frame', frame },
      { type: 'workload', workload: WORKLOAD },
    ]);
  });

  test('tells a webview that opens before the first connection so', () => {
    const { source, posted, conversation } = start();
    source.layout = undefined;
    source.state = 'starting';
    conversation.receive({ type: 'ready' });
    assert.deepEqual(posted, [
      {
        type: 'sync',
        layout: null,
        state: 'starting',
        detail: '',
        machine: 'this machine',
        workload: null,
      },
    ]);
  });

  test('sends nothing to a hidden webview, and brings it up to date when it is seen again', async () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    let answer: (result: HistoryResult) => void = () => assert.fail('no history asked for');
    source.answer = () => new Promise(resolve => (answer = resolve));
    conversation.receive({ type: 'history', request: 1, seconds: 60, columns: ['a'] });
    posted.length = 0;
    conversation.visible = false;
    source.frames.fire(frame);
    source.states.fire();
    conversation.receive({ type: 'ready' });
    answer({ times: [], columns: [], series: [] });
    await setImmediate();
    assert.equal(posted.length, 0);
    conversation.visible = true;
    source.frames.fire(frame);
    assert.deepEqual(
      posted.map(message => message.type),
      ['sync', 'frame'],
    );
    conversation.visible = true;
    assert.equal(posted.length, 2);
  });

  test('asks for history of the columns there are, and answers with the request’s number', async () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    const history: HistoryResult = { times: [1], columns: ['b'], series: [[2]] };
    source.answer = () => Promise.resolve(history);
    conversation.receive({ type: 'history', request: 7, seconds: 660, columns: ['b', '../etc', 'gone'] });
    await setImmediate();
    assert.deepEqual(source.asked, [{ seconds: 660, columns: ['b'] }]);
    assert.deepEqual(posted.at(-1), { type: 'history', request: 7, history });
  });

  test('a rejected request is told, without paths', async () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    source.answer = () => Promise.reject(new Error('lost /home/user/sock'));
    conversation.receive({ type: 'history', request: 8, seconds: 60, columns: [] });
    await setImmediate();
    const last = posted.at(-1);
    assert.ok(last?.type === 'historyFailed' && last.request === 8);
    assert.match(last.why, /lost/);
    assert.doesNotMatch(last.why, /home/);
  });

  test('runs the commands it knows and ignores everything else', () => {
    const { posted, ran, conversation } = start();
    for (const command of ['start', 'showLog', 'workbench.action.reloadWindow']) {
      conversation.receive({ type: 'command', command });
    }
    conversation.receive(null);
    conversation.receive({ type: 'ready', extra: 1 });
    assert.deepEqual(ran, ['start', 'showLog']);
    assert.equal(posted.length, 1);
  });

  test('is silent and deaf after its end', async () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    conversation.receive({ type: 'history', request: 1, seconds: 60, columns: ['a'] });
    conversation.dispose();
    await setImmediate();
    source.frames.fire(frame);
    assert.equal(posted.length, 1);
    assert.equal(
      source.frames.listeners.size + source.layouts.listeners.size + source.states.listeners.size,
      0,
    );
  });
});
