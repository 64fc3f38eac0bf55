import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { connect, type SamplerConnection } from '../../src/client/connection.ts';
import { requestRange } from '../../src/client/range.ts';
import {
  type Config,
  type ConfigOverlay,
  DEFAULT_CONFIG,
  withOverlay,
} from '../../src/common/config/schema.ts';
import {
  ClearQuarantine,
  Configure,
  CorrectWorkload,
  ForgetCorrections,
  type FrameMessage,
  FrameNotification,
  History,
  LayoutNotification,
  LogNotification,
  Retire,
  RetiringNotification,
  StatusNotification,
  Subscribe,
  WatchCores,
  type WorkloadMessage,
  WorkloadNotification,
} from '../../src/common/protocol.ts';
import { runtimePaths } from '../../src/runtime/runtime-paths.ts';
import { writeToken } from '../../src/runtime/token.ts';
import type { AdapterInfo } from '../../src/sampler/adapters/base.ts';
import { InFlightMarks, readInFlight } from '../../src/sampler/in-flight.ts';
import { Quarantine } from '../../src/sampler/quarantine.ts';
import { Sampler } from '../../src/sampler/sampler.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { FakeAdapter, foundGpus } from './fake-adapter.ts';
import { FixtureTree } from './proc/fixture-tree.ts';
import { answer, FakeWorkload } from './workload/parts.ts';

/** A sampler in this process, reading fake adapters ten times a second. */
class Bench {
  readonly sampler: Sampler;
  readonly config: Config;
  readonly quarantine: Quarantine;
  readonly workload: FakeWorkload;
  readonly cpu = new FakeAdapter('cpu', 'cpu', { total_utilization: 12.5 });
  readonly gpu = new FakeAdapter('nvidia', 'gpu', { utilization: 10 });
  readonly paths;
  readonly logDirectory: string;
  ended = 0;
  readonly #server: net.Server;

  constructor(t: TestContext, { writesLog = false, stays = true, logDirectory = '', modelFault = '' } = {}) {
    const root = temporaryDirectory(t);
    this.logDirectory = logDirectory || path.join(root, 'logs');
    this.paths = runtimePaths(root);
    this.workload = new FakeWorkload(path.join(root, 'data'));
    if (modelFault !== '') this.workload.fault = new Error(modelFault);
    this.quarantine = new Quarantine(this.paths.quarantine);
    this.gpu.outcome = foundGpus('nvidia', 'A');
    this.config = withOverlay(DEFAULT_CONFIG, {
      general: { loggingInterval: 0.1 },
      logging: { logDirectory: this.logDirectory, enableDeltaFiltering: false },
      performance: { lowPriorityMode: false },
    });
    const tree = new FixtureTree(t).write('/proc/cpuinfo', 'model name\t: Test CPU\n');
    this.sampler = new Sampler({
      config: this.config,
      adapters: [this.cpu, this.gpu],
      sysroot: tree.sysroot,
      marks: new InFlightMarks(this.paths.inFlight),
      quarantine: this.quarantine,
      token: writeToken(this.paths.token),
      dataDirectory: path.join(root, 'data'),
      workload: this.workload,
      writesLog,
      stays,
      startUpload: () => {
        throw new Error('uploads are off, and something was started for them');
      },
      onFree: () => undefined,
      onEnd: () => this.ended++,
    });
    this.#server = net.createServer(socket => {
      this.sampler.accept(socket);
    });
    t.after(async () => {
      await this.sampler.end('the test is over');
      await new Promise(resolve => this.#server.close(resolve));
    });
  }

  async start(): Promise<this> {
    this.#server.listen(this.paths.socket);
    await once(this.#server, 'listening');
    await this.sampler.start();
    return this;
  }

  connect(client: 'window' | 'terminal' = 'window'): Promise<SamplerConnection> {
    return connect(this.paths, client, 5_000);
  }
}

/** The frames that come to a connection. */
function framesOf({ rpc }: SamplerConnection): FrameMessage[] {
  const frames: FrameMessage[] = [];
  rpc.onNotification(FrameNotification, frame => {
    frames.push(frame);
  });
  return frames;
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 1_000, `${what} within ten seconds`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

const changed = (config: Config, overlay: ConfigOverlay): Config => withOverlay(config, overlay);

describe('Sampler', { skip: process.platform === 'win32' && 'Unix sockets' }, () => {
  test('gives every client the same ticks, each once, and its history to who asks', async t => {
    const bench = await new Bench(t).start();
    const clients = [await bench.connect(), await bench.connect('terminal')];
    const frames = clients.map(framesOf);
    const [first] = clients;
    assert.ok(first);
    const { layout, status } = await first.rpc.sendRequest(Subscribe);
    await clients[1]?.rpc.sendRequest(Subscribe);
    assert.deepEqual(layout.gpus, [{ name: 'A', vendor: 'nvidia' }]);
    assert.match(status.hardwareId, /^[0-9a-f]{32}$/);
    assert.deepEqual(
      status.adapters.map(({ name, state }) => [name, state]),
      [
        ['cpu', 'ok'],
        ['nvidia', 'ok'],
      ],
    );
    assert.deepEqual([status.intervalSeconds, status.container, status.clients], [0.1, false, 2]);
    await until('frames for both', () => frames.every(list => list.length >= 3));
    const slot = layout.columns.indexOf('total_utilization');
    for (const list of frames) {
      assert.ok(
        list.every(frame => frame.values[slot] === 12.5 && frame.values.length === layout.columns.length),
      );
      assert.ok(list.every((frame, i) => i === 0 || frame.seq === (list[i - 1]?.seq ?? 0) + 1));
    }
    const history = await first.rpc.sendRequest(History, { seconds: 60, columns: ['total_utilization'] });
    assert.ok(history.times.length > 0);
    assert.deepEqual(new Set(history.series[0]), new Set([12.5]));
    // The same out of the memory of a sampler that writes no log, as a range.
    const now = Date.now();
    const points: (number | null)[] = [];
    const { source } = await requestRange(
      first.rpc,
      { from: now - 60_000, to: now, columns: ['total_utilization', 'gone'] },
      ({ mean }) => points.push(...(mean[0] ?? [])),
    );
    assert.equal(source, 'rows');
    assert.deepEqual(new Set(points), new Set([null, 12.5]));
  });

  test('tells its clients what is limited, and when that changes', async t => {
    const bench = await new Bench(t).start();
    const { rpc } = await bench.connect();
    const heard: unknown[] = [];
    rpc.onNotification(StatusNotification, ({ limits }) => {
      heard.push(limits);
    });
    const { status } = await rpc.sendRequest(Subscribe);
    assert.ok(!('limits' in status));
    bench.cpu.limits = { cpu: { cores: 0.5, hostCores: 8 } };
    await until('the limit', () => heard.length > 0);
    assert.deepEqual(heard.at(-1), bench.cpu.limits);
    assert.deepEqual((await rpc.sendRequest(Subscribe)).status.limits, bench.cpu.limits);
    bench.cpu.limits = undefined;
    await until('its end', () => heard.at(-1) === undefined);
  });

  test('never shows a tick with the columns of another layout', async t => {
    const bench = new Bench(t);
    let answer: (outcome: AdapterInfo) => void = () => undefined;
    bench.gpu.outcome = () => new Promise(resolve => (answer = resolve));
    await bench.start();
    const connection = await bench.connect();
    const seen: [columns: number, values: number][] = [];
    let columns = 0;
    connection.rpc.onNotification(LayoutNotification, layout => {
      columns = layout.columns.length;
    });
    connection.rpc.onNotification(FrameNotification, frame => {
      seen.push([columns, frame.values.length]);
    });
    const before = await connection.rpc.sendRequest(Subscribe);
    columns = before.layout.columns.length;
    await until('a tick', () => seen.length >= 1);
    const found = foundGpus('nvidia', 'A', 'B');
    bench.gpu.outcome = found;
    answer(found);
    const after = await connection.rpc.sendRequest(Subscribe);
    assert.equal(after.layout.columns.length, before.layout.columns.length + 20);
    assert.ok(after.frame === null || after.frame.values.length === after.layout.columns.length);
    const count = seen.length;
    await until('ticks of the new layout', () => seen.length >= count + 2);
    for (const [inLayout, inFrame] of seen) assert.equal(inFrame, inLayout);
  });

  test('takes up new settings at once and tells everybody', async t => {
    const bench = await new Bench(t).start();
    const [one, other] = [await bench.connect(), await bench.connect()];
    const heard: unknown[] = [];
    for (const { rpc } of [one, other]) await rpc.sendRequest(Subscribe);
    other.rpc.onNotification(LayoutNotification, layout => {
      heard.push(layout.columns.some(column => column.startsWith('gpu')));
    });
    other.rpc.onNotification(StatusNotification, status => {
      heard.push(status.intervalSeconds);
    });
    other.rpc.onNotification(LogNotification, ({ message }) => {
      heard.push(message);
    });
    await one.rpc.sendRequest(
      Configure,
      changed(bench.config, { general: { loggingInterval: 0.2, collectGpu: false } }),
    );
    await until('the news', () => heard.includes('settings changed'));
    assert.ok(heard.includes(false) && heard.includes(0.2));
    assert.equal(bench.gpu.closed, 1);
    assert.equal((await bench.connect()).hello.config.general.loggingInterval, 0.2);
  });

  test('gives the cores of a wide machine columns when the settings say so, and knows their number before', async t => {
    const bench = new Bench(t);
    bench.cpu.outcome = { available: true, found: '65 cores', instances: { core: 65 } };
    await bench.start();
    const { rpc } = await bench.connect();
    const coreColumns = async (): Promise<number> =>
      (await rpc.sendRequest(Subscribe)).layout.columns.filter(column => column.startsWith('core_')).length;
    assert.equal(await coreColumns(), 0);
    assert.deepEqual((await rpc.sendRequest(Subscribe)).status.adapters[0]?.instances, { core: 65 });
    for (const [perCoreColumns, columns] of [
      ['always', 130],
      ['never', 0],
      ['always', 130],
      ['auto', 0],
    ] as const) {
      await rpc.sendRequest(Configure, changed(bench.config, { general: { perCoreColumns } }));
      assert.equal(await coreColumns(), columns);
    }
    assert.equal(bench.cpu.closed, 0);
  });

  test('gives the cores of a wide machine to those who watch them, and to nobody else', async t => {
    const bench = new Bench(t, { writesLog: true });
    bench.cpu.readings = { total_utilization: 12.5, core_0_utilization: 1, core_64_utilization: 65 };
    bench.cpu.outcome = { available: true, found: '65 cores', instances: { core: 65 } };
    await bench.start();
    const [watcher, other] = [await bench.connect(), await bench.connect()];
    const [seen, others] = [framesOf(watcher), framesOf(other)];
    const layouts: (readonly string[])[] = [];
    watcher.rpc.onNotification(LayoutNotification, ({ columns }) => {
      layouts.push(columns);
    });
    const { columns } = (await watcher.rpc.sendRequest(Subscribe)).layout;
    await other.rpc.sendRequest(Subscribe);
    const watch = (watches: boolean): Promise<null> => watcher.rpc.sendRequest(WatchCores, { watches });
    const width = (frames: readonly FrameMessage[]): number | undefined => frames.at(-1)?.values.length;

    await watch(true);
    await until('frames with cores', () => width(seen) === columns.length + 65);
    assert.deepEqual(layouts.at(-1), [
      ...columns,
      ...Array.from({ length: 65 }, (_, core) => `core_${String(core)}_utilization`),
    ]);
    const { values, absent } = seen.at(-1) ?? { values: [], absent: '' };
    assert.equal(values[columns.length], 1);
    assert.equal(values[columns.length + 64], 65);
    assert.equal(values[columns.length + 1], null, 'the adapter left it alone');
    assert.equal(absent.length, values.filter(value => value === null).length);
    assert.equal(width(others), columns.length);
    const history = await watcher.rpc.sendRequest(History, { seconds: 60 });
    assert.ok(!history.columns.includes('core_0_utilization'));

    await watcher.rpc.sendRequest(Configure, changed(bench.config, { general: { perCoreColumns: 'never' } }));
    await until('frames without, as the settings say', () => width(seen) === columns.length);
    await watcher.rpc.sendRequest(Configure, bench.config);
    await until('frames with cores again', () => width(seen) === columns.length + 65);
    await watch(false);
    await until('frames without cores', () => width(seen) === columns.length);
    assert.deepEqual(layouts.at(-1), columns);
    await until('rows of the log', () => fs.existsSync(bench.logDirectory));
    const logs = fs.readdirSync(bench.logDirectory).filter(name => name.endsWith('.csv'));
    assert.equal(logs.length, 1, 'the log has the same columns all the time');
    const log = fs.readFileSync(path.join(bench.logDirectory, logs[0] ?? ''), 'utf8');
    assert.ok(!log.includes('core_0_utilization'));
  });

  test('keeps a terminal’s settings while it runs', async t => {
    const bench = await new Bench(t).start();
    const window = await bench.connect('window');
    const terminal = await bench.connect('terminal');
    const slower = changed(bench.config, { general: { loggingInterval: 5 } });
    await assert.rejects(window.rpc.sendRequest(Configure, slower), /a terminal runs the sampler/);
    assert.equal((await bench.connect()).hello.config.general.loggingInterval, 0.1);
    await terminal.rpc.sendRequest(Configure, slower);
    terminal.close();
    let isRefused = true;
    await until('the end of the terminal is known', () => {
      window.rpc.sendRequest(Configure, bench.config).then(
        () => {
          isRefused = false;
        },
        () => undefined,
      );
      return !isRefused;
    });
  });

  test('ends for the last client that asks, and tells all why', async t => {
    const bench = await new Bench(t, { stays: false }).start();
    const [one, other] = [await bench.connect(), await bench.connect()];
    assert.deepEqual(await one.rpc.sendRequest(Retire, { ifLast: true, reason: 'bye' }), { ending: false });
    await other.rpc.sendRequest(Subscribe);
    let reason = '';
    other.rpc.onNotification(RetiringNotification, message => {
      reason = message.reason;
    });
    assert.deepEqual(await other.rpc.sendRequest(Retire, { ifLast: true, reason: 'all have left' }), {
      ending: true,
    });
    await new Promise<void>(resolve => {
      other.onClose(resolve);
    });
    assert.equal(reason, 'all have left');
    await until('its end', () => bench.ended > 0);
    await bench.sampler.end('again');
    assert.equal(bench.ended, 1);
    assert.deepEqual([bench.cpu.closed, bench.gpu.closed], [1, 1]);
    assert.deepEqual(readInFlight(bench.paths.inFlight), { call: undefined, opening: [] });
  });

  test('stays when it was told to, but not when another version takes over', async t => {
    const bench = await new Bench(t, { stays: true }).start();
    const { rpc } = await bench.connect();
    assert.deepEqual(await rpc.sendRequest(Retire, { ifLast: true, reason: 'bye' }), { ending: false });
    assert.deepEqual(await rpc.sendRequest(Retire, { ifLast: false, reason: 'version 9' }), { ending: true });
    await until('its end', () => bench.ended === 1);
  });

  test('writes every tick to the log, those before it knew its own name too', async t => {
    const bench = await new Bench(t, { writesLog: true }).start();
    const connection = await bench.connect();
    const frames = framesOf(connection);
    await connection.rpc.sendRequest(Subscribe);
    await until('ticks', () => frames.length >= 3);
    await bench.sampler.end('over');
    const [name = ''] = fs.readdirSync(bench.logDirectory);
    const lines = fs.readFileSync(path.join(bench.logDirectory, name), 'utf8').trimEnd().split('\n');
    const times = lines.slice(1).map(line => Date.parse(line.split(',')[0] ?? ''));
    const sent = frames.map(frame => frame.utcMs);
    assert.deepEqual(times.slice(-sent.length), sent);
    assert.deepEqual(fs.readdirSync(bench.logDirectory), [name], 'the lock is gone');
  });

  test('gives class and confidence to the log, the history and the clients, and the answer when it changes', async t => {
    const bench = await new Bench(t, { writesLog: true }).start();
    const connection = await bench.connect();
    const frames = framesOf(connection);
    const heard: WorkloadMessage[] = [];
    connection.rpc.onNotification(WorkloadNotification, message => {
      heard.push(message);
    });
    const before = await connection.rpc.sendRequest(Subscribe);
    assert.equal(before.workload?.current, null);
    assert.deepEqual(before.status.workload, { state: 'on', corrections: 0 });
    const slot = before.layout.columns.indexOf('session_confidence');
    await until('ticks', () => frames.length >= 3);
    assert.ok(frames.every(frame => frame.category === '' && frame.values[slot] === null));
    bench.workload.latest.next = answer('coding_development', 0.824);
    await until('the class', () => frames.at(-1)?.category === 'coding_development');
    const first = frames.length;
    await until('more ticks', () => frames.length >= first + 5);
    assert.deepEqual(
      heard.map(({ current }) => current),
      [answer('coding_development', 0.824)],
      'once, for it has not changed since',
    );
    assert.equal(frames.at(-1)?.values[slot], 82);
    bench.workload.latest.next = answer('idle', 0.9);
    await until('the other class', () => frames.at(-1)?.category === 'idle');
    assert.deepEqual(heard.at(-1)?.current, answer('idle', 0.9));
    assert.deepEqual((await connection.rpc.sendRequest(Subscribe)).workload?.current, answer('idle', 0.9));

    let classes: (string | undefined)[] = [];
    for (let tries = 0; classes.at(-1) !== 'idle' && tries < 200; tries++) {
      // It keeps one sample a second.
      await new Promise(resolve => setTimeout(resolve, 50));
      const { workload } = await connection.rpc.sendRequest(History, { seconds: 60, columns: [] });
      classes = workload?.map(({ category }) => category) ?? [];
    }
    assert.equal(classes.at(-1), 'idle');
    await bench.sampler.end('over');
    const [name = ''] = fs.readdirSync(bench.logDirectory);
    const [header = '', ...rows] = fs
      .readFileSync(path.join(bench.logDirectory, name), 'utf8')
      .trimEnd()
      .split('\n');
    const columns = header.split(',');
    const written = rows.map(row => {
      const fields = row.split(',');
      return `${fields[columns.indexOf('session_category')] ?? ''} ${fields[columns.indexOf('session_confidence')] ?? ''}`;
    });
    assert.deepEqual(
      written.filter((one, at) => one !== written[at - 1]),
      [' ', 'coding_development 82', 'idle 90'],
    );
    assert.ok(fs.existsSync(path.join(bench.workload.directory, 'times.json')));
  });

  test('switches classification off and on while it runs', async t => {
    const bench = await new Bench(t).start();
    const connection = await bench.connect();
    const frames = framesOf(connection);
    const heard: (string | undefined)[] = [];
    connection.rpc.onNotification(WorkloadNotification, ({ current }) => {
      heard.push(current?.category);
    });
    await connection.rpc.sendRequest(Subscribe);
    bench.workload.latest.next = answer('idle');
    await until('the class', () => frames.at(-1)?.category === 'idle');
    await connection.rpc.sendRequest(
      Configure,
      changed(bench.config, { general: { enableSessionClassification: false } }),
    );
    await until('no class', () => frames.at(-1)?.category === '');
    assert.deepEqual(heard, ['idle', undefined]);
    const { status, workload } = await connection.rpc.sendRequest(Subscribe);
    assert.deepEqual([status.workload?.state, workload?.current], ['off', null]);
    await connection.rpc.sendRequest(Configure, bench.config);
    assert.equal(bench.workload.made.length, 2);
    bench.workload.latest.next = answer('gaming');
    await until('a class again', () => frames.at(-1)?.category === 'gaming');
  });

  test('goes on without a model, and says why there is no class', async t => {
    const bench = await new Bench(t, { modelFault: 'the workload model is not valid' }).start();
    const connection = await bench.connect();
    const lines: string[] = [];
    connection.rpc.onNotification(LogNotification, ({ level, message }) => {
      lines.push(`${level}: ${message}`);
    });
    const frames = framesOf(connection);
    const { status } = await connection.rpc.sendRequest(Subscribe);
    assert.equal(status.workload?.state, 'failed');
    await until('ticks', () => frames.length >= 3);
    assert.ok(
      lines.includes(
        'warn: workloads are not classified: the model cannot be used: the workload model is not valid',
      ),
      lines.join(),
    );
  });

  test('takes corrections from a client, tells all of them, and forgets them', async t => {
    const bench = await new Bench(t).start();
    const [one, other] = [await bench.connect(), await bench.connect()];
    const counts: (number | undefined)[] = [];
    other.rpc.onNotification(StatusNotification, ({ workload }) => {
      counts.push(workload?.corrections);
    });
    await other.rpc.sendRequest(Subscribe);
    assert.deepEqual(await one.rpc.sendRequest(CorrectWorkload, { category: 'ai_training' }), {
      corrections: 1,
    });
    await until('the other to know', () => counts.at(-1) === 1);
    await assert.rejects(
      one.rpc.sendRequest(CorrectWorkload, { category: 'dancing' }),
      /not one of the kinds of work/,
    );
    assert.deepEqual(await one.rpc.sendRequest(ForgetCorrections), { forgotten: 1 });
    await until('the other to know that, too', () => counts.at(-1) === 0);
  });

  test('says once when the time per class cannot be kept, and goes on', async t => {
    const bench = new Bench(t, { writesLog: true });
    fs.mkdirSync(path.dirname(bench.workload.directory), { recursive: true });
    fs.writeFileSync(bench.workload.directory, 'a file in the way');
    await bench.start();
    const connection = await bench.connect();
    const lines: string[] = [];
    connection.rpc.onNotification(LogNotification, ({ message }) => {
      lines.push(message);
    });
    const frames = framesOf(connection);
    await connection.rpc.sendRequest(Subscribe);
    bench.workload.latest.next = answer('idle');
    await until('ticks', () => frames.length >= 3);
    await bench.sampler.end('over');
    await until('its end', () => bench.ended > 0);
    await until('the line', () => lines.some(line => line.startsWith('the time per class cannot be kept: ')));
    assert.ok(!lines.join().includes(bench.workload.directory));
  });

  test('does not write the time per class after it hung there twice', async t => {
    const bench = new Bench(t, { writesLog: true });
    for (let death = 0; death < 2; death++) bench.quarantine.recordDeath('time per class', Date.now());
    await bench.start();
    bench.workload.latest.next = answer('idle');
    await until('a count', () => bench.workload.latest.ticks > 2);
    await bench.sampler.end('over');
    assert.ok(!fs.existsSync(bench.workload.directory));
  });

  test('says when the log is paused and goes on sampling', async t => {
    const file = path.join(temporaryDirectory(t), 'file');
    fs.writeFileSync(file, '');
    const bench = await new Bench(t, { writesLog: true, logDirectory: file }).start();
    const connection = await bench.connect();
    const frames = framesOf(connection);
    const { status } = await connection.rpc.sendRequest(Subscribe);
    await until('ticks', () => frames.length >= 3);
    const { log } = (await connection.rpc.sendRequest(Subscribe)).status;
    assert.deepEqual([log.state, log.rowsWritten], ['paused', 0]);
    assert.ok(!JSON.stringify([status, log]).includes(path.dirname(file)));
  });

  test('does not write a log that it hung in twice, until a manual start', async t => {
    const bench = new Bench(t, { writesLog: true });
    for (let death = 0; death < 2; death++) bench.quarantine.recordDeath('log', Date.now());
    await bench.start();
    const { rpc } = await bench.connect();
    const { status } = await rpc.sendRequest(Subscribe);
    assert.equal(status.log.state, 'paused');
    assert.ok(!fs.existsSync(bench.logDirectory));
    await rpc.sendRequest(ClearQuarantine);
    await until('the log', () => fs.existsSync(bench.logDirectory));
  });
});
