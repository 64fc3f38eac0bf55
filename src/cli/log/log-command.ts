import fs from 'node:fs';
import { codeOf } from '../../common/faults.ts';
import { reportLines } from '../../log/import/import-report.ts';
import { importOriginal } from '../../log/import/import-original.ts';
import { dataDirectory } from '../../runtime/directories.ts';
import { parseAll } from '../arguments.ts';
import { commandConfig } from '../cli-config.ts';
import { EXIT, UsageError } from '../usage.ts';
import { catLogs } from './cat.ts';
import { readFault } from './files.ts';
import { logInfo, logInfoText } from './info.ts';
import { Output } from './output.ts';
import { logSessions, sessionsCsv, sessionsJson, sessionsText } from './sessions.ts';
import { verifyLog } from './verify.ts';

const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * Runs `optimetrics log …`.
 *
 * @returns the exit code
 * @throws UsageError for arguments that are wrong, Error in one line for what fails
 */
export async function logCommand([command, ...argv]: readonly string[]): Promise<number> {
  switch (command) {
    case 'info':
      return info(argv);
    case 'cat':
      return cat(argv);
    case 'sessions':
      return sessions(argv);
    case 'verify':
      return verify(argv);
    case 'import':
      return importLogs(argv);
    default:
      throw new UsageError(
        `${command === undefined ? 'log takes a command' : `there is no command “log ${command}”`}: info, cat, sessions, verify or import; try optimetrics --help`,
      );
  }
}

async function info(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, { json: { type: 'boolean', default: false } });
  const found = await logInfo(await folderOf('info', positionals, true));
  process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : logInfoText(found));
  return EXIT.done;
}

async function cat(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, {
    from: { type: 'string' },
    to: { type: 'string' },
    columns: { type: 'string' },
    fill: { type: 'boolean', default: false },
    format: { type: 'string', default: 'csv' },
  });
  if (positionals.length === 0)
    throw new UsageError('log cat takes one or more log files, or a folder of them');
  const { format } = values;
  if (format !== 'csv' && format !== 'jsonl')
    throw new UsageError(`--format is csv or jsonl, not “${format}”`);
  const options = {
    from: momentOf('--from', values.from) ?? Number.NEGATIVE_INFINITY,
    to: momentOf('--to', values.to) ?? Number.POSITIVE_INFINITY,
    columns: values.columns?.split(',').map(name => name.trim()),
    fill: values.fill,
    format,
  } as const;
  const output = new Output();
  const leftOut = await catLogs(positionals, options, text => output.write(text));
  await output.flush();
  for (const line of leftOut) process.stderr.write(`optimetrics: ${line}\n`);
  return EXIT.done;
}

async function sessions(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, {
    from: { type: 'string' },
    to: { type: 'string' },
    json: { type: 'boolean', default: false },
    csv: { type: 'boolean', default: false },
  });
  if (values.json && values.csv) throw new UsageError('log sessions takes --json or --csv, not both');
  const from = momentOf('--from', values.from) ?? 0;
  const to = momentOf('--to', values.to) ?? Number.MAX_SAFE_INTEGER;
  if (from >= to) throw new UsageError('--from takes a time before that of --to');
  const found = await logSessions(await folderOf('sessions', positionals, true), from, to);
  const text = values.json ? sessionsJson : values.csv ? sessionsCsv : sessionsText;
  const output = new Output();
  await output.write(text(found));
  await output.flush();
  return EXIT.done;
}

async function verify(argv: readonly string[]): Promise<number> {
  const { positionals } = parseAll(argv, {});
  const { problems, notes, summary } = await verifyLog(await folderOf('verify', positionals, false));
  const lines = [...problems, ...notes.map(note => `note: ${note}`), summary];
  process.stdout.write(`${lines.join('\n')}\n`);
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}

async function importLogs(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, {
    'log-dir': { type: 'string' },
    'config': { type: 'string' },
    'interval': { type: 'string', default: '1' },
  });
  const source = await folderOf('import', positionals, false);
  const seconds = Number(values.interval);
  if (!(seconds >= 0.1 && seconds <= 3600))
    throw new UsageError(
      `--interval takes the seconds between two samples, 0.1 to 3600, not “${values.interval}”`,
    );
  const config = await commandConfig(
    { config: values.config, logDirectory: values['log-dir'] },
    dataDirectory(),
  );
  const target = config.logging.logDirectory;
  requireFolder(source);
  const counts = await importOriginal({ source, target, intervalMs: seconds * 1000 });
  process.stdout.write(`${reportLines(counts).join('\n')}\n`);
  if (counts.written + counts.known > 0) return EXIT.done;
  throw new Error(
    `${source} has no logs of the original OptiMetrics; give its “logs” folder, or the one that is named after the hardware id`,
  );
}

function requireFolder(folder: string): void {
  try {
    fs.readdirSync(folder);
  } catch (error) {
    throw codeOf(error) === undefined ? error : readFault(folder, error);
  }
}

async function folderOf(
  command: string,
  [folder, ...more]: readonly string[],
  hasDefault: boolean,
): Promise<string> {
  if (more.length > 0 || (folder === undefined && !hasDefault))
    throw new UsageError(
      `log ${command} takes ${hasDefault ? 'at most ' : ''}one folder; try optimetrics --help`,
    );
  return folder ?? (await commandConfig({ config: undefined }, dataDirectory())).logging.logDirectory;
}

/** Milliseconds since 1970 UTC. */
function momentOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(
    `${option} takes a UTC date, 2026-02-27, or a time with its zone, 2026-02-27T12:30:00Z, not “${text}”`,
  );
}
