// Measures the CPU time of ticks on a made-up machine, in a process of its own. Bundled as the sampler is, and started
// with its flags.
//   scale-worker.js <JSON of ScaleTask>
import fs from 'node:fs';
import { createAdapters } from '../../src/sampler/adapters/all.ts';
import { FastClock } from './fast-clock.ts';
import { FileTree } from './file-tree.ts';
import type { ScaleTask, ScaleWorkerResult } from './scale.ts';
import { TickPath } from './tick-path.ts';
import { upTo, WideMachine } from './wide-machine.ts';

/** Interrupt sources a core in `/proc/stat`: a server has about as many queues of disks and network cards. */
const INTERRUPTS_PER_CORE = 8;
/** The machine has been up for four months, so that its counters have as many digits as those of servers. */
const UPTIME_SECONDS = 10_000_000;

async function main(task: ScaleTask): Promise<void> {
  const { cores, disks, interfaces, amdGpus, intelGpus } = task.width;
  fs.mkdirSync(`${task.folder}/root`);
  const machine = new WideMachine(new FileTree(`${task.folder}/root`, task.fixtures), {
    cpus: upTo(cores),
    disks,
    interfaces,
    interrupts: INTERRUPTS_PER_CORE * cores,
    amdGpus,
    intelGpus,
  });
  machine.at(UPTIME_SECONDS);
  const clock = new FastClock(Date.now());
  const path = await TickPath.open({
    adapters: createAdapters(),
    sysroot: machine.sysroot,
    folder: task.folder,
    general: { perCoreColumns: task.perCoreColumns },
    sink: task.sink,
  });
  let second = UPTIME_SECONDS;
  const tick = async (intervalMs: number): Promise<number> => {
    await new Promise<void>(resolve => {
      if (intervalMs > 0) setTimeout(resolve, intervalMs);
      else setImmediate(resolve);
    });
    machine.at(++second);
    clock.advance(1000);
    const before = process.cpuUsage();
    await path.send(path.tick(1));
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  for (let i = 0; i < task.warmUp; i++) await tick(0);
  const cpuUs: number[] = [];
  for (let i = 0; i < task.ticks; i++) cpuUs.push(await tick(task.intervalMs));
  const result: ScaleWorkerResult = {
    cpuUs,
    columns: path.host.layout.columns.length,
    states: Object.fromEntries(path.host.statuses.map(({ name, state }) => [name, state])),
    gpus: path.host.gpus.length,
  };
  path.close();
  fs.writeSync(1, JSON.stringify(result));
  process.exit(0);
}

void main(JSON.parse(process.argv[2] ?? '') as ScaleTask);
