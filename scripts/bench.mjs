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

  --seconds N   how long the processes are measured, 60 when not given; at least 5
  --only PART   history alone: what it costs to open 10 minutes, 24 hours and 30 days of the log
  --json        one JSON document on standard output; progress goes to standard error
  --help        this text`;

const DEFAULT_SECONDS = 60;
const LEAST_SECONDS = 5;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: String(DEFAULT_SECONDS) },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values.seconds);
    if (!(seconds >= LEAST_SECONDS && seconds <= 3600))
      throw new UserError(`--seconds ${values.seconds}: a number from ${LEAST_SECONDS} to 3600.`, 2);
    if (values.only !== undefined && values.only !== 'history')
      throw new UserError(`--only ${values.only}: the part that can be measured alone is history.`, 2);
    return { ...values, seconds };
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
  const { seconds, only, json, help } = options();
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
  if (only === 'history') {
    const { historyText, measureHistoryAlone } = await import('./bench/history.ts');
    const costs = await measureHistoryAlone();
    if (print) print(`${JSON.stringify(costs, undefined, 2)}\n`);
    else console.log(`\n${historyText(costs)}`);
    return 0;
  }
  const { measureAll } = await import('./bench/all.ts');
  const { reportText } = await import('./bench/report.ts');
  const results = await measureAll(seconds);
  if (print) print(`${JSON.stringify(results, undefined, 2)}\n`);
  else console.log(`\n${reportText(results)}`);
  return 0;
});
