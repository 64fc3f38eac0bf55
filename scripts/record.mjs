// `npm run record`: records real programs with the built sampler, as training data for the workload classes.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './lib/children.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { ROOT } from './lib/paths.mjs';
import { step, UserError } from './lib/terminal.mjs';

const HELP = `npm run record -- [options] SCENARIO …

Runs real programs on a display of its own (Xvfb), drives them, and records the machine meanwhile. Needs Linux, root, and
the programs; nothing else should run on the machine.

  --seconds N      length of each recording, 180 when not given
  --seed N         decides pauses and choices, 1 when not given
  --processors L   processors that the workload may use (taskset), such as 0 or 0,1; all when not given
  --out DIR        where the traces go, test/fixtures/traces when not given
  --pictures DIR   puts a picture of the display at the end of each recording there
  --list           prints the scenarios
  --help           this text`;

await main(async () => {
  const { values, positionals } = parseArgs({
    options: {
      seconds: { type: 'string', default: '180' },
      seed: { type: 'string', default: '1' },
      processors: { type: 'string', default: '' },
      out: { type: 'string', default: path.join(ROOT, 'test', 'fixtures', 'traces') },
      pictures: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const seconds = Number(values.seconds);
  if (!(seconds >= 30 && seconds <= 3600))
    throw new UserError(`--seconds ${values.seconds}: a number from 30 to 3600.`, 2);
  await ensureDependencies();
  const { register } = await import('tsx/esm/api');
  register();
  const { listScenarios } = await import('./record/scenarios.ts');
  if (values.list) {
    for (const { name, class: label, program, packages } of listScenarios())
      console.log(
        `${name.padEnd(20)} ${label.padEnd(20)} ${program} (${packages.join(' ') || 'nothing to install'})`,
      );
    return 0;
  }
  if (positionals.length === 0) throw new UserError('Name scenarios; --list prints them.', 2);
  await step('Building', () => run(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT }));
  const { recordAll } = await import('./record/all.ts');
  await recordAll({
    scenarios: positionals,
    seconds,
    seed: Number(values.seed),
    folder: values.out,
    processors: values.processors,
    pictures: values.pictures,
  });
  return 0;
});
