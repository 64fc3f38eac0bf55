// `npm run train`: the model that tells kinds of work, and how good it is on sources that it has not seen.
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { UserError } from './lib/terminal.mjs';

const HELP = `npm run train -- [options]

Trains the workload model on the project's recordings (test/fixtures/traces), on the window statistics of traces from
elsewhere (scripts/train/window-statistics.json) and on the prior, and writes configs/workload-model.json. The same
inputs give the same bytes.

  --traces DIR   traces from elsewhere: a folder a class and manifest.json. Their window statistics are taken anew, and
                 --evaluate plays them. Also from the environment variable OPTIMETRICS_TRACES
  --evaluate     writes no model: leaves out every source in turn and says how good the answers are; plays the traces of
                 --traces and the recordings
  --json         with --evaluate: one JSON document on standard output
  --docs         with --evaluate: puts the results into docs/classification.md and draws docs/images/reliability.svg
  --help         this text`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        traces: { type: 'string' },
        evaluate: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        docs: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError(`${message}. See the options with: npm run train -- --help`, 2);
  }
}

await main(async () => {
  const { traces = process.env['OPTIMETRICS_TRACES'], evaluate, json, docs, help } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  await ensureDependencies();
  // What trains is TypeScript, and was not installed until now.
  const { register } = await import('tsx/esm/api');
  register();
  const { evaluateModel, trainModel } = await import('./train/all.ts');
  if (evaluate) evaluateModel(traces, { json, docs });
  else trainModel(traces);
  return 0;
});
