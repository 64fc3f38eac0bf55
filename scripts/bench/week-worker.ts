// Runs ticks of many days at full speed and looks at the process's memory in between. Bundled as the sampler is, and
// started with its flags and `--expose-gc`.
//   week-worker.js <JSON of WeekTask>
import fs from 'node:fs';
import { createAdapters } from '../../src/sampler/adapters/all.ts';
import { Sysroot } from '../../src/sampler/sysroot.ts';
import { FastClock } from './fast-clock.ts';
import { TickPath } from './tick-path.ts';
import type { MemorySample, WeekTask } from './week.ts';

const MIB = 2 ** 20;
/** Ticks between two looks at the log folder, which would else fill the disk. */
const CLEAN_TICKS = 3600;

function look(tick: number): MemorySample {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    tick,
    rssMib: rss / MIB,
    heapUsedMib: heapUsed / MIB,
    externalMib: external / MIB,
    // Reading the folder opens it.
    descriptors: fs.readdirSync('/proc/self/fd').length - 1,
  };
}

/** Deletes the files of all days but the latest. */
function clean(folder: string): void {
  for (const name of fs
    .readdirSync(folder)
    .filter(file => file.endsWith('.csv'))
    .sort()
    .slice(0, -1)) {
    fs.rmSync(`${folder}/${name}`);
  }
}

async function main({ ticks, looks, folder, sink }: WeekTask): Promise<void> {
  const clock = new FastClock(Date.now());
  const path = await TickPath.open({ adapters: createAdapters(), sysroot: new Sysroot(), folder, sink });
  const samples = [look(0)];
  const cpu = process.cpuUsage();
  for (let tick = 1; tick <= ticks; tick++) {
    clock.advance(1000);
    await path.send(path.tick(1));
    if (tick % CLEAN_TICKS === 0) clean(`${folder}/log`);
    if (tick === Math.round((ticks * samples.length) / looks)) samples.push(look(tick));
  }
  const { user, system } = process.cpuUsage(cpu);
  const rows = path.log.status.rowsWritten;
  path.close();
  fs.writeSync(1, JSON.stringify({ samples, rows, cpuUs: user + system }));
  process.exit(0);
}

void main(JSON.parse(process.argv[2] ?? '') as WeekTask);
