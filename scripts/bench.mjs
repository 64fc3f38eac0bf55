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

  --only PART   measures that part; can be given more than once:
                  activation  of the extension
                  sizes       of what is built
                  start       of the sampler
                  tick        parts of a tick
                  host-tick   what the extension costs VS Code's extension host a second
                  processes   whole processes, beside other monitors
                  scale       ticks by the number of cores, GPUs, disks and interfaces
                  classifier  updates of the workload class; more than a minute
                  week        memory over a simulated week; some minutes
                  log         sizes of logs, from recordings, and what writing them costs
                  history     opening 10 minutes, 24 hours and 30 days of the log; some minutes
                  dashboard   opening it, its CPU time, memory and frames, in Chromium and in VS Code; ten minutes
                  encryption  sealing and opening files, beside raw AES-256-GCM
                  wire        bytes that an upload sends an hour, from recordings
                  sending     memory and CPU time of uploads, beside rclone where it is installed
  --seconds N   how long processes are measured, 60 when not given; at least 5
  --ticks N     how many ticks the simulated week has, 604800 when not given; at least 1000
  --docs        puts the tables into docs/performance.md and draws docs/images/scale.svg
  --json        one JSON document on standard output; progress goes to standard error
  --help        this text`;

const DEFAULT_SECONDS = 60;
const LEAST_SECONDS = 5;
const DEFAULT_TICKS = 604_800;
const LEAST_TICKS = 1000;
const MOST_TICKS = 100_000_000;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        seconds: { type: 'string', default: String(DEFAULT_SECONDS) },
        ticks: { type: 'string', default: String(DEFAULT_TICKS) },
        docs: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values.seconds);
    if (!(seconds >= LEAST_SECONDS && seconds <= 3600))
      throw new UserError(`--seconds ${values.seconds}: a number from ${LEAST_SECONDS} to 3600.`, 2);
    const ticks = Number(values.ticks);
    if (!(Number.isSafeInteger(ticks) && ticks >= LEAST_TICKS && ticks <= MOST_TICKS))
      throw new UserError(`--ticks ${values.ticks}: a whole number from ${LEAST_TICKS} to ${MOST_TICKS}.`, 2);
    return { ...values, seconds, ticks };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError(`${message}. See the options with: npm run bench -- --help`, 2);
  }
}

/**
 * @param {readonly string[] | undefined} only
 * @param {readonly import('./bench/parts.ts').Part[]} all
 */
function partsOf(only, all) {
  const unknown = only?.find(part => !all.some(one => one === part));
  if (unknown !== undefined) throw new UserError(`--only ${unknown}: the parts are ${all.join(', ')}.`, 2);
  return all.filter(part => only?.includes(part) ?? true);
}

/** Sends what the steps print to standard error from now on; returns how to print the document. */
function reserveStandardOutput() {
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return print;
}

await main(async () => {
  const { seconds, ticks, json, docs, help, only } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  const print = json ? reserveStandardOutput() : undefined;
  await ensureDependencies();
  // What is measured is TypeScript, and was not installed until now.
  const { register } = await import('tsx/esm/api');
  register();
  const { PARTS } = await import('./bench/parts.ts');
  const parts = partsOf(only, PARTS);
  await step('Building', () => run(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT }));
  const { measureAll } = await import('./bench/all.ts');
  const { reportText } = await import('./bench/report.ts');
  const { writeDocs } = await import('./bench/docs.ts');
  const results = await measureAll({ parts, seconds, weekTicks: ticks });
  if (print) print(`${JSON.stringify(results, undefined, 2)}\n`);
  else console.log(`\n${reportText(results)}`);
  if (docs) console.log(`\nWritten: ${writeDocs(results).join(', ')}`);
  return 0;
});
