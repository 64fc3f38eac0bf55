import os from 'node:os';
import { Headers, listLogDays } from '../rollup/log-days.ts';
import { RollupKeeper } from '../rollup/rollup-keeper.ts';

/**
 * Brings all rollups of the log folder that the command line names up to date: `dist/rollups.js`, which the sampler
 * starts where much has to be read.
 */
async function main([directory]: readonly string[]): Promise<void> {
  if (directory === undefined) throw new Error('no log folder is given');
  const keeper = new RollupKeeper({
    directory,
    saves: true,
    headers: new Headers(),
    pause: () => Promise.resolve(),
  });
  for (const day of listLogDays(directory)) {
    if ((await keeper.finished(day, 60)) && (await keeper.finished(day, 600))) continue;
    await keeper.update(day);
  }
}

os.setPriority(os.constants.priority.PRIORITY_LOW);
main(process.argv.slice(2)).catch(() => process.exit(1));
