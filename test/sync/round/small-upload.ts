import fs from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { realDisk } from '../../../src/sync/disk.ts';
import { readJournal } from '../../../src/sync/journal/journal.ts';
import type { Ledger } from '../../../src/sync/journal/ledger.ts';
import type { RoundOptions, Surroundings } from '../../../src/sync/round/options.ts';
import type { RoundResult } from '../../../src/sync/round/result.ts';
import { runRound } from '../../../src/sync/round/run-round.ts';
import { journalFile, stateFolder } from '../../../src/sync/round/state-folder.ts';
import type { Confirmation, Parcel, SendContext, Target } from '../../../src/sync/targets/target.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { collect } from '../envelope/collect.ts';
import { NOON, plainLog } from '../segments/generated-log.ts';
import { MemoryKeys } from './storm/memory-keys.ts';

/** Where {@link SmallUpload} has its log. */
export const LOG = 'metrics_476aa2f1_2026-02-27.csv';
const MINUTE_MS = 60_000;

/** A target in memory that does what tests tell it to. */
export class TamedTarget implements Target {
  readonly objects = new Map<string, Buffer>();
  /** Paths of what was sent, and was asked for, in their order. */
  readonly calls: string[] = [];
  /** Is called before each call is carried out; what it throws is what the call rejects with. */
  before: (call: string, context?: SendContext) => void | Promise<void> = () => undefined;

  async send(parcel: Parcel, context: SendContext): Promise<void> {
    await this.#call('send', parcel.path, context);
    this.objects.set(parcel.path, await collect(parcel.read()));
  }

  async confirm(parcel: Parcel): Promise<Confirmation> {
    await this.#call('confirm', parcel.path);
    return this.objects.has(parcel.path) ? 'whole' : 'missing';
  }

  async remove(where: string): Promise<void> {
    await this.#call('remove', where);
    this.objects.delete(where);
  }

  close(): void {
    // Nothing is kept open.
  }

  async #call(call: string, where: string, context?: SendContext): Promise<void> {
    this.calls.push(`${call} ${where.slice(-12)}`);
    await this.before(call, context);
  }
}

/** A log of a row each five minutes, from noon on, and its upload. */
export class SmallUpload {
  readonly root: string;
  readonly target = new TamedTarget();
  readonly keys = new MemoryKeys();
  readonly waits: number[] = [];
  readonly damage: string[] = [];
  nowMs = NOON;
  options: Partial<RoundOptions> = {};
  surroundings: Partial<Surroundings> = {};
  #rows: number[] = [];

  constructor(t: Pick<TestContext, 'after'>) {
    this.root = temporaryDirectory(t);
    for (const folder of [this.logDirectory, this.dataDirectory]) fs.mkdirSync(folder, { mode: 0o700 });
  }

  get logDirectory(): string {
    return path.join(this.root, 'logs');
  }

  get dataDirectory(): string {
    return path.join(this.root, 'data');
  }

  get stateFolder(): string {
    return stateFolder(this.all);
  }

  get spool(): string[] {
    return fs.readdirSync(path.join(this.stateFolder, 'spool'));
  }

  get all(): RoundOptions & { readonly target: Target } {
    return {
      logDirectory: this.logDirectory,
      dataDirectory: this.dataDirectory,
      destination: '0123456789abcdef',
      mode: 'backup',
      study: '',
      recipients: [],
      encrypt: true,
      keys: this.keys,
      maxSpoolBytes: 10_000_000,
      includesOpen: false,
      signal: new AbortController().signal,
      onDamage: what => this.damage.push(what),
      ...this.options,
      target: this.target,
      surroundings: {
        disk: realDisk,
        now: () => this.nowMs,
        sleep: (ms, signal) => {
          this.waits.push(ms);
          this.nowMs += ms;
          signal.throwIfAborted();
          return Promise.resolve();
        },
        random: () => 0.5,
        ...this.surroundings,
      },
    };
  }

  /** Rows are logged for so many minutes. */
  log(minutes: number): void {
    for (const end = this.nowMs + minutes * MINUTE_MS; this.nowMs < end; this.nowMs += 5 * MINUTE_MS)
      this.#rows.push(this.nowMs);
    const { header, lines } = plainLog(this.#rows);
    fs.writeFileSync(path.join(this.logDirectory, LOG), header + lines.join(''));
  }

  /** The log's text, header first. */
  get text(): string {
    return fs.readFileSync(path.join(this.logDirectory, LOG), 'utf8');
  }

  round(options: Partial<RoundOptions> = {}): Promise<RoundResult> {
    return runRound({ ...this.all, ...options });
  }

  async ledger(): Promise<Ledger> {
    return (await readJournal(realDisk, journalFile(this.stateFolder))).ledger;
  }

  /** All that is kept of the upload, by name. */
  kept(): Map<string, Buffer> {
    const files = fs.readdirSync(path.join(this.dataDirectory, 'sync'), {
      recursive: true,
      withFileTypes: true,
    });
    return new Map(
      files
        .filter(entry => entry.isFile())
        .map(({ parentPath, name }) => [name, fs.readFileSync(path.join(parentPath, name))]),
    );
  }
}
