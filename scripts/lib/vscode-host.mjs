import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exitOf, run, start } from './children.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { HOST_FOLDER } from './paths.mjs';
import { step, UserError } from './terminal.mjs';

/** The VS Code server: a real workbench and a real Node extension host, installed from npm. */
export const CODE_SERVER = '4.139.1';

/** The Node it is made for, also from npm, so that the user's own Node may be another. */
const HOST_NODE = '24.21.0';

const INSTALL = path.join(HOST_FOLDER, 'code-server');
const NODE_PACKAGE = path.join(INSTALL, 'node_modules', `node-linux-${process.arch}`);
const NODE = path.join(NODE_PACKAGE, 'bin', 'node');
const ENTRY = path.join(INSTALL, 'node_modules', 'code-server', 'out', 'node', 'entry.js');

/** Written last: an install without it, or with other versions in it, is done anew. */
const MARKER = path.join(INSTALL, 'installed.json');
const VERSIONS = JSON.stringify({ codeServer: CODE_SERVER, node: HOST_NODE, arch: process.arch });

/** Settings of a quiet VS Code: no welcome page, no updates, no telemetry, nothing over our editor, no watch on what we install. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.enabled': false,
  'files.watcherExclude': { '**/node_modules/**': true, '**/.vscode-host/**': true },
  'search.exclude': { '**/.vscode-host': true },
};

/**
 * Whether the VS Code server can be installed here.
 */
export function isHostSupported() {
  return process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
}

/**
 * Installs the VS Code server where it is missing or half installed; does nothing else.
 *
 * @throws {UserError} on a platform without one, and when npm fails
 */
export async function ensureHost() {
  if (!isHostSupported()) {
    throw new UserError(
      `The embedded VS Code server runs on Linux x64 and arm64, not on ${process.platform} ${process.arch}: ` +
        'install VS Code from https://code.visualstudio.com and make its `code` command available on PATH.',
    );
  }
  if (isInstalled()) return;
  await withLock(path.join(HOST_FOLDER, 'code-server.lock'), async () => {
    if (!isInstalled()) await install();
  });
}

function isInstalled() {
  return existsSync(MARKER) && readFileSync(MARKER, 'utf8') === VERSIONS;
}

async function install() {
  const vscode = path.join(INSTALL, 'node_modules', 'code-server', 'lib', 'vscode');
  const production = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const inHost = (/** @type {readonly string[]} */ args, /** @type {string} */ cwd) =>
    npm(args, { cwd, node: NODE, env: { npm_config_nodedir: NODE_PACKAGE } });

  rmSync(INSTALL, { recursive: true, force: true });
  mkdirSync(INSTALL, { recursive: true });
  writeFileSync(path.join(INSTALL, 'package.json'), '{ "private": true }\n');
  await step(`Installing Node ${HOST_NODE} for the VS Code server`, () =>
    npm([...production, `node-linux-${process.arch}@${HOST_NODE}`], { cwd: INSTALL }),
  );
  await step(`Installing the VS Code server (code-server ${CODE_SERVER})`, () =>
    inHost([...production, `code-server@${CODE_SERVER}`], INSTALL),
  );
  await step('Installing the packages of the VS Code server', () => inHost(production, vscode));
  await step("Installing the packages of VS Code's own extensions", () =>
    inHost(production, path.join(vscode, 'extensions')),
  );
  await step("Building the VS Code server's native modules", () =>
    inHost(['rebuild', '--ignore-scripts=false', '@vscode/spdlog', '@vscode/native-watchdog'], vscode),
  ).catch((/** @type {unknown} */ error) => {
    if (!(error instanceof UserError)) throw error;
    console.log('  It runs without them (they take a C++ compiler, make and python3), with less of a log.');
  });
  writeFileSync(MARKER, VERSIONS);
}

/**
 * Folders and switches of one VS Code server.
 *
 * @typedef {object} HostOptions
 * @property {string} folder where its settings, state and extensions live; made where it is missing
 * @property {NodeJS.ProcessEnv} env
 * @property {number} port on 127.0.0.1
 * @property {string} workspace folder that it opens by default
 * @property {boolean} [trust] whether a folder must be trusted first; off unless set
 * @property {boolean} [telemetry] whether VS Code's telemetry may be on; what it sends goes to nobody on this machine
 * @property {string} [password] asked for in the browser; nothing is asked for unless set
 * @property {readonly string[]} [extraArguments]
 * @property {import('node:child_process').StdioOptions} stdio
 */

/**
 * Prepares the folders of a server: the settings of the recipe where there are none yet, and the extension, where one is
 * given.
 *
 * @param {string} folder as in {@link HostOptions}
 * @param {{ vsix?: string, env: NodeJS.ProcessEnv, settings?: Record<string, unknown> }} options
 */
export async function prepareHost(folder, { vsix, env, settings = {} }) {
  const file = path.join(userData(folder), 'User', 'settings.json');
  mkdirSync(path.dirname(file), { recursive: true });
  if (!existsSync(file))
    writeFileSync(file, `${JSON.stringify({ ...SETTINGS, ...settings }, undefined, 2)}\n`);
  if (vsix === undefined) return;
  await run(NODE, [ENTRY, ...folderArguments(folder), '--install-extension', vsix, '--force'], {
    env: hostEnv(env),
  });
}

/**
 * Starts a prepared server and waits until it answers.
 *
 * @param {HostOptions} options
 * @returns {Promise<import('node:child_process').ChildProcess>} leader of the server's process group; end it with `end`.
 *   Rejects with a {@link UserError} when the server ends before it answers
 */
export async function startHost(options) {
  const auth = options.password === undefined ? 'none' : 'password';
  const args = [
    ENTRY,
    ...folderArguments(options.folder),
    ...['--auth', auth, '--bind-addr', `127.0.0.1:${String(options.port)}`],
    ...(options.telemetry === true ? [] : ['--disable-telemetry']),
    ...['--disable-update-check', '--disable-getting-started-override', '--disable-proxy'],
    ...['--reconnection-grace-time', '5'],
    ...(options.trust === true ? [] : ['--disable-workspace-trust']),
    ...(options.extraArguments ?? []),
    options.workspace,
  ];
  const env = hostEnv(options.env);
  // A port that nobody listens on.
  if (options.telemetry === true) env['CS_TELEMETRY_URL'] = 'http://127.0.0.1:9/';
  if (options.password !== undefined) env['PASSWORD'] = options.password;
  const server = start(NODE, args, { env, stdio: options.stdio, cwd: options.workspace });
  const ended = exitOf(server).then(code => {
    throw new UserError(`The VS Code server ended with exit code ${String(code)} before it answered.`);
  });
  ended.catch(() => undefined); // its end after it has answered is for the caller to notice
  const patience = AbortSignal.timeout(ANSWER_SECONDS * 1000);
  await Promise.race([ended, untilHealthy(options.port, patience)]);
  return server;
}

/** How long a server may take to answer: it takes about a second on an idle machine. */
const ANSWER_SECONDS = 120;

/** @param {string} folder */
const userData = folder => path.join(folder, 'user-data');

/** @param {string} folder */
function folderArguments(folder) {
  return [
    ...['--config', path.join(folder, 'config.yaml')],
    ...['--user-data-dir', userData(folder)],
    ...['--extensions-dir', path.join(folder, 'extensions')],
  ];
}

/**
 * No extension gallery: the server asks nobody on the network for anything.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
const hostEnv = env => ({ ...env, EXTENSIONS_GALLERY: '{}' });

/**
 * @param {number} port
 * @param {AbortSignal} patience
 */
async function untilHealthy(port, patience) {
  while (!patience.aborted) {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/healthz`, { signal: patience }).catch(
      () => undefined,
    );
    if (answer?.ok === true) return;
    await delay(100);
  }
  throw new UserError(`The VS Code server did not answer within ${String(ANSWER_SECONDS)} s.`);
}

/**
 * Finds a port on 127.0.0.1 that nothing listens on.
 *
 * @param {number} [wanted] checked; any free one where it is left out
 * @returns {Promise<number>} rejects with the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had
 */
export function freePort(wanted = 0) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
