import { readFileSync } from 'node:fs';
import { endAll } from './children.mjs';
import { UserError } from './terminal.mjs';

/** How often a script under npm looks whether npm is still there. */
const PARENT_POLL_MS = 500;

/**
 * Runs a script: the number that `body` returns becomes the exit code, a {@link UserError} its one line on stderr.
 * On Ctrl+C, SIGTERM, a closed terminal or the end of npm, and at its own end, every process that it started is ended.
 *
 * @param {() => Promise<number>} body
 * @param {{ interrupted?: number }} [options] `interrupted`: exit code after Ctrl+C
 */
export async function main(body, { interrupted = 130 } = {}) {
  let ending = false;
  const onSignal = () => {
    if (ending) return;
    ending = true;
    if (process.stdout.isTTY) process.stdout.write('\n');
    void endAll().finally(() => process.exit(interrupted));
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, onSignal);
  onEndOfNpm(onSignal);

  const code = await body().catch((/** @type {unknown} */ error) => {
    if (!ending) console.error(error instanceof UserError ? error.message : error);
    return error instanceof UserError ? error.exitCode : 1;
  });
  if (ending) return; // the handler above finishes
  await endAll();
  process.exitCode = code;
}

/**
 * Npm starts scripts through a shell, unless they say `exec`. It hands a signal on to that shell, which dies of SIGTERM
 * without telling us (and of SIGINT not at all: that is why `npm start` says `exec`), and when npm itself is killed not
 * even the shell notices.
 *
 * @param {() => void} listener
 */
function onEndOfNpm(listener) {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const ancestors = parents();
  const look = () => {
    if (parents() !== ancestors) listener();
  };
  setInterval(look, PARENT_POLL_MS).unref();
}

/** Pids of the shell, where there is one, and of npm; outside Linux of the one above us alone. */
function parents() {
  const parent = String(process.ppid);
  if (process.platform !== 'linux') return parent;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8');
    if (stat.includes('(npm ')) return parent; // whose own parent may end before it
    return `${parent} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2] ?? ''}`;
  } catch {
    return '';
  }
}
