// Measures the CPU time of the classifier's updates on a made-up machine, in a process of its own. Bundled as the sampler
// is, and started with its flags.
//   classifier-worker.js <JSON of ClassifierTask>
import fs from 'node:fs';
import { Classifier } from '../../src/classify/classifier.ts';
import { readModel } from '../../src/classify/model.ts';
import { DEFAULT_CONFIG } from '../../src/common/config/schema.ts';
import { Frame } from '../../src/common/frame.ts';
import { createAdapters } from '../../src/sampler/adapters/all.ts';
import type { ClassifierTask, ClassifierWorkerResult } from './classifier.ts';
import { FastClock } from './fast-clock.ts';
import { FileTree } from './file-tree.ts';
import { TickPath } from './tick-path.ts';
import { upTo, WideMachine } from './wide-machine.ts';

/** Seconds of one kind of work, after which the load is another one, so that changes are among the updates. */
const WORK_SECONDS = 240;
/** Load of each kind of work, as a share of the most. */
const LOADS = [0.05, 0.9, 0.35, 0.6];

/**
 * Lets the values of a frame move as those of a busy machine do: what a made-up machine reads are the same rates every
 * second. What has no value has none here either.
 */
class LivelyFrame {
  readonly frame: Frame;
  #state = 20260101;

  constructor(from: Frame) {
    this.frame = new Frame(from.layout);
  }

  take(from: Frame, second: number): Frame {
    const { frame } = this;
    frame.assign(from);
    const load = LOADS[Math.floor(second / WORK_SECONDS) % LOADS.length] ?? 0;
    frame.layout.columns.forEach(({ metric: { kind, unit } }, slot) => {
      if (frame.states[slot] !== 0 || kind !== 'gauge') return;
      const share = load * (0.6 + 0.8 * this.#next());
      frame.set(slot, unit === '%' ? Math.min(100, 100 * share) : 2 * share * (from.values[slot] ?? 0));
    });
    return frame;
  }

  /** The same numbers in every run, 0 up to 1. */
  #next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}

async function main(task: ClassifierTask): Promise<void> {
  const { cores, disks, interfaces, amdGpus, intelGpus } = task.width;
  fs.mkdirSync(`${task.folder}/root`);
  const machine = new WideMachine(new FileTree(`${task.folder}/root`, task.fixtures), {
    cpus: upTo(cores),
    disks,
    interfaces,
    amdGpus,
    intelGpus,
  });
  const clock = new FastClock(Date.now());
  const path = await TickPath.open({
    adapters: createAdapters(),
    sysroot: machine.sysroot,
    folder: task.folder,
  });
  const { categories, confidenceThreshold, updateInterval, profiles } = DEFAULT_CONFIG.sessionClassification;
  const classifier = new Classifier({
    model: readModel(task.model),
    categories,
    confidenceThreshold,
    updateIntervalSeconds: updateInterval,
    profiles,
  });
  const updateUs: number[] = [];
  const tickUs: number[] = [];
  let lively: LivelyFrame | undefined;
  for (let second = 1; second <= task.warmUp + task.updates; second++) {
    const isCounted = second > task.warmUp;
    await new Promise<void>(resolve => {
      if (isCounted && task.intervalMs > 0) setTimeout(resolve, task.intervalMs);
      else setImmediate(resolve);
    });
    machine.at(second);
    clock.advance(1000);
    let before = process.cpuUsage();
    const tick = path.tick(1);
    const ofTick = cpuSince(before);
    if (lively?.frame.layout !== tick.layout) lively = new LivelyFrame(tick);
    const frame = lively.take(tick, second);
    before = process.cpuUsage();
    classifier.add(frame);
    const ofUpdate = cpuSince(before);
    if (!isCounted) continue;
    tickUs.push(ofTick);
    updateUs.push(ofUpdate);
  }
  const result: ClassifierWorkerResult = { updateUs, tickUs, columns: path.host.layout.columns.length };
  path.close();
  fs.writeSync(1, JSON.stringify(result));
  process.exit(0);
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

void main(JSON.parse(process.argv[2] ?? '') as ClassifierTask);
