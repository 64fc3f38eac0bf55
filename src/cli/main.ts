import path from 'node:path';
import { readModel } from '../classify/model.ts';
import { SamplerClient } from '../client/sampler-client.ts';
import type { Config } from '../common/config/schema.ts';
import { describeFault } from '../common/faults.ts';
import type { LogLevel } from '../common/protocol.ts';
import { VERSION } from '../common/version.ts';
import { dataDirectory, runtimeDirectory } from '../runtime/directories.ts';
import { parseAll, parseOptions } from './arguments.ts';
import { answersText, classifyFiles } from './classify.ts';
import { commandConfig } from './cli-config.ts';
import { diagnose, diagnosisText } from './doctor.ts';
import { logCommand } from './log/log-command.ts';
import { privateSampler } from './private-sampler.ts';
import { profileConfig } from './profile-config.ts';
import { readingsTable } from './readout.ts';
import { Run } from './run.ts';
import { takeReadings, toSample } from './sample.ts';
import { EXIT, HELP, UsageError } from './usage.ts';

/** The sampler is built beside this command. */
const SAMPLER_FILE = path.join(__dirname, 'sampler.js');
/** What `npm run train` made. */
const MODEL_FILE = path.join(__dirname, '..', 'configs', 'workload-model.json');
/** How long `run --test` runs unless told otherwise, in seconds. */
const TEST_SECONDS = 10;

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'run':
      await run(rest);
      break;
    case 'sample':
      await sample(rest);
      break;
    case 'doctor':
      await doctor(rest);
      break;
    case 'classify':
      return classify(rest);
    case 'log':
      return logCommand(rest);
    // What these need is loaded only for them: it takes 5 MB, and “run” lives long.
    case 'keys':
      return (await import('./keys/keys-command.ts')).keysCommand(rest);
    case 'sync':
      return (await import('./sync/sync-command.ts')).syncCommand(rest);
    case 'decrypt':
      return (await import('./decrypt/decrypt-command.ts')).decryptCommand(rest);
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(HELP);
      break;
    case '--version':
      process.stdout.write(`${VERSION}\n`);
      break;
    default:
      throw new UsageError(
        `${command === undefined ? 'no command was given' : `there is no command “${command}”`}; try optimetrics --help`,
      );
  }
  return EXIT.done;
}

async function run(argv: readonly string[]): Promise<void> {
  const values = parseOptions(argv, {
    'config': { type: 'string' },
    'log-dir': { type: 'string' },
    'duration': { type: 'string' },
    'test': { type: 'boolean', default: false },
    'isolated': { type: 'boolean', default: false },
    'verbose': { type: 'boolean', default: false },
  });
  const dataFolder = dataDirectory();
  const config = await commandConfig({ config: values.config, logDirectory: values['log-dir'] }, dataFolder);
  const seconds = values.duration === undefined ? undefined : parseSeconds(values.duration);
  const common = { samplerFile: SAMPLER_FILE, dataDirectory: dataFolder, config, writesLog: true };
  const isolated = values.isolated ? privateSampler(common) : undefined;
  const client =
    isolated?.client ??
    new SamplerClient({
      ...common,
      client: 'terminal',
      runtimeDirectory: runtimeDirectory(),
      onForeignConfig: 'keep',
    });
  const running = new Run(client, {
    config,
    seconds: seconds ?? (values.test ? TEST_SECONDS : undefined),
    isTest: values.test,
    threshold: threshold(config, values.verbose),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      running.end();
    });
  }
  try {
    await running.toTheEnd();
  } finally {
    await (isolated ? isolated.end() : client.stop({ endIfLast: true }));
  }
}

/** A terminal is for the readout: only warnings interrupt it, unless somebody asks for more. */
function threshold({ debug }: Config, isVerbose: boolean): LogLevel {
  if (isVerbose || debug.verbose) return 'debug';
  return debug.logLevel === 'ERROR' ? 'error' : 'warn';
}

async function sample(argv: readonly string[]): Promise<void> {
  const values = parseOptions(argv, {
    json: { type: 'boolean', default: false },
    config: { type: 'string' },
  });
  await withPrivateSampler(values.config, async client => {
    const readings = await takeReadings(client);
    const text = values.json
      ? `${JSON.stringify(toSample(readings, client.status?.hardwareId ?? ''))}\n`
      : readingsTable(readings);
    process.stdout.write(text);
  });
}

async function doctor(argv: readonly string[]): Promise<void> {
  const values = parseOptions(argv, {
    json: { type: 'boolean', default: false },
    config: { type: 'string' },
  });
  await withPrivateSampler(values.config, async (client, logDirectory) => {
    const readings = await takeReadings(client);
    if (!client.status) throw new Error('the sampler did not say how it is doing');
    const diagnosis = await diagnose(readings, client.status, {
      logDirectory,
      runtimeDirectory: runtimeDirectory(),
    });
    process.stdout.write(values.json ? `${JSON.stringify(diagnosis)}\n` : diagnosisText(diagnosis));
  });
}

/**
 * Answers what can be answered; a file that cannot gets a line on standard error, and the command fails.
 *
 * @returns the exit code
 */
function classify(argv: readonly string[]): number {
  const { values, positionals } = parseAll(argv, {
    json: { type: 'boolean', default: false },
    profile: { type: 'string' },
  });
  if (positionals.length === 0)
    throw new UsageError('classify takes one or more files; try optimetrics --help');
  const config = profileConfig(values.profile, line => process.stderr.write(`optimetrics: ${line}\n`));
  const { answers, errors } = classifyFiles(positionals, {
    model: readModel(MODEL_FILE),
    ...config,
  });
  process.stdout.write(values.json ? `${JSON.stringify(answers)}\n` : answersText(answers));
  for (const error of errors) process.stderr.write(`optimetrics: ${error}\n`);
  return errors.length > 0 ? EXIT.failed : EXIT.done;
}

/** Runs `use` with a short-lived sampler that nobody else sees: a driver that crashes costs its columns only. */
async function withPrivateSampler(
  configFile: string | undefined,
  use: (client: SamplerClient, logDirectory: string) => Promise<void>,
): Promise<void> {
  const dataFolder = dataDirectory();
  const config = await commandConfig({ config: configFile }, dataFolder);
  const fast = {
    ...config,
    general: { ...config.general, loggingInterval: Math.min(1, config.general.loggingInterval) },
  };
  const isolated = privateSampler({
    samplerFile: SAMPLER_FILE,
    dataDirectory: dataFolder,
    config: fast,
    writesLog: false,
  });
  try {
    isolated.client.start({ isManual: true });
    await use(isolated.client, config.logging.logDirectory);
  } finally {
    await isolated.end();
  }
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new UsageError(`--duration takes a number of seconds above 0, not “${text}”`);
}

function exit(code: number): void {
  // What was printed goes out first; a pipe may take its time.
  process.stdout.write('', () => process.exit(code));
}

main(process.argv.slice(2)).then(exit, (error: unknown) => {
  const why = error instanceof Error && !('code' in error) ? error.message : describeFault(error);
  process.stderr.write(`optimetrics: ${why}\n`);
  exit(error instanceof UsageError ? EXIT.usage : EXIT.failed);
});
