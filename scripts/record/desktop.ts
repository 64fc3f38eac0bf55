import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { end, exitOf, run, start } from '../lib/children.mjs';

/** How long a program may take until its window is there, and the display until it answers. */
const WINDOW_MS = 60_000;

/** A display of its own (Xvfb) with one program after the other on it, driven as a person would: keys, typing, mouse. */
export class Desktop {
  /** A folder for the files of the programs, with a home in it. */
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #server: ChildProcess;
  readonly #programs: ChildProcess[] = [];
  readonly #random: () => number;
  readonly #signal: AbortSignal;
  /** What every program is started through. */
  readonly #prefix: readonly string[];

  private constructor(
    folder: string,
    display: string,
    server: ChildProcess,
    seed: number,
    signal: AbortSignal,
    processors: string,
  ) {
    this.folder = folder;
    this.#prefix = processors === '' ? [] : ['taskset', '-c', processors];
    this.#server = server;
    this.#signal = signal;
    this.#random = mulberry32(seed);
    this.#environment = {
      // Debian's games are not on everybody's path.
      PATH: `${process.env['PATH'] ?? ''}:/usr/games`,
      LANG: 'C.UTF-8',
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      TMPDIR: folder,
      DISPLAY: display,
      SDL_AUDIODRIVER: 'dummy',
      LIBGL_ALWAYS_SOFTWARE: '1',
    };
  }

  /**
   * @param seed decides every pause and choice
   * @param signal its end ends what {@link pause} and {@link loop} wait for
   * @param processors those that the programs may use, as taskset names them; all where it is empty
   */
  static async open(seed: number, signal: AbortSignal, processors: string): Promise<Desktop> {
    const folder = mkdtempSync(path.join(tmpdir(), 'optimetrics-record-'));
    const display = `:${String(90 + (process.pid % 100))}`;
    // Otherwise it starts anew, and refuses whoever comes meanwhile, each time that xdotool leaves it without a client.
    const options = ['-screen', '0', '1600x1000x24', '-nolisten', 'tcp', '-noreset'];
    const server = start('Xvfb', [display, ...options], { stdio: 'ignore' });
    const desktop = new Desktop(folder, display, server, seed, signal, processors);
    const deadline = performance.now() + WINDOW_MS;
    while (!(await desktop.#xdotool('getdisplaygeometry'))) {
      if (performance.now() > deadline) throw new Error(`Xvfb has no display ${display} after a minute`);
      await delay(300);
    }
    return desktop;
  }

  get isOver(): boolean {
    return this.#signal.aborted;
  }

  /** A number between, decided by the seed. */
  between(least: number, most: number): number {
    return least + this.#random() * (most - least);
  }

  /** Whether something happens that is so likely, 0 to 1, decided by the seed. */
  chance(likelihood: number): boolean {
    return this.between(0, 1) < likelihood;
  }

  /** One of several, decided by the seed. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.between(0, choices.length))] ?? choices[0];
  }

  /** Waits so many seconds, or until the recording is over. */
  async pause(least: number, most = least): Promise<void> {
    await delay(1000 * this.between(least, most), undefined, { signal: this.#signal }).catch(() => undefined);
  }

  /** Does something again and again until the recording is over. */
  async loop(action: () => Promise<void>): Promise<void> {
    while (!this.isOver) await action();
  }

  /** What the programs are started with. */
  get environment(): NodeJS.ProcessEnv {
    return this.#environment;
  }

  /** Starts a program and leaves it running. */
  launch(command: string, ...args: readonly string[]): void {
    this.#programs.push(this.#start([command, ...args]));
  }

  /** Takes in a program that was started elsewhere: it gets the same processors as the others and ends with them. */
  async adopt(program: ChildProcess): Promise<void> {
    this.#programs.push(program);
    const [, , processors] = this.#prefix;
    if (processors !== undefined) await run('taskset', ['-a', '-c', '-p', processors, String(program.pid)]);
  }

  /**
   * Starts a program, waits until it has a window, and makes that fill the display: there is no window manager.
   *
   * @param windowClass a part of its `WM_CLASS`, as a regular expression
   */
  async launchWindow(windowClass: string, command: string, ...args: readonly string[]): Promise<void> {
    this.launch(command, ...args);
    const deadline = performance.now() + WINDOW_MS;
    while (!this.isOver && performance.now() < deadline) {
      const found = ['search', '--onlyvisible', '--class', windowClass];
      if (await this.#xdotool(...found)) {
        await delay(1_000);
        await this.#xdotool(...found, 'windowmove', '0', '0', 'windowsize', '1600', '1000', 'windowfocus');
        return;
      }
      await delay(300);
    }
    if (!this.isOver) throw new Error(`${command} shows no window after a minute`);
  }

  /** Runs a shell command line to its end, or until the recording is over; its failure is not ours. */
  async shell(line: string): Promise<void> {
    if (this.isOver) return;
    const child = this.#start(['/bin/sh', '-c', line]);
    const stop = (): void => void end(child);
    this.#signal.addEventListener('abort', stop, { once: true });
    await exitOf(child);
    this.#signal.removeEventListener('abort', stop);
  }

  async key(...keys: readonly string[]): Promise<void> {
    if (!this.isOver) await this.#xdotool('key', '--clearmodifiers', ...keys);
  }

  async hold(key: string, seconds: number): Promise<void> {
    await this.whileHeld(key, () => this.pause(seconds));
  }

  /** Does something while a key is pressed. */
  async whileHeld(key: string, action: () => Promise<void>): Promise<void> {
    await this.#xdotool('keydown', key);
    await action();
    await this.#xdotool('keyup', key);
  }

  /** Types as a person does who types so many characters a second. */
  async type(text: string, charactersPerSecond: number): Promise<void> {
    if (!this.isOver)
      await this.#xdotool('type', '--delay', String(Math.round(1000 / charactersPerSecond)), text);
  }

  /** Moves the pointer, in pixels of the display. */
  async move(x: number, y: number): Promise<void> {
    await this.#xdotool('mousemove', String(Math.round(x)), String(Math.round(y)));
  }

  async click(button = 1): Promise<void> {
    await this.#xdotool('click', String(button));
  }

  /** Draws with the pointer pressed, in small steps. */
  async drag(fromX: number, fromY: number, toX: number, toY: number, button = 1): Promise<void> {
    await this.move(fromX, fromY);
    await this.#xdotool('mousedown', String(button));
    for (let step = 1; step <= 20 && !this.isOver; step++) {
      await this.move(fromX + ((toX - fromX) * step) / 20, fromY + ((toY - fromY) * step) / 20);
      await this.pause(0.03);
    }
    await this.#xdotool('mouseup', String(button));
  }

  /** A picture of what is on the display, for a look at what was recorded. */
  async screenshot(file: string): Promise<void> {
    await run('import', ['-window', 'root', file], { env: this.#environment }).catch(() => undefined);
  }

  /** Ends the programs and the display. */
  async close(): Promise<void> {
    await Promise.all(this.#programs.map(end));
    await end(this.#server);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #start(words: readonly string[]): ChildProcess {
    const [command = '', ...args] = [...this.#prefix, ...words];
    return start(command, args, { stdio: 'ignore', env: this.#environment, cwd: this.folder });
  }

  async #xdotool(...args: readonly string[]): Promise<boolean> {
    return run('xdotool', args, { env: this.#environment }).then(
      () => true,
      () => false,
    );
  }
}

/** A small random number generator with a seed (mulberry32, public domain, Tommy Ettinger). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
