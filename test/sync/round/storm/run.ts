import fs from 'node:fs';
import { Random } from '../random.ts';
import { KINDS, stormTarget } from './storm-targets.ts';
import { STUDIES } from './studies.ts';
import { quickFolder, World } from './world.ts';

/** What kind of event a line of the story tells. */
const EVENT =
  /^(?:killed|power cut|clock jumps|key rotated|done|waiting|spool-full|disk-full|sign-in|refused|cancelled)|journal damaged|sealed damaged|recipients/;

/** Of how many runs with which kind of target. */
const WHICH = [0, 0, 2, 1, 0, 0, 2, 0, 1, 0];

/**
 * One run: rows, faults and crashes in any order, then fair weather, then the question whether the target has the log's rows.
 *
 * @returns what has happened, a word or two each
 * @throws Error when it has not, with the story of the run
 */
export async function runStorm(seed: number): Promise<string[]> {
  const random = new Random(seed);
  const root = quickFolder();
  const target = await stormTarget(KINDS[WHICH[seed % WHICH.length] ?? 0] ?? 'memory', root, random);
  const isDamaging = random.chance(0.2);
  const world = new World(root, random, target, {
    studies: await STUDIES,
    isContribution: random.chance(0.25),
    damagesSpool: isDamaging,
    damagesJournal: isDamaging && random.chance(0.4),
  });
  try {
    await world.begin();
    for (let phase = random.whole(1, 5); phase > 0; phase--) {
      world.live();
      await world.change();
      await world.disturbedRound();
    }
    await world.settle();
    await world.check();
    const events = world.story
      .filter(line => !line.startsWith('settling'))
      .map(line => EVENT.exec(line)?.[0] ?? '');
    return [...events, ...target.answers()];
  } catch (error) {
    const story = world.story.map(line => `    ${line}`).join('\n');
    throw new Error(`seed ${String(seed)}: ${String(error)}\n${story}`, { cause: error });
  } finally {
    await target.close();
    fs.rmSync(root, { recursive: true, force: true });
  }
}
