import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { exitOf } from './children.mjs';
import { HOST_FOLDER, ROOT } from './paths.mjs';
import { step, UserError } from './terminal.mjs';
import { ensureHost, freePort, prepareHost, startHost } from './vscode-host.mjs';

/** Settings, state and extensions of the embedded VS Code, and the server's log; kept between starts. */
const FOLDER = path.join(HOST_FOLDER, 'start');

/**
 * Makes sure that a port can be had, before anything long is done.
 *
 * @param {number} port
 * @returns {Promise<void>} rejects with a {@link UserError} (wrong usage) that says what to do
 */
export async function requirePort(port) {
  await freePort(port).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code ?? error.message})`;
    throw new UserError(
      `Port ${String(port)} ${why}: give another one with --port, or leave --port out to get a free one.`,
      2,
    );
  });
}

/**
 * Serves VS Code with the extension on 127.0.0.1 until it is interrupted.
 *
 * @param {string} vsix
 * @param {{ port: number | undefined, open: boolean, password: boolean }} options
 * @returns {Promise<number>} exit code, when the server ended by itself
 */
export async function openEmbedded(vsix, options) {
  await ensureHost();
  const port = options.port ?? (await freePort());
  const password = options.password
    ? (process.env['PASSWORD'] ?? randomBytes(12).toString('base64url'))
    : undefined;
  const log = path.join(FOLDER, 'server.log');
  mkdirSync(FOLDER, { recursive: true });
  const server = await step('Starting VS Code', async () => {
    await prepareHost(FOLDER, { vsix, env: process.env });
    const output = openSync(log, 'w');
    try {
      const common = { folder: FOLDER, env: process.env, workspace: ROOT, port };
      /** @type {import('node:child_process').StdioOptions} */
      const stdio = ['ignore', output, output];
      return await startHost({ ...common, stdio, ...(password === undefined ? {} : { password }) });
    } finally {
      closeSync(output);
    }
  });

  const address = `http://127.0.0.1:${String(port)}/`;
  console.log(`\nVS Code with OptiMetrics is at\n\n${address}\n`);
  if (password === undefined) {
    console.log(
      'It asks for no password: every user of this machine can open it. On a shared machine, use --password.',
    );
  } else if (process.env['PASSWORD'] === undefined) {
    console.log(`Password: ${password}`);
  } else {
    console.log('The password is that of the environment variable PASSWORD.');
  }
  console.log('Ctrl+C ends it.');
  if (options.open) openBrowser(address);

  const code = await exitOf(server);
  throw new UserError(`The VS Code server ended by itself (exit code ${String(code)}); its log is ${log}.`);
}

/**
 * Shows an address in the user's browser where there is a display; the address is printed in any case.
 *
 * @param {string} address
 */
function openBrowser(address) {
  if (process.env['DISPLAY'] === undefined && process.env['WAYLAND_DISPLAY'] === undefined) return;
  const browser = spawn('xdg-open', [address], { stdio: 'ignore', detached: true });
  browser.once('error', () => undefined);
  browser.unref();
}
