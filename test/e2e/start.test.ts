import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { freePort } from '../../scripts/lib/vscode-host.mjs';
import { processesWith, signalAll } from './harness/processes.ts';
import { until } from './harness/until.ts';

/** `npm start`, for a user with an empty home. */
class Start {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';
  errors = '';

  constructor(
    home: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    [command, ...before]: [string, ...string[]] = [process.execPath, path.join(ROOT, 'scripts', 'start.mjs')],
  ) {
    this.child = spawn(command, [...before, ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, XDG_RUNTIME_DIR: home, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.ended = new Promise(resolve => this.child.once('close', resolve));
  }

  /** The address, which stands on a line of its own. */
  address(): Promise<string> {
    return until('the address', () => {
      if (this.child.exitCode !== null) throw new Error(`It ended: ${this.errors}`);
      return /^http:\/\/127\.0\.0\.1:\d+\/$/m.exec(this.output)?.[0];
    });
  }
}

describe('npm start', () => {
  let home: string;
  before(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'om-start-'));
  });
  after(() => {
    signalAll(processesWith('HOME', home), 'SIGKILL');
    fs.rmSync(home, { recursive: true, force: true });
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`serves VS Code on the port that was asked for, and ${signal} ends everything`, async () => {
      const port = await freePort();
      const start = new Start(home, ['--port', String(port), '--no-open']);
      const address = await start.address();
      assert.equal(address, `http://127.0.0.1:${port}/`);
      assert.match(start.output, /every user of this machine can open it/);

      const page = await fetch(address);
      assert.equal(page.status, 200, 'without a password');
      assert.equal(new URL(page.url).searchParams.get('folder'), ROOT, 'in the clone');

      start.child.kill(signal);
      assert.equal(await start.ended, 0);
      assert.deepEqual(processesWith('HOME', home), []);
      assert.equal(start.errors, '');
    });
  }

  test('a SIGINT that only npm gets ends everything', async () => {
    const start = new Start(home, ['--no-open'], {}, ['npm', 'start', '--']);
    await start.address();
    assert.notDeepEqual(processesWith('HOME', home), []);
    start.child.kill('SIGINT');
    assert.equal(await start.ended, 0);
    assert.deepEqual(processesWith('HOME', home), []);
  });

  test('asks for the password of the environment, which it does not print', async () => {
    const start = new Start(home, ['--no-open', '--password'], { PASSWORD: 'correct horse' });
    const page = await fetch(await start.address());
    assert.match(page.url, /\/login/);
    assert.doesNotMatch(start.output, /correct horse/);
    start.child.kill('SIGTERM');
    assert.equal(await start.ended, 0);
  });

  test('refuses a port that is in use, before anything else', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    const start = new Start(home, ['--port', String(port)]);
    assert.equal(await start.ended, 2);
    assert.equal(
      start.errors,
      `Port ${port} is in use: give another one with --port, or leave --port out to get a free one.\n`,
    );
    assert.equal(start.output, '');
    server.close();
  });

  for (const args of [['--prot', '1'], ['--port', '0'], ['--port', '1e4x'], ['--port'], ['extra']]) {
    test(`refuses ${args.join(' ')} in one line`, async () => {
      const start = new Start(home, args);
      assert.equal(await start.ended, 2);
      assert.match(start.errors, /^[^\n]+\n$/);
      assert.equal(start.output, '');
    });
  }
});

describe('npm start with a VS Code of the user', () => {
  let home: string;
  before(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'om-start-'));
  });
  after(() => {
    signalAll(processesWith('HOME', home), 'SIGKILL');
    fs.rmSync(home, { recursive: true, force: true });
  });

  /** A `code` like the real one: installs; leaves the window to a process of its own, which writes its pid; waits. */
  const CODE = `#!/usr/bin/env node
const fs = require('node:fs'), path = require('node:path'), { spawn } = require('node:child_process');
fs.appendFileSync(path.join(process.env.HOME, 'calls'), JSON.stringify(process.argv.slice(2)) + '\\n');
if (!process.argv.includes('--wait')) process.exit();
const window = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { detached: true, stdio: 'ignore' });
fs.writeFileSync(path.join(process.argv[process.argv.indexOf('--user-data-dir') + 1], 'code.lock'), String(window.pid));
window.once('exit', () => process.exit());
`;

  test('opens it with settings and extensions of its own, and ends it', async () => {
    fs.writeFileSync(path.join(home, 'code'), CODE, { mode: 0o755 });
    const env = { PATH: `${home}:${process.env['PATH'] ?? ''}`, DISPLAY: ':99' };
    const start = new Start(home, [], env);
    await until('the window', () => start.output.includes('VS Code with OptiMetrics is open'));
    await until('its process', () =>
      processesWith('HOME', home).some(({ command }) => command.includes('setInterval')),
    );

    const calls = fs
      .readFileSync(path.join(home, 'calls'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as string[]);
    const [install = [], open = []] = calls;
    assert.equal(calls.length, 2);
    for (const call of calls) {
      for (const option of ['--user-data-dir', '--extensions-dir']) {
        assert.ok(call[call.indexOf(option) + 1]?.startsWith(path.join(ROOT, '.vscode-host')), option);
      }
    }
    assert.match(install[install.indexOf('--install-extension') + 1] ?? '', /\.vsix$/);
    assert.equal(open.at(-1), ROOT);

    start.child.kill('SIGINT');
    assert.equal(await start.ended, 0);
    assert.deepEqual(processesWith('HOME', home), []);
  });

  test('is not for a machine without a display', async () => {
    fs.rmSync(path.join(home, 'calls'), { force: true });
    const start = new Start(home, [], { PATH: `${home}:${process.env['PATH'] ?? ''}` });
    await start.address();
    start.child.kill('SIGINT');
    assert.equal(await start.ended, 0);
    assert.ok(!fs.existsSync(path.join(home, 'calls')));
  });
});
