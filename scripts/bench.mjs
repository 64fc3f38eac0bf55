// `npm run bench`: what watching costs here, beside other monitors.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './lib/children.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { ROOT } from './lib/paths.mjs';
import { step, UserError } from './lib/terminal.mjs';

const HELP = `npm run bench -- [options]

Builds, measures what watching costs, and prints it beside what psutil, systeminformation and, where they are
installed, btop, node_exporter, collectd and glances cost.

  --only log    only the sizes of logs, from recordings, and what writing them costs
  --seconds N   how long the processes are measured, 60 when not given; at least 5
  --json        one JSON document on standard output; progress goes to standard error
  --help        this text`;

const DEFAULT_SECONDS = 60;
const LEAST_SECONDS = 5;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        seconds: { type: 'string', default: String(DEFAULT_SECONDS) },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values.seconds);
    if (!(seconds >= LEAST_SECONDS && seconds <= 3600))
      throw new UserError(`--seconds ${values.seconds}: a number from ${LEAST_SECONDS} to 3600.`, 2);
    const { only } = values;
    if (only !== undefined && only !== 'log')
      throw new UserError(`--only ${only}: the part that can be had alone is log.`, 2);
    return { ...values, seconds, only };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError(`${message}. See the options with: npm run bench -- --help`, 2);
  }
}

/** Sends what the steps print to standard error from now on; returns how to print the document. */
function reserveStandardOutput() {
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return print;
}

await main(async () => {
  const { only, seconds, json, help } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  const print = json ? reserveStandardOutput() : undefined;
  await ensureDependencies();
  await step('Building', () => run(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT }));
  // What is measured is TypeScript, and was not installed until now.
  const { register } = await import('tsx/esm/api');
  register();
  const { measureAll } = await import('./bench/all.ts');
  const { reportText } = await import('./bench/report.ts');
  const results = await measureAll(seconds, only === 'log' ? only : undefined);
  if (print) print(`${JSON.stringify(results, undefined, 2)}\n`);
  else console.log(`\n${reportText(results)}`);
  return 0;
});
