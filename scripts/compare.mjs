// `npm run compare`: what the sampler says beside psutil, vmstat and iostat over the same seconds, as a Markdown table.
import path from 'node:path';
import { run } from './lib/children.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { ROOT } from './lib/paths.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { step, UserError } from './lib/terminal.mjs';

await main(async () => {
  await ensureDependencies();
  await ensureSystemPackages();
  await step('Building', () => run(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT }));
  // What measures is TypeScript, and was not installed until now.
  const { register } = await import('tsx/esm/api');
  register();
  const tools = '../test/process/harness/tools';
  const { measure, whyNotHere } = await import(`${tools}/measure.ts`);
  const { compare } = await import(`${tools}/compare.ts`);
  const { comparisonTable } = await import(`${tools}/comparison-table.ts`);
  const why = whyNotHere();
  if (why !== false) throw new UserError(`Nothing can be compared here: ${why}.`);
  const measurement = await step('Measuring under load for half a minute', measure);
  if (measurement === undefined)
    throw new UserError('A program missed a second: the machine is too busy. Try again.');
  console.log(`\n${measurement.versions}\n\n${comparisonTable(compare(measurement))}`);
  return 0;
});
