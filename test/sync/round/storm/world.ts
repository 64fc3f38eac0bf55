import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { OpeningKeys } from '../../../../src/sync/envelope/unseal.ts';
import { rotateKeys } from '../../../../src/sync/keys/key-store.ts';
import { readJournal } from '../../../../src/sync/journal/journal.ts';
import type { RoundOptions } from '../../../../src/sync/round/options.ts';
import type { Released, RoundResult } from '../../../../src/sync/round/result.ts';
import { runRound } from '../../../../src/sync/round/run-round.ts';
import { journalFile, spoolFolder, stateFolder } from '../../../../src/sync/round/state-folder.ts';
import type { Target } from '../../../../src/sync/targets/target.ts';
import { CrashError, type DiskFaults, MemoryDisk } from '../memory-disk.ts';
import type { Random } from '../random.ts';
import { arrivedRows } from './arrived.ts';
import { LogModel } from './log-model.ts';
import { MemoryKeys } from './memory-keys.ts';
import type { StormTarget } from './storm-targets.ts';
import type { Study } from './studies.ts';

/** What a run is made of; the rest is left to chance. */
export interface Weather {
  readonly studies: readonly Study[];
  readonly isContribution: boolean;
  /** Whether the journal is damaged in between: rows may be there twice then. */
  readonly damagesJournal: boolean;
  readonly damagesSpool: boolean;
}

const HOUR_MS = 3_600_000;
/** A bit before a midnight. */
const EVENING = Date.UTC(2026, 1, 27, 22, 20);

/** Folder for what runs leave: in memory where there is such a thing. */
export function quickFolder(): string {
  const shared = '/dev/shm';
  return fs.mkdtempSync(path.join(fs.existsSync(shared) ? shared : os.tmpdir(), 'storm-'));
}

/** A machine with a log, a disk and a clock, and a target far away. */
export class World {
  readonly log: LogModel;
  readonly keys = new MemoryKeys();
  readonly weather: Weather;
  /** What happened, for whoever looks into a run that failed. */
  readonly story: string[] = [];
  readonly #random: Random;
  readonly #root: string;
  readonly #far: StormTarget;
  #target: Target;
  #disk: MemoryDisk;
  #nowMs = EVENING;
  #recipients: readonly string[];
  #released: Released = {};

  constructor(root: string, random: Random, target: StormTarget, weather: Weather) {
    this.#root = root;
    this.#random = random;
    this.#far = target;
    this.#target = target.begin();
    this.weather = weather;
    this.log = new LogModel(path.join(root, 'logs'), random);
    this.#disk = new MemoryDisk(file => {
      this.log.synced(file);
    });
    this.#recipients = weather.isContribution ? [random.pick(weather.studies).recipient] : [];
    // The lock is a file of the real disk.
    fs.mkdirSync(stateFolder(this.#source), { recursive: true });
  }

  /** Makes the user's data folder, which is there before anything is uploaded. */
  async begin(): Promise<void> {
    const { dataDirectory } = this.#source;
    await this.#disk.makeFolder(dataDirectory);
    for (let folder = dataDirectory; folder !== '/'; folder = path.dirname(folder))
      await this.#disk.syncFolder(path.dirname(folder));
  }

  /** Rows come in, and the machine lives its life. */
  live(): void {
    const random = this.#random;
    for (let rows = random.whole(0, 10); rows > 0; rows--) {
      this.#nowMs += random.whole(1_000, 400_000);
      this.log.append(this.#nowMs);
    }
    if (random.chance(0.15)) this.log.leaveFile();
    if (random.chance(0.25)) this.log.compressOne();
    if (random.chance(0.15)) this.#jump();
    if (random.chance(0.5)) this.log.deleteReleased(this.#released);
  }

  /** Keys are rotated, recipients change, and disks rot. */
  async change(): Promise<void> {
    const random = this.#random;
    if (random.chance(0.15)) {
      await rotateKeys(this.keys, this.#nowMs);
      this.story.push('key rotated');
    }
    if (this.weather.isContribution && random.chance(0.3)) {
      const count = random.whole(1, this.weather.studies.length);
      this.#recipients = this.weather.studies.slice(0, count).map(({ recipient }) => recipient);
      this.story.push(`${String(count)} recipients`);
    }
    if (this.weather.damagesSpool && random.chance(0.5)) this.#damage(spoolFolder(stateFolder(this.#source)));
    if (this.weather.damagesJournal && random.chance(0.5))
      this.#damage(journalFile(stateFolder(this.#source)));
  }

  /** A round in bad weather, which may be the last of its process. */
  async disturbedRound(): Promise<void> {
    const random = this.#random;
    this.#far.disturb(random.pick([0, 0.1, 0.3, 0.6]));
    // Each round is a process of its own.
    this.#target = this.#far.begin();
    const faults = this.#diskFaults();
    this.#disk.expect(faults);
    const cancelling = new AbortController();
    const cancelAt = random.chance(0.15) ? random.below(30) : -1;
    let steps = 0;
    try {
      const result = await this.#round(cancelling.signal, random.chance(0.3), () => {
        if (steps++ === cancelAt) cancelling.abort(new Error('cancelled'));
        // Somebody makes another key in the middle of the round.
        if (steps % 20 === 7) void rotateKeys(this.keys, this.#nowMs);
        // The log grows while the round is at it.
        if (random.chance(0.05)) this.live();
      });
      this.story.push(`${result.state} ${result.reason}`);
    } catch (error) {
      if (!(error instanceof CrashError)) throw error;
    }
    if (this.#disk.hasCrashed) this.#recover();
    this.#disk.expect({});
  }

  /**
   * The weather clears: rounds until nothing is left to do.
   *
   * @throws Error when it does not come to that
   */
  async settle(): Promise<void> {
    this.#far.disturb(0);
    this.#target = this.#far.begin();
    this.#disk.expect({});
    // Whatever clock the last rows were written with, their time is over.
    this.#nowMs += 48 * HOUR_MS;
    this.log.leaveFile();
    let result: RoundResult | undefined;
    for (let round = 0; round < 5; round++) {
      result = await this.#round(new AbortController().signal, true, () => undefined);
      this.story.push(`settling: ${result.state} ${result.reason}`);
      const { ledger } = await readJournal(this.#disk, journalFile(stateFolder(this.#source)));
      if (result.state === 'done' && ledger.abandoned.size === 0) return;
    }
    throw new Error(`it does not come to an end: ${JSON.stringify(result)}`);
  }

  /** @throws Error when what has arrived is not what was logged */
  async check(): Promise<void> {
    const keys: OpeningKeys = this.#random.chance(0.5)
      ? { local: this.keys.ring.local }
      : { local: this.keys.ring.local, identities: this.weather.studies.map(({ identity }) => identity) };
    const rows = await arrivedRows(this.#far.objects(), keys, this.weather.damagesJournal);
    const arrived = new Set(rows);
    const logged = new Set(this.log.rows());
    const missing = [...logged].filter(row => !arrived.has(row));
    const invented = [...arrived].filter(row => !logged.has(row));
    const few = (list: string[]): string => `${String(list.length)} rows (${list.slice(0, 3).join(', ')})`;
    if (missing.length > 0 || invented.length > 0)
      throw new Error(`${few(missing)} are missing, ${few(invented)} are not of the log`);
    if (rows.length !== arrived.size && !this.weather.damagesJournal)
      throw new Error(`${String(rows.length - arrived.size)} rows are there twice`);
    const spool = [...this.#disk.files().keys()].filter(name =>
      name.startsWith(spoolFolder(stateFolder(this.#source))),
    );
    if (spool.length > 0) throw new Error(`the spool is not empty: ${spool.join(', ')}`);
  }

  get #source(): Omit<
    RoundOptions,
    'target' | 'maxSpoolBytes' | 'includesOpen' | 'signal' | 'onProgress' | 'surroundings'
  > {
    const { isContribution } = this.weather;
    return {
      logDirectory: path.join(this.#root, 'logs'),
      dataDirectory: path.join(this.#root, 'data'),
      destination: '0123456789abcdef',
      mode: isContribution ? 'contribute' : 'backup',
      study: isContribution ? 'weather' : '',
      recipients: this.#recipients,
      encrypt: true,
      keys: this.keys,
      onDamage: what => this.story.push(what),
    };
  }

  async #round(signal: AbortSignal, includesOpen: boolean, onProgress: () => void): Promise<RoundResult> {
    const result = await runRound({
      ...this.#source,
      target: this.#target,
      maxSpoolBytes: this.#random.pick([3_000, 12_000, 1_000_000]),
      includesOpen,
      signal,
      onProgress,
      surroundings: {
        disk: this.#disk,
        now: () => this.#nowMs,
        sleep: (ms, aborting) => {
          this.#nowMs += Math.ceil(ms);
          aborting.throwIfAborted();
          return Promise.resolve();
        },
        random: () => this.#random.next(),
      },
    });
    // Of what a damaged journal has forgotten it cannot be told that it has arrived.
    if (result.lost.length > 0 && !this.weather.damagesJournal)
      throw new Error(`rows are given up: ${result.lost.join()}`);
    this.#released = result.released;
    return result;
  }

  #diskFaults(): DiskFaults {
    const random = this.#random;
    const operations = random.pick([40, 150, 400]);
    return {
      ...(random.chance(0.4) ? { crashAt: random.below(operations) } : {}),
      ...(random.chance(0.2)
        ? {
            failAt: new Map([[random.below(operations), random.pick(['EIO', 'ENOSPC', 'EDQUOT', 'EACCES'])]]),
          }
        : {}),
      ...(random.chance(0.15)
        ? { full: { from: random.below(operations), to: random.below(2 * operations) } }
        : {}),
    };
  }

  #recover(): void {
    if (this.#random.chance(0.5)) {
      this.story.push('killed');
      this.#disk = this.#disk.afterKill();
      this.log.restart();
    } else {
      this.story.push('power cut');
      this.#disk = this.#disk.afterPowerCut(this.#random);
      this.log.cutPower();
    }
  }

  #jump(): void {
    const hours = this.#random.pick([-30, -3, -0.4, -0.1, 0.1, 3, 30]);
    this.#nowMs += hours * HOUR_MS;
    this.story.push(`clock jumps by ${String(hours)} h`);
  }

  /** Changes, shortens or deletes one of the files at or below a place. */
  #damage(where: string): void {
    const random = this.#random;
    const files = [...this.#disk.files()].filter(([name]) => name.startsWith(where));
    if (files.length === 0) return;
    const [name, bytes] = random.pick(files);
    this.story.push(`${path.basename(name)} damaged`);
    const copy = Buffer.from(bytes);
    const at = random.below(Math.max(1, copy.length));
    switch (random.below(3)) {
      case 0:
        copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
        this.#disk.tamper(name, copy);
        return;
      case 1:
        this.#disk.tamper(name, copy.subarray(0, at));
        return;
      default:
        this.#disk.tamper(name, undefined);
    }
  }
}
