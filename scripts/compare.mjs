// `npm run compare`: what the sampler says beside other tools over the same seconds, as a Markdown table.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './lib/children.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { ROOT } from './lib/paths.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { step, UserError } from './lib/terminal.mjs';

const HELP = `npm run compare -- [options]

Runs the sampler beside psutil, vmstat and iostat under a known load, and prints what each said of the same seconds.

  --gpu           beside nvidia-smi instead, for the columns of NVIDIA GPUs
  --load COMMAND  with --gpu: a shell command that uses the GPUs meanwhile; they are compared idle when not given
  --seconds N     with --gpu: how long they are compared, 20 when not given
  --help          this text`;

/** A load has this long to begin: programs for GPUs load much before they compute. */
const LEAD_SECONDS = 15;
const TOOLS = '../test/process/harness/tools';

function options() {
  try {
    const { values } = parseArgs({
      options: {
        gpu: { type: 'boolean', default: false },
        load: { type: 'string' },
        seconds: { type: 'string', default: '20' },
        help: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values.seconds);
    if (!(seconds >= 2 && seconds <= 3600))
      throw new UserError(`--seconds ${values.seconds}: a number from 2 to 3600.`, 2);
    if (values.load !== undefined && !values.gpu) throw new UserError('--load is for --gpu alone.', 2);
    return { ...values, seconds };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError(`${message}. See the options with: npm run compare -- --help`, 2);
  }
}

/** @param {string | false} why */
function refuse(why) {
  if (why !== false) throw new UserError(`Nothing can be compared here: ${why}.`);
}

async function compareWithTools() {
  const { measure, whyNotHere } = await import(`${TOOLS}/measure.ts`);
  const { compare } = await import(`${TOOLS}/compare.ts`);
  const { comparisonTable } = await import(`${TOOLS}/comparison-table.ts`);
  refuse(whyNotHere());
  const measurement = await step('Measuring under load for half a minute', measure);
  if (measurement === undefined)
    throw new UserError('A program missed a second: the machine is too busy. Try again.');
  return `${measurement.versions}\n\n${comparisonTable(compare(measurement))}`;
}

/** @param {{ seconds: number, load?: string | undefined }} options */
async function compareWithNvidiaSmi({ seconds, load }) {
  const { whyNoNvidiaSmi } = await import(`${TOOLS}/nvidia-smi.ts`);
  const { measureGpus } = await import(`${TOOLS}/gpu-measure.ts`);
  const { compareGpus, compareProcesses, gpuTable } = await import(`${TOOLS}/gpu-compare.ts`);
  refuse(whyNoNvidiaSmi());
  const { ours, theirs, processes, atProcesses } = await step(`Measuring for ${String(seconds)} s`, () =>
    measureGpus({ seconds, load, leadSeconds: load === undefined ? 2 : LEAD_SECONDS }),
  );
  return gpuTable([...compareGpus(ours, theirs), ...compareProcesses(atProcesses, processes)]);
}

await main(async () => {
  const { gpu, load, seconds, help } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  await ensureDependencies();
  await ensureSystemPackages();
  await step('Building', () => run(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT }));
  // What measures is TypeScript, and was not installed until now.
  const { register } = await import('tsx/esm/api');
  register();
  console.log(`\n${await (gpu ? compareWithNvidiaSmi({ seconds, load }) : compareWithTools())}`);
  return 0;
});
