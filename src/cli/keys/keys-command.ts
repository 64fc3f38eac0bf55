import fs from 'node:fs/promises';
import { printable } from '../../common/config/problem.ts';
import { codeOf, describeFault } from '../../common/faults.ts';
import { dataDirectory } from '../../runtime/directories.ts';
import { type KeptKey, KeyFolder } from '../../sync/keys/key-folder.ts';
import { mergeKeys, rotateKeys } from '../../sync/keys/key-store.ts';
import { readRecovery, writeRecovery } from '../../sync/keys/recovery-file.ts';
import { parseAll } from '../arguments.ts';
import { readBounded } from '../read-bounded.ts';
import { VAULT_PLACES, vaultOf } from '../store-option.ts';
import { EXIT, UsageError } from '../usage.ts';
import { takePassphrase } from './passphrase.ts';

/** Most bytes of a recovery file: one of ten thousand keys has fewer. */
const LARGEST_RECOVERY = 2 ** 21;
const MOST_OF_NAME = 4096;

/**
 * Runs `optimetrics keys …`.
 *
 * @returns the exit code
 * @throws UsageError for arguments that are wrong, KeyError or Error in one line for what fails
 */
export async function keysCommand([command, ...argv]: readonly string[]): Promise<number> {
  switch (command) {
    case 'list':
      return list(argv);
    case 'rotate':
      return rotate(argv);
    case 'export':
      return exportKeys(argv);
    case 'import':
      return importKeys(argv);
    default:
      throw new UsageError(
        `${command === undefined ? 'keys takes a command' : `there is no command “keys ${command}”`}: list, rotate, export or import; try optimetrics --help`,
      );
  }
}

async function list(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, { json: { type: 'boolean', default: false } });
  if (positionals.length > 0) throw new UsageError('keys list takes no arguments; try optimetrics --help');
  const keys = await new KeyFolder(dataDirectory()).list();
  process.stdout.write(values.json ? keysJson(keys) : keysText(keys));
  return EXIT.done;
}

function keysJson(keys: readonly KeptKey[]): string {
  const rows = keys.map(({ key, createdMs, vault }, at) => ({
    id: key.id,
    created: new Date(createdMs).toISOString(),
    kept: vault,
    seals: at === keys.length - 1,
  }));
  return `${JSON.stringify(rows)}\n`;
}

function keysText(keys: readonly KeptKey[]): string {
  if (keys.length === 0) return 'There is no key yet; optimetrics keys rotate makes the first.\n';
  return keys
    .map(({ key, createdMs, vault }, at) => {
      const use = at === keys.length - 1 ? 'seals and opens' : 'opens';
      return `${key.id}  ${new Date(createdMs).toISOString()}  in ${VAULT_PLACES[vault]}, ${use}\n`;
    })
    .join('');
}

async function rotate(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, { store: { type: 'string' } });
  if (positionals.length > 0) throw new UsageError('keys rotate takes no arguments; try optimetrics --help');
  const folder = new KeyFolder(dataDirectory(), vaultOf(values.store));
  const { key } = await rotateKeys(folder);
  const keys = await folder.list();
  const place = VAULT_PLACES[keys.at(-1)?.vault ?? 'file'];
  process.stdout.write(
    [
      `New key ${key.id} in ${place}. It seals from now on; ${keys.length - 1} older open what they have sealed.`,
      'Without a key, what it has sealed cannot be read by anybody. Keep a copy elsewhere: optimetrics keys export FILE',
      '',
    ].join('\n'),
  );
  return EXIT.done;
}

async function exportKeys(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, { 'passphrase-file': { type: 'string' } });
  const file = oneFile('export', positionals);
  const { keys } = await new KeyFolder(dataDirectory()).load();
  if (keys.length === 0)
    throw new Error('there is no key to export yet; optimetrics keys rotate makes the first');
  await refuseExisting(file);
  const text = await writeRecovery(keys, await takePassphrase(values['passphrase-file'], true));
  await writeNew(file, text);
  process.stdout.write(
    `${counted(keys.length)} in ${shown(file)}. It opens with the passphrase and nothing else: keep both, and not together.\n`,
  );
  return EXIT.done;
}

async function importKeys(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseAll(argv, {
    'passphrase-file': { type: 'string' },
    'store': { type: 'string' },
  });
  const file = oneFile('import', positionals);
  const store = new KeyFolder(dataDirectory(), vaultOf(values.store));
  const bytes = await readBounded(file, LARGEST_RECOVERY);
  const ring = await readRecovery(bytes, await takePassphrase(values['passphrase-file'], false));
  const added = await mergeKeys(store, ring);
  const known = ring.keys.length - added.length;
  process.stdout.write(`${counted(added.length)} imported; ${known} there already.\n`);
  return EXIT.done;
}

function oneFile(command: string, [file, ...more]: readonly string[]): string {
  if (file === undefined || more.length > 0)
    throw new UsageError(`keys ${command} takes one file; try optimetrics --help`);
  return file;
}

/** Before the passphrase is asked for. */
async function refuseExisting(file: string): Promise<void> {
  const stat = await fs.lstat(file).catch(() => undefined);
  if (stat) throw new Error(`${shown(file)} exists already; nothing was written`);
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await fs.writeFile(file, text, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') await fs.rm(file, { force: true });
    throw new Error(`${shown(file)}: ${describeFault(error)}`, { cause: error });
  }
}

function counted(keys: number): string {
  return `${keys} ${keys === 1 ? 'key' : 'keys'}`;
}

function shown(file: string): string {
  return printable(file, MOST_OF_NAME);
}
