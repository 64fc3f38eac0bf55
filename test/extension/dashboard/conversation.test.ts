import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Arrangement } from '../../../src/common/arrangement.ts';
import type {
  DashboardCommand,
  DashboardStatus,
  HostMessage,
  SamplerState,
} from '../../../src/common/dashboard.ts';
import type {
  FrameMessage,
  LayoutMessage,
  RangeChunk,
  RangeParams,
  RangeResult,
  SessionsParams,
  SessionsResult,
  UsageMessage,
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
  frame: FrameMessage | undefined;
  state: SamplerState = 'running';
  detail = '';
  machine = 'this machine';
  workload: WorkloadMessage | undefined;
  status: DashboardStatus | undefined;
  usage: UsageMessage | undefined;
  readonly statuses = new Signal<void>();
  readonly onStatus = this.statuses.event;
  readonly usages = new Signal<UsageMessage>();
  readonly onUsage = this.usages.event;
  readonly workloads = new Signal<WorkloadMessage>();
  readonly onWorkload = this.workloads.event;
  readonly frames = new Signal<FrameMessage>();
  readonly layouts = new Signal<LayoutMessage>();
  readonly states = new Signal<void>();
  readonly onFrame = this.frames.event;
  readonly onLayout = this.layouts.event;
  readonly onState = this.states.event;
  readonly asked: Asked[] = [];
  readonly coreWatchers = new Set<object>();

  watchCores(who: object, watches: boolean): void {
    if (watches) this.coreWatchers.add(who);
    else this.coreWatchers.delete(who);
  }

  readonly askedSessions: AskedSessions[] = [];

  sessions(params: SessionsParams, signal: AbortSignal): Promise<SessionsResult> {
    return new Promise((resolve, reject) => {
      this.askedSessions.push({ params, signal, resolve, reject });
    });
  }

  range(
    params: Omit<RangeParams, 'token'>,
    take: (chunk: RangeChunk) => void,
    signal: AbortSignal,
  ): Promise<RangeResult> {
    return new Promise((resolve, reject) => {
      this.asked.push({ params, take, signal, resolve, reject });
      signal.addEventListener('abort', () => {
        reject(new Error('cancelled'));
      });
    });
  }
}

interface Asked {
  readonly params: Omit<RangeParams, 'token'>;
  readonly take: (chunk: RangeChunk) => void;
  readonly signal: AbortSignal;
  readonly resolve: (result: RangeResult) => void;
  readonly reject: (error: Error) => void;
}

interface AskedSessions {
  readonly params: SessionsParams;
  readonly signal: AbortSignal;
  readonly resolve: (result: SessionsResult) => void;
  readonly reject: (error: Error) => void;
}

const CHUNK: RangeChunk = { times: [1], categories: [''], mean: [[2]] };
const RESULT: RangeResult = { columns: ['b'], stepMs: 1_000, source: 'rows' };
const range = (request: number, columns: readonly string[] = ['a']) =>
  ({ type: 'range', request, from: 0, to: 60_000, points: 100, columns }) as const;

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
  kept: Arrangement[];
  uses: () => number;
  conversation: Conversation;
} {
  const source = new FakeSource();
  const posted: HostMessage[] = [];
  const ran: DashboardCommand[] = [];
  const kept: Arrangement[] = [];
  let uses = 0;
  const conversation = new Conversation(
    source,
    {
      post: message => posted.push(message),
      run: command => ran.push(command),
      keep: arrangement => kept.push(arrangement),
      used: () => uses++,
    },
    visible,
  );
  return { source, posted, ran, kept, uses: () => uses, conversation };
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
    source.status = { adapters: [], intervalSeconds: 1 };
    source.statuses.fire();
    source.usages.fire({ cpuPercent: 0.1, rssMb: 48, seconds: 10 });
    assert.deepEqual(posted, [
      {
        type: 'sync',
        layout: { columns: ['a', 'b'], gpus: [] },
        frame: null,
        state: 'running',
        detail: '',
        machine: 'this machine',
        status: null,
        usage: null,
        workload: null,
      },
      { type: 'layout', layout: { columns: ['a'], gpus: [] } },
      { type: 'state', state: 'failed', detail: 'why', machine: 'this machine' },
      { type: 'frame', frame },
      { type: 'workload', workload: WORKLOAD },
      { type: 'status', status: { adapters: [], intervalSeconds: 1 } },
      { type: 'usage', usage: { cpuPercent: 0.1, rssMb: 48, seconds: 10 } },
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
        frame: null,
        state: 'starting',
        detail: '',
        machine: 'this machine',
        status: null,
        usage: null,
        workload: null,
      },
    ]);
  });

  test('sends nothing to a hidden webview, and brings it up to date when it is seen again', async () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    conversation.receive(range(1));
    posted.length = 0;
    conversation.visible = false;
    source.frames.fire(frame);
    source.states.fire();
    conversation.receive({ type: 'ready' });
    const [asked] = source.asked;
    assert.ok(asked?.signal.aborted, 'nobody waits for it any more');
    asked.take(CHUNK);
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

  test('sends nothing to a page that nobody can see, and brings it up to date when it is seen again', () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    conversation.receive({ type: 'watchCores', watches: true });
    conversation.receive(range(1));
    posted.length = 0;
    conversation.receive({ type: 'shown', isShown: true });
    assert.equal(posted.length, 0, 'it was seen before');
    conversation.receive({ type: 'shown', isShown: false });
    assert.ok(source.asked[0]?.signal.aborted);
    assert.equal(source.coreWatchers.size, 0);
    source.frames.fire(frame);
    source.states.fire();
    conversation.visible = false;
    conversation.visible = true;
    assert.equal(posted.length, 0, 'its panel in front is not enough');
    conversation.receive({ type: 'shown', isShown: true });
    source.frames.fire(frame);
    const types = posted.map(message => message.type);
    assert.deepEqual(types, ['sync', 'frame']);
    assert.equal(source.coreWatchers.size, 1);
    conversation.receive({ type: 'shown', isShown: false });
    conversation.receive({ type: 'ready' });
    assert.equal(posted.at(-1)?.type, 'sync', 'a script that starts can be seen until it says otherwise');
  });

  test('asks for a range of the columns there are, and passes its pieces on with the request’s number', async () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    conversation.receive(range(7, ['b', '../etc', 'gone']));
    const [asked] = source.asked;
    assert.ok(asked);
    assert.deepEqual(asked.params, { from: 0, to: 60_000, points: 100, columns: ['b'] });
    asked.take(CHUNK);
    asked.resolve(RESULT);
    await setImmediate();
    assert.deepEqual(posted.slice(1), [
      { type: 'rangeChunk', request: 7, chunk: CHUNK },
      { type: 'rangeDone', request: 7, result: RESULT },
    ]);
  });

  test('a range that is cancelled says nothing more, and ends in the sampler', async () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    conversation.receive(range(1));
    conversation.receive({ type: 'cancelRange', request: 1 });
    conversation.receive({ type: 'cancelRange', request: 99 });
    source.asked[0]?.take(CHUNK);
    await setImmediate();
    assert.ok(source.asked[0]?.signal.aborted);
    assert.equal(posted.length, 1);
  });

  test('a webview that asks for ever more is answered only the latest', () => {
    const { source, conversation } = start();
    conversation.receive({ type: 'ready' });
    for (let request = 1; request <= 10; request++) conversation.receive(range(request));
    assert.equal(source.asked.length, 10);
    assert.deepEqual(
      source.asked.map(({ signal }) => signal.aborted),
      [...Array<boolean>(2).fill(true), ...Array<boolean>(8).fill(false)],
    );
  });

  test('a rejected range is told, without paths', async () => {
    const { source, posted, conversation } = start();
    conversation.receive({ type: 'ready' });
    conversation.receive(range(8));
    source.asked[0]?.reject(new Error('lost /home/user/sock'));
    await setImmediate();
    const last = posted.at(-1);
    assert.ok(last?.type === 'rangeFailed' && last.request === 8);
    assert.match(last.why, /lost/);
    assert.doesNotMatch(last.why, /home/);
  });

  test('asks for sessions, two lists at a time, and passes the answers on, or why there is none', async () => {
    const { source, posted, conversation } = start();
    const list = (request: number) => ({ type: 'sessions', request, from: 5, to: 9 }) as const;
    conversation.receive(list(1));
    assert.equal(source.askedSessions.length, 0, 'not before the webview is ready');
    conversation.receive({ type: 'ready' });
    conversation.receive(list(2));
    conversation.receive(list(3));
    conversation.receive(list(1_000_000_000));
    const [first, second, third] = source.askedSessions;
    assert.ok(first?.signal.aborted && second && third);
    assert.deepEqual(second.params, { from: 5, to: 9, most: 1_000 });
    const answer: SessionsResult = { stepMs: 60_000, sessions: [], earlier: 0 };
    first.resolve(answer);
    second.resolve(answer);
    third.resolve(answer);
    await setImmediate();
    assert.deepEqual(posted.slice(1), [
      { type: 'sessions', request: 3, result: answer },
      { type: 'sessions', request: 1_000_000_000, result: answer },
    ]);
    conversation.receive(list(4));
    source.askedSessions[3]?.reject(new Error('lost /home/user/sock'));
    await setImmediate();
    const last = posted.at(-1);
    assert.ok(last?.type === 'sessionsFailed' && last.request === 4);
    assert.doesNotMatch(last.why, /home/);
    conversation.receive(list(5));
    conversation.receive({ type: 'cancelSessions', request: 4 });
    assert.equal(source.askedSessions[4]?.signal.aborted, false);
    conversation.receive({ type: 'cancelSessions', request: 5 });
    assert.equal(source.askedSessions[4].signal.aborted, true);
    conversation.receive(list(6));
    conversation.visible = false;
    assert.equal(source.askedSessions[5]?.signal.aborted, true);
  });

  test('keeps a layout, and nothing that is none', () => {
    const { kept, conversation } = start();
    const arrangement = { places: [], cores: [1, 2] };
    conversation.receive({ type: 'arranged', arrangement: { ...arrangement, more: '<b>' } });
    conversation.receive({ type: 'arranged', arrangement: 7 });
    assert.deepEqual(kept, [arrangement]);
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
    conversation.receive(range(1));
    conversation.dispose();
    assert.ok(source.asked[0]?.signal.aborted);
    await setImmediate();
    source.frames.fire(frame);
    assert.equal(posted.length, 1);
    assert.equal(
      source.frames.listeners.size +
        source.layouts.listeners.size +
        source.states.listeners.size +
        source.statuses.listeners.size +
        source.usages.listeners.size,
      0,
    );
  });

  test('has cores read while the webview shows them and is seen', () => {
    const { source, conversation } = start();
    conversation.receive({ type: 'ready' });
    assert.equal(source.coreWatchers.size, 0);
    conversation.receive({ type: 'watchCores', watches: true });
    assert.equal(source.coreWatchers.size, 1);
    conversation.visible = false;
    assert.equal(source.coreWatchers.size, 0);
    conversation.visible = true;
    assert.equal(source.coreWatchers.size, 1, 'it has not changed its mind');
    conversation.receive({ type: 'watchCores', watches: false });
    assert.equal(source.coreWatchers.size, 0);
    conversation.receive({ type: 'watchCores', watches: true });
    conversation.dispose();
    assert.equal(source.coreWatchers.size, 0);
  });

  test('asks the webview for what it shows, and gives up when it is hidden', async () => {
    const { posted, uses, conversation } = start();
    conversation.receive({ type: 'ready' });
    const answer = conversation.export('csv');
    assert.deepEqual(posted.at(-1), { type: 'export', request: 1, kind: 'csv' });
    conversation.receive({ type: 'exportChunk', request: 1, bytes: Uint8Array.of(1, 2) });
    conversation.receive({ type: 'exportChunk', request: 1, bytes: 'not bytes' });
    conversation.receive({ type: 'exportEnd', request: 1 });
    assert.deepEqual(await answer, Uint8Array.of(1, 2));
    const lost = assert.rejects(conversation.export('png'), { name: 'ExportError', reason: 'closed' });
    conversation.visible = false;
    await lost;
    conversation.receive({ type: 'used' });
    assert.equal(uses(), 1);
  });
});
