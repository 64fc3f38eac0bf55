// Measures the parts of a tick in a process of its own. Bundled as the sampler is, and started with its flags.
//   tick-worker.js <rounds> <interval in ms, 0 for back to back> <folder> <address of a socket that swallows messages>
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Frame } from '../../src/common/frame.ts';
import { buildLayout } from '../../src/common/layout.ts';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import { LogWriter } from '../../src/log/log-writer.ts';
import { logRules } from '../../src/log/rules.ts';
import { createAdapters } from '../../src/sampler/adapters/all.ts';
import type { Adapter, AdapterInfo } from '../../src/sampler/adapters/base.ts';
import { History } from '../../src/sampler/history.ts';
import { InFlightMarks } from '../../src/sampler/in-flight.ts';
import { SocketMessageWriter } from '../../src/sampler/message-writer.ts';
import { Sysroot } from '../../src/sampler/sysroot.ts';
import { frameNotification, toFrameMessage } from '../../src/sampler/wire.ts';
import type { WorkerResult } from './tick-costs.ts';

/** Back to back, this many rounds go before the first that counts. */
const WARM_UP = 300;
/** Once a second, there is time for no more. */
const WARM_UP_AT_INTERVAL = 2;
/** Part of a second at which the worker ticks: the sampler ticks on the whole second. */
const PHASE_MS = 400;

interface Opened {
  readonly adapter: Adapter;
  readonly info: AdapterInfo;
}

/** Times of the parts of a tick, in µs. */
class Laps {
  readonly times = new Map<string, number[]>();
  #started = 0n;

  start(): void {
    this.#started = process.hrtime.bigint();
  }

  /** Adds the time since the last start or stop to `part`. */
  stop(part: string): void {
    const now = process.hrtime.bigint();
    let times = this.times.get(part);
    if (!times) this.times.set(part, (times = []));
    times.push(Number(now - this.#started) / 1000);
    this.#started = process.hrtime.bigint();
  }
}

async function openAdapters(): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (const adapter of createAdapters()) {
    const info = await adapter.open({ sysroot: new Sysroot(), log: () => undefined });
    if (info.available) opened.push({ adapter, info });
  }
  return opened;
}

function bindAll(opened: readonly Opened[]): Frame {
  const count = (kind: 'core' | 'gpu' | 'disk'): number =>
    opened.reduce((sum, { info }) => sum + (info.instances?.[kind] ?? 0), 0);
  const layout = buildLayout({ core: count('core'), gpu: Math.max(1, count('gpu')), disk: count('disk') });
  for (const { adapter } of opened) {
    const find = (column: string): number => layout.slots.get(column) ?? -1;
    adapter.bind(Object.assign(find, { firstGpu: 0 }));
  }
  return new Frame(layout);
}

async function pause(intervalMs: number): Promise<void> {
  await new Promise<void>(resolve => {
    if (intervalMs === 0) setImmediate(resolve);
    else setTimeout(resolve, intervalMs - ((Date.now() - PHASE_MS) % intervalMs));
  });
}

async function main([rounds = '', interval = '', folder = '', sink = '']: readonly string[]): Promise<void> {
  const intervalMs = Number(interval);
  const opened = await openAdapters();
  const frame = bindAll(opened);
  const marks = new InFlightMarks(path.join(folder, 'in-flight'));
  const history = new History();
  const log = new LogWriter({
    directory: path.join(folder, 'log'),
    hardwareId: '0123456789abcdef'.repeat(2),
    rules: logRules(DEFAULT_CONFIG),
  });
  const socket = net.connect(sink);
  const writer = new SocketMessageWriter(socket);

  const tick = async (laps: Laps): Promise<void> => {
    frame.seq++;
    frame.utcMs = Date.now();
    frame.monotonicMs = performance.now();
    frame.clear();
    for (const { adapter } of opened) {
      laps.start();
      adapter.read(frame, 1);
      laps.stop(adapter.name);
    }
    laps.start();
    for (const { adapter } of opened) marks.enter(adapter.name);
    marks.leave();
    marks.enter('log');
    marks.leave();
    laps.stop('marks');
    // The history takes no two frames within half a second.
    frame.monotonicMs += frame.seq * 1000;
    laps.start();
    history.add(frame);
    laps.stop('history');
    log.append(frame);
    laps.stop('log row');
    const notification = frameNotification(toFrameMessage(frame));
    await new Promise<void>(resolve => {
      writer.put(notification, resolve);
    });
    laps.stop('message');
  };

  const ignored = new Laps();
  for (let i = 0; i < (intervalMs === 0 ? WARM_UP : WARM_UP_AT_INTERVAL); i++) {
    await pause(intervalMs);
    await tick(ignored);
  }
  const laps = new Laps();
  for (let i = 0; i < Number(rounds); i++) {
    await pause(intervalMs);
    await tick(laps);
  }
  const result: WorkerResult = {
    adapters: opened.map(({ adapter, info }) => ({ name: adapter.name, found: info.found })),
    columns: frame.layout.columns.length,
    times: Object.fromEntries(laps.times),
  };
  fs.writeSync(1, JSON.stringify(result));
  for (const { adapter } of opened) adapter.close();
  process.exit(0);
}

void main(process.argv.slice(2));
