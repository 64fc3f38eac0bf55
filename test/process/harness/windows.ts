import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findProgram, findWine } from '../../../scripts/lib/system-packages.mjs';
import {
  copyForWindows,
  ensureWindowsPackages,
  NODE_EXE,
  WINDOWS_FOLDER,
} from '../../../scripts/lib/windows-host.mjs';
import type { Finished } from './home.ts';

/** Wine keeps what looks like a Windows drive in such a folder, with the process number of the test in its name. */
const PREFIX = /^prefix-(\d+)$/;

/** A command under Wine that runs. */
export interface RunningOnWindows {
  /** What it has printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly finished: Promise<Finished>;
}

/** A fresh Windows of Wine’s, with Node and what was built in it. */
export class WindowsHome {
  /** Version of Wine: `wine-8.0 (Debian 8.0~repack-4)`. */
  readonly wineVersion: string;
  readonly #wine: string;
  readonly #prefix: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #commands: Promise<Finished>[] = [];

  private constructor(wine: string) {
    this.#wine = wine;
    this.#prefix = path.join(WINDOWS_FOLDER, `prefix-${String(process.pid)}`);
    this.#env = {
      PATH: process.env['PATH'],
      HOME: path.join(this.#prefix, 'home'),
      LANG: 'C.UTF-8',
      WINEPREFIX: this.#prefix,
      WINEDEBUG: '-all',
      // Neither .NET nor a browser is needed, and Wine would ask on a screen whether to fetch them.
      WINEDLLOVERRIDES: 'mscoree,mshtml=',
    };
    fs.mkdirSync(this.#env['HOME'] ?? '', { recursive: true });
    this.wineVersion = execFileSync(wine, ['--version'], { env: this.#env, encoding: 'utf8' }).trim();
  }

  /** Takes some seconds, and the first time as long as npm takes for 70 MB. */
  static async make(): Promise<WindowsHome> {
    const wine = findWine();
    if (wine === undefined) throw new Error('Wine is not installed');
    await ensureWindowsPackages();
    removeLeftOver();
    const home = new WindowsHome(wine);
    const { code, stderr } = await home.#start(wine, ['winecfg', '-v', 'win10']).finished;
    if (code !== 0) throw new Error(`winecfg ended with exit code ${String(code)}: ${stderr}`);
    copyForWindows(home.#folder('optimetrics'));
    return home;
  }

  /** The folder of the test as this system sees it; programs see it as `C:\test`. */
  get root(): string {
    return this.#folder('');
  }

  /** Starts `optimetrics` with these arguments. */
  start(args: readonly string[]): RunningOnWindows {
    return this.node(['C:\\test\\optimetrics\\cli.js', ...args]);
  }

  /** Runs `optimetrics` to its end. */
  run(args: readonly string[]): Promise<Finished> {
    return this.start(args).finished;
  }

  /** Starts `node.exe` with these arguments. */
  node(args: readonly string[]): RunningOnWindows {
    return this.#start(this.#wine, [NODE_EXE, ...args]);
  }

  /** Runs a line of JavaScript, and gives what it prints. */
  async evaluate(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.node(['-p', script]).finished;
    if (code !== 0) throw new Error(`exit code ${String(code)}: ${stderr}`);
    return stdout.trim();
  }

  /** Process number, by which this system knows it, of the sampler; `undefined` when there is none or several. */
  get samplerPid(): number | undefined {
    const pids = fs.readdirSync('/proc').filter(name => {
      if (!/^\d+$/.test(name)) return false;
      try {
        const [argv, env] = ['cmdline', 'environ'].map(file =>
          fs.readFileSync(`/proc/${name}/${file}`, 'latin1'),
        );
        return (
          argv?.includes('sampler.js') === true && env?.includes(`WINEPREFIX=${this.#prefix}\0`) === true
        );
      } catch {
        return false;
      }
    });
    return pids.length === 1 ? Number(pids[0]) : undefined;
  }

  /** Ends everything that runs in this Windows, and removes it. */
  async end(): Promise<void> {
    const server = findProgram('wineserver') ?? path.join(path.dirname(this.#wine), 'wineserver64');
    try {
      execFileSync(server, ['-k'], { env: this.#env, stdio: 'ignore' });
      execFileSync(server, ['-w'], { env: this.#env, stdio: 'ignore', timeout: 30_000 });
    } catch {
      // It says by its exit code that there was nothing to end.
    }
    await Promise.allSettled(this.#commands);
    fs.rmSync(this.#prefix, { recursive: true, force: true, maxRetries: 10 });
  }

  #folder(name: string): string {
    const folder = path.join(this.#prefix, 'drive_c', 'test', name);
    fs.mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Output goes to files: a Node for Windows cannot write to the pipes that Wine makes of ours. */
  #start(command: string, args: readonly string[]): RunningOnWindows {
    const output = path.join(this.#prefix, `command-${String(this.#commands.length)}`);
    const files = [`${output}.out`, `${output}.err`] as const;
    const [out, err] = files.map(file => fs.openSync(file, 'w')) as [number, number];
    const child = spawn(command, args, {
      env: this.#env,
      cwd: this.#prefix,
      stdio: ['ignore', out, err],
      timeout: 120_000,
      killSignal: 'SIGKILL',
    });
    fs.closeSync(out);
    fs.closeSync(err);
    const [stdout, stderr] = files.map(file => () => fs.readFileSync(file, 'utf8')) as [
      () => string,
      () => string,
    ];
    const finished = new Promise<Finished>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: stdout(), stderr: stderr() });
      });
    });
    this.#commands.push(finished);
    return { stdout, stderr, finished };
  }
}

/** A test that was killed leaves some hundred megabytes. */
function removeLeftOver(): void {
  for (const name of fs.readdirSync(WINDOWS_FOLDER)) {
    const pid = PREFIX.exec(name)?.[1];
    if (pid !== undefined && !fs.existsSync(`/proc/${pid}`))
      fs.rmSync(path.join(WINDOWS_FOLDER, name), { recursive: true, force: true });
  }
}
