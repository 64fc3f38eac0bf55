import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../common/config/schema.ts';
import { NOT_UPLOADED } from '../../common/config/resolve.ts';
import { describeFault } from '../../common/faults.ts';
import { dataDirectory } from '../../runtime/directories.ts';
import { takeFromEnvironment } from '../../sync/credentials/environment.ts';
import { dryRun } from '../../sync/round/dry-run.ts';
import type { DryRun, RoundResult } from '../../sync/round/result.ts';
import { type Ending, endingOf } from '../../sync/round/round-end.ts';
import { runRound } from '../../sync/round/run-round.ts';
import { Tally } from '../../sync/round/tally.ts';
import { readSwitches } from '../../sync/upload/switches.ts';
import { KEY_MADE } from '../../sync/upload/upload-keys.ts';
import { SettingsError, type Upload, uploadOf } from '../../sync/upload/upload.ts';
import { parseOptions } from '../arguments.ts';
import { commandConfigWithProblems } from '../cli-config.ts';
import { EXIT, UsageError } from '../usage.ts';
import { loginCommand, logoutCommand } from './login.ts';
import { ProgressLine } from './progress-line.ts';
import { dryRunJson, dryRunText, resultJson, resultText } from './result-text.ts';

/** How long it waits for another process that is uploading to the same place, and how often it looks. */
const LOCKED_MS = 60_000;
const LOOK_MS = 500;

/**
 * Runs `optimetrics sync …`.
 *
 * @returns the exit code
 * @throws UsageError for arguments that are wrong and for settings that do not turn uploads on, Error in one line for what fails
 */
export async function syncCommand(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  if (command === 'login') return loginCommand(rest);
  if (command === 'logout') return logoutCommand(rest);
  if (command !== undefined && !command.startsWith('-'))
    throw new UsageError(
      `there is no command “sync ${command}”: login, logout, or none; try optimetrics --help`,
    );
  return sync(argv);
}

async function sync(argv: readonly string[]): Promise<number> {
  const values = parseOptions(argv, {
    'config': { type: 'string' },
    'log-dir': { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    'json': { type: 'boolean', default: false },
  });
  const data = dataDirectory();
  const { config, problems } = await commandConfigWithProblems(
    { config: values.config, logDirectory: values['log-dir'] },
    data,
  );
  const environment = takeFromEnvironment(config.cloud.provider, process.env);
  const cancelled = cancelledBySignals();
  const isRefused = !config.cloud.enabled && problems.some(({ outcome }) => outcome === NOT_UPLOADED);
  if (!values['dry-run'] && !isRefused) requireConsent(config, data);
  const progress = new ProgressLine(process.stderr);
  const onKeyMade = (): void => progress.say(KEY_MADE);
  const open = async (): Promise<Upload> => {
    if (isRefused) throw new SettingsError('cloud is not as it was meant', 'Correct what is said above');
    requireLog(config);
    return uploadOf({ config, dataDirectory: data, environment, onKeyMade });
  };
  if (values['dry-run']) {
    const would = await trial(open, cancelled);
    process.stdout.write(values.json ? dryRunJson(config, would) : dryRunText(config, would));
    return EXIT.done;
  }
  const result = await round(open, cancelled, progress)
    .catch((error: unknown) => notBegun(error, cancelled))
    .finally(() => progress.end());
  if (values.json) process.stdout.write(resultJson(config, result));
  else if (result.state === 'done') process.stdout.write(resultText(config, result));
  return tellFaults(result) ? EXIT.failed : EXIT.done;
}

/** @throws SettingsError */
function requireLog({ logging }: Config): void {
  try {
    fs.readdirSync(logging.logDirectory);
  } catch (error) {
    throw new SettingsError(
      `the log folder cannot be read: ${describeFault(error)}`,
      'Name it by --log-dir, or by logging.log_directory in a configuration file',
    );
  }
}

/** The command sends what the settings say is to be sent, and asks for no consent of its own. */
function requireConsent({ cloud }: Config, data: string): void {
  if (!cloud.enabled)
    throw new UsageError(
      'uploads are off: set cloud.enabled to true in a configuration file and name it with --config (configs/config.yaml has every key; VS Code’s settings do not reach this command). --dry-run shows what would be sent',
    );
  if (cloud.mode === 'contribute' && readSwitches(data).isTelemetryOff)
    throw new Error(
      'nothing was sent: telemetry is off in VS Code, and nothing is contributed then. Turn it on there, or set cloud.mode to backup.',
    );
}

async function trial(open: () => Promise<Upload>, signal: AbortSignal): Promise<DryRun> {
  try {
    const { source } = await open();
    return await dryRun({ ...source, includesOpen: true, signal });
  } catch (error) {
    const { reason, remedy } = whyNot(error, signal);
    throw new Error(remedy === '' ? reason : `${reason}. ${remedy}.`, { cause: error });
  }
}

/** @throws the error itself when it is none that can be met */
function whyNot(error: unknown, signal: AbortSignal): Ending {
  if (error instanceof SettingsError)
    return { state: 'refused', reason: error.message, remedy: error.remedy };
  return endingOf(error, signal);
}

/** A round that could not be begun, as one that has done nothing. @throws as {@link whyNot} */
function notBegun(error: unknown, signal: AbortSignal): RoundResult {
  const counts = new Tally().counts(undefined, 0);
  return { ...whyNot(error, signal), counts, isSpoolFull: false, lost: [], released: {} };
}

/** Waits for a process that is at it, as the sampler’s may be, and does a round. */
async function round(
  open: () => Promise<Upload>,
  signal: AbortSignal,
  progress: ProgressLine,
): Promise<RoundResult> {
  const upload = await open();
  const target = await upload.openTarget();
  try {
    for (let waited = 0; ; waited += LOOK_MS) {
      const result = await runRound({
        ...upload.source,
        target,
        maxSpoolBytes: upload.maxSpoolBytes,
        includesOpen: true,
        signal,
        onProgress: step => progress.show(step),
        onDamage: what => progress.say(what),
      });
      if (result.state !== 'locked' || waited >= LOCKED_MS) return result;
      if (waited === 0) progress.say(`${result.reason}; waiting until it is done, for a minute at most`);
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    target.close();
  }
}

/** @returns whether anything is not as it should be */
function tellFaults({ state, reason, remedy, lost }: RoundResult): boolean {
  for (const range of lost)
    process.stderr.write(
      `optimetrics: rows are lost to the upload, neither the log nor the spool has them: ${range}\n`,
    );
  if (state === 'done') return lost.length > 0;
  process.stderr.write(`optimetrics: ${reason}${remedy === '' ? '' : `. ${remedy}.`}\n`);
  if (state === 'waiting' || state === 'cancelled')
    process.stderr.write('optimetrics: what is confirmed stays so; the same command goes on\n');
  return true;
}

/** Ends in good order at the first signal; the second one is the system’s. */
function cancelledBySignals(): AbortSignal {
  const cancelled = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => cancelled.abort());
  return cancelled.signal;
}
