import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { ClientState, SamplerClient, SamplerClientOptions } from '../../src/client/sampler-client.ts';
import { DEFAULT_CONFIG, withOverlay } from '../../src/common/config/schema.ts';
import {
  FrameNotification,
  LayoutNotification,
  LogNotification,
  PROTOCOL_VERSION,
  RetiringNotification,
  type WorkloadMessage,
  WorkloadNotification,
} from '../../src/common/protocol.ts';
import { writeOwner } from '../../src/runtime/owner.ts';
import { identify } from '../../src/runtime/process-identity.ts';
import { FakeSampler, frame, LAYOUT, until, WORKLOAD } from './fake-sampler.ts';

// What the build sets: without a version of our own, every other is newer.
Reflect.set(globalThis, 'OPTIMETRICS_VERSION', '0.2.0');
const { SamplerClient: Client } = await import('../../src/client/sampler-client.ts');

/** A client beside a fake sampler, and what it told. */
class Bench {
  readonly sampler: FakeSampler;
  readonly client: SamplerClient;
  readonly states: ClientState[] = [];
  readonly log: string[] = [];
  /** The program that is started when there is no sampler. */
  readonly samplerFile: string;

  constructor(t: TestContext, options: Partial<SamplerClientOptions> = {}) {
    this.sampler = new FakeSampler(t);
    this.sampler.version = '0.2.0';
    this.samplerFile = path.join(this.sampler.paths.directory, 'sampler.cjs');
    this.client = new Client({
      client: 'window',
      samplerFile: this.samplerFile,
      runtimeDirectory: this.sampler.paths.directory,
      dataDirectory: '/data',
      writesLog: false,
      config: DEFAULT_CONFIG,
      onForeignConfig: 'keep',
      ...options,
    });
    this.client.onState(() => this.states.push(this.client.state));
    this.client.onLog(({ message }) => this.log.push(message));
    t.after(() => this.client.stop({ endIfLast: false }));
  }

  async running(): Promise<this> {
    await this.sampler.start();
    this.client.start({ isManual: false });
    await until('a connection', () => this.client.state === 'running');
    return this;
  }

  /** Puts a program in place of the sampler. */
  program(code: string): void {
    fs.writeFileSync(this.samplerFile, code);
  }
}

describe('SamplerClient', { skip: process.platform === 'win32' && 'Unix sockets' }, () => {
  test('knows the kind of work, and passes on corrections', async t => {
    const bench = new Bench(t);
    const heard: WorkloadMessage[] = [];
    bench.client.onWorkload(message => heard.push(message));
    await assert.rejects(bench.client.correctWorkload({ category: 'idle' }), /the sampler is not running/);
    await assert.rejects(bench.client.forgetCorrections(), /the sampler is not running/);
    assert.equal(bench.client.workload, undefined);
    await bench.running();
    assert.deepEqual(heard, [WORKLOAD]);
    const news = { ...WORKLOAD, categories: ['gaming'] };
    await bench.sampler.clients[0]?.rpc.sendNotification(WorkloadNotification, news);
    await until('the news', () => heard.length === 2);
    assert.deepEqual(bench.client.workload, news);
    assert.equal(await bench.client.correctWorkload({ category: 'idle' }), 2);
    await assert.rejects(
      bench.client.correctWorkload({ category: 'dancing' }),
      /^Error: not one of the kinds/,
    );
    assert.equal(await bench.client.forgetCorrections(), 2);
    assert.deepEqual(bench.sampler.asked.slice(-3), ['correct idle', 'correct dancing', 'forget']);
  });

  test('connects to the sampler that runs and passes on what it says', async t => {
    const bench = new Bench(t);
    const [layouts, frames, lines]: [unknown[], number[], string[]] = [[], [], []];
    bench.client.onLayout(layout => layouts.push(layout));
    bench.client.onFrame(({ seq }) => frames.push(seq));
    bench.client.onLog(({ message }) => lines.push(message));
    assert.equal(bench.client.state, 'stopped');
    await bench.running();
    assert.deepEqual(bench.states, ['starting', 'running']);
    assert.deepEqual(layouts, [LAYOUT]);
    assert.equal(bench.client.sampler?.pid, bench.sampler.pid);
    assert.equal(bench.client.frame, undefined);
    const [sampler] = bench.sampler.clients;
    await sampler?.rpc.sendNotification(FrameNotification, frame(1));
    await sampler?.rpc.sendNotification(LogNotification, { level: 'info', message: 'a line' });
    await until('both', () => lines.includes('a line'));
    assert.deepEqual(frames, [1]);
    assert.deepEqual(bench.client.frame, frame(1));
    assert.deepEqual(bench.sampler.asked, ['subscribe']);
  });

  test('has no frame of other columns than its layout', async t => {
    const { sampler, client } = await new Bench(t).running();
    const rpc = sampler.clients[0]?.rpc;
    await rpc?.sendNotification(FrameNotification, frame(1));
    await until('the frame', () => client.frame !== undefined);
    await rpc?.sendNotification(LayoutNotification, { columns: ['a', 'total_utilization'], gpus: [] });
    await until('the layout', () => client.layout?.columns.length === 2);
    assert.equal(client.frame, undefined);
    await rpc?.sendNotification(FrameNotification, frame(2, [1, 2]));
    await until('the next frame', () => client.frame?.seq === 2);
  });

  test('is told of new settings, or leaves those that run alone, as it was asked to', async t => {
    const config = withOverlay(DEFAULT_CONFIG, { general: { loggingInterval: 5 } });
    for (const [onForeignConfig, asked] of [
      ['apply', ['subscribe', 'configure']],
      ['keep', ['subscribe']],
    ] as const) {
      const { sampler } = await new Bench(t, { onForeignConfig, config }).running();
      await until('all requests', () => sampler.asked.length >= asked.length);
      assert.deepEqual(sampler.asked, asked);
    }
    const { sampler } = await new Bench(t, { onForeignConfig: 'apply' }).running();
    assert.deepEqual(sampler.asked, ['subscribe'], 'the same settings are not sent');
  });

  test('connects anew when the sampler is replaced, and says that it was on purpose', async t => {
    const bench = await new Bench(t).running();
    const { sampler, client } = bench;
    await sampler.clients[0]?.rpc.sendNotification(RetiringNotification, {
      reason: 'version 0.3.0 takes over',
    });
    await sampler.stop();
    await until('the end', () => client.state === 'starting');
    assert.equal(client.detail, 'The sampler was replaced.');
    assert.equal(client.frame, undefined);
    await sampler.start();
    await until('the next', () => client.state === 'running');
    assert.equal(client.detail, '');
    assert.ok(bench.log.includes('the sampler ends: version 0.3.0 takes over'));
    assert.ok(!bench.log.some(line => line.includes('died')));
  });

  test('asks an older sampler to retire, and takes the next', async t => {
    const { sampler, client } = new Bench(t);
    sampler.version = '0.1.9';
    await sampler.start();
    client.start({ isManual: false });
    await until('the request', () => sampler.asked.length > 0);
    assert.deepEqual(sampler.asked.slice(0, 1), ['retire false: version 0.2.0 takes over']);
    sampler.version = '0.2.0';
    await until('the next', () => client.state === 'running');
  });

  test('uses a newer sampler of the same protocol, and says what to do about one of another', async t => {
    const newer = new Bench(t);
    newer.sampler.version = '0.3.0';
    await newer.running();
    assert.deepEqual(newer.sampler.asked, ['subscribe']);

    const { sampler, client } = new Bench(t);
    sampler.version = '1.0.0';
    sampler.protocol = PROTOCOL_VERSION + 1;
    await sampler.start();
    client.start({ isManual: false });
    await until('a verdict', () => client.state === 'failed');
    assert.match(client.detail, /newer version 1\.0\.0\. Reload the window/);
  });

  test('says why no sampler starts, without a path, and tries at once when asked to', async t => {
    const bench = new Bench(t);
    const { client } = bench;
    bench.program('process.stderr.write("no luck in /home/Jane Doe/x: denied"); process.exit(1)');
    client.start({ isManual: false });
    await until('a failure', () => client.state === 'failed');
    assert.match(
      client.detail,
      /does not start: it ended with an error \(no luck in …: denied\)\. .*Show Log/,
    );
    const tries = (): number =>
      bench.log.filter(line => line.startsWith('the sampler does not start')).length;
    const before = tries();
    client.start({ isManual: true });
    await until('another try', () => tries() > before);

    bench.program('throw new Error("broken in /home/Jane Doe")');
    client.start({ isManual: true });
    await until('another failure', () => client.state === 'failed' && client.detail.includes('broken'));
    assert.match(client.detail, /does not start: it ended with an error \(Error: broken in …\)\. /);
    assert.ok(!client.detail.includes('Jane') && !client.detail.includes(path.basename(bench.samplerFile)));
    // The log has all of it, once.
    const printed = bench.log.filter(line => line.startsWith('it printed:') && line.includes('broken'));
    assert.equal(printed.length, 1);
    assert.match(printed[0] ?? '', /^ {4}at /m);
    assert.ok(!printed[0]?.includes('Jane'));
    const shouting = new Bench(t, { translate: text => text.toUpperCase() });
    shouting.program('process.exit(1)');
    shouting.client.start({ isManual: false });
    await until('a failure', () => shouting.client.state === 'failed');
    assert.match(shouting.client.detail, /^THE SAMPLER DOES NOT START/);
  });

  test('starts a sampler with what it needs to know, and out of this folder', async t => {
    const bench = new Bench(t, { writesLog: true, config: DEFAULT_CONFIG });
    const note = path.join(bench.sampler.paths.directory, 'note.json');
    bench.program(
      `const fs = require('fs'); const config = JSON.parse(fs.readFileSync(0, 'utf8'));
       fs.writeFileSync(${JSON.stringify(`${note}.new`)}, JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), config,
         names: Object.keys(process.env) }));
       fs.renameSync(${JSON.stringify(`${note}.new`)}, ${JSON.stringify(note)}); process.exit(1)`,
    );
    process.env['NODE_OPTIONS'] = '--no-warnings';
    process.env['VSCODE_PID'] = '1';
    t.after(() => {
      Reflect.deleteProperty(process.env, 'NODE_OPTIONS');
      Reflect.deleteProperty(process.env, 'VSCODE_PID');
    });
    bench.client.start({ isManual: true });
    await until('a start', () => fs.existsSync(note));
    const { args, cwd, config, names } = JSON.parse(fs.readFileSync(note, 'utf8')) as Record<string, unknown>;
    assert.deepEqual(args, [
      '--runtime-dir',
      bench.sampler.paths.directory,
      '--data-dir',
      '/data',
      '--manual',
    ]);
    assert.equal(cwd, '/');
    assert.deepEqual(config, JSON.parse(JSON.stringify(DEFAULT_CONFIG)));
    assert.deepEqual(
      (names as string[]).filter(name => /^(NODE_|VSCODE_)/.test(name)),
      [],
    );
  });

  test('does not wait out a pause between two attempts when a person asks', async t => {
    const bench = await new Bench(t).running();
    const { sampler, client } = bench;
    bench.program('process.exit(3)'); // as one that finds another listening
    // Faults in a row make the next pause long.
    for (let fault = 0; fault < 2; fault++) {
      await sampler.stop();
      await until('the end', () => client.state !== 'running');
      await sampler.start();
      await until('the next', () => client.state === 'running');
    }
    await sampler.stop();
    await until('the end', () => client.state !== 'running');
    assert.match(bench.log.at(-1) ?? '', /starting another in 2 s/);
    await sampler.start();
    client.start({ isManual: true });
    await until('it is asked to try everything again', () => sampler.asked.at(-1) === 'clearQuarantine');
    assert.equal(client.state, 'running');
  });

  test('a manual start while all is well tries again what is in quarantine', async t => {
    const { sampler, client } = await new Bench(t).running();
    client.start({ isManual: false });
    client.start({ isManual: true });
    await until('the request', () => sampler.asked.length >= 2);
    assert.deepEqual(sampler.asked, ['subscribe', 'clearQuarantine']);
    assert.equal(client.state, 'running');
  });

  test('ends a sampler that does not answer, and only the one that noted itself', async t => {
    const hang = async (started?: string): Promise<Bench & { readonly hung: ChildProcess }> => {
      const bench = new Bench(t);
      bench.sampler.onConnection = () => 'leave';
      await bench.sampler.start();
      const hung = spawn('sleep', ['60']);
      t.after(() => hung.kill('SIGKILL'));
      const identity = identify(hung.pid ?? 0);
      assert.ok(identity);
      writeOwner(bench.sampler.paths.owner, { ...identity, ...(started === undefined ? {} : { started }) });
      bench.client.start({ isManual: false });
      return Object.assign(bench, { hung });
    };
    const [owner, other] = [await hang(), await hang('0')];
    assert.deepEqual(await once(owner.hung, 'exit'), [null, 'SIGKILL']);
    owner.sampler.onConnection = () => 'serve';
    await until('an answer', () => owner.client.state === 'running');
    await until('notice', () => other.log.some(line => line.includes('hangs')));
    assert.equal(other.hung.signalCode, null, 'another process with its number is left alone');
  });

  test('stops, asks the sampler to end if nobody else needs it, and starts again', async t => {
    const { sampler, client, states } = await new Bench(t).running();
    await client.stop({ endIfLast: true });
    assert.deepEqual(sampler.asked, ['subscribe', 'retire true: the last client stopped it']);
    assert.deepEqual([client.state, client.frame, client.sampler], ['stopped', undefined, undefined]);
    await assert.rejects(client.history({ seconds: 5 }), /not running/);
    await assert.rejects(
      client.range({ from: 0, to: 1 }, () => undefined),
      /not running/,
    );
    await client.configure(DEFAULT_CONFIG);
    client.start({ isManual: false });
    await until('a connection', () => client.state === 'running');
    assert.deepEqual(states, ['starting', 'running', 'stopped', 'starting', 'running']);
  });

  test('stops in the middle of a start', async t => {
    const { sampler, client } = new Bench(t);
    await sampler.start();
    client.start({ isManual: false });
    await client.stop({ endIfLast: true });
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal(client.state, 'stopped');
    assert.equal(sampler.clients.filter(({ socket }) => !socket.destroyed).length, 0);
  });
});
