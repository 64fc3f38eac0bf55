import fs from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { Category, SecondsPerClass, WorkloadTimes } from '../../common/workload.ts';
import { WRITER_LOCK } from '../../log/writer-lock.ts';
import { DirectoryLock, DirectoryLockedError } from '../../runtime/directory-lock.ts';

/** Days that are kept: five weeks. */
const KEPT_DAYS = 35;
/** Time between two writes, in seconds that were counted. */
const SAVE_SECONDS = 60;
/** Classes of a day; a file with more is not one of ours. */
const MOST_CLASSES = 200;

const FileForm = v.object({
  version: v.literal(1),
  /** Seconds per class of each local day. */
  days: v.record(
    v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)),
    v.pipe(
      v.record(v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,64}$/)), v.pipe(v.number(), v.minValue(0))),
      v.check(day => Object.keys(day).length <= MOST_CLASSES),
    ),
  ),
});

type Day = Map<Category, number>;

/**
 * How long each class has been the answer on each of the last days: the user's local days, as the machine that is watched
 * has them, since that is what a person means by “today”.
 *
 * It is kept in `times.json` of a folder that one sampler at a time writes: once a minute, at midnight and at the end, in
 * one step each, so that a crash costs the last minute at most. (A power cut may cost the file, where the file system
 * does not order writes; counting then starts anew.)
 */
export class TimePerClass {
  readonly #directory: string;
  #lock: DirectoryLock | undefined;
  /** What the file says, or would say once it can be written. */
  #kept = new Map<string, Day>();
  /** What was counted since. */
  #counted = new Map<string, Day>();
  #unsaved = 0;
  /** The local day from {@link #dayFromMs} until {@link #dayUntilMs}. */
  #day = '';
  #dayFromMs = 0;
  #dayUntilMs = 0;

  /** @param directory folder of the file; made when it is first written */
  constructor(directory: string) {
    this.#directory = directory;
    this.#read();
  }

  /** Counts time. Returns whether another day has begun, which changes what {@link times} says. */
  add(category: Category, seconds: number, utcMs: number): boolean {
    const before = this.#day;
    const name = this.#dayOf(utcMs);
    addTo(this.#counted, name, category, seconds);
    this.#unsaved += seconds;
    return before !== '' && before !== name;
  }

  /** Whether there is a minute that has not been written. */
  get isDue(): boolean {
    return this.#unsaved >= SAVE_SECONDS;
  }

  /**
   * Writes what there is. While another sampler keeps the file, it is read instead: that one counts the same time.
   *
   * @throws the system's error; what was counted stays, and is written the next time
   */
  save(): void {
    if (this.#unsaved === 0) return;
    // After a fault the next attempt comes a minute later, not each second.
    this.#unsaved = 0;
    if (!this.#lock) {
      const lock = this.#acquire();
      this.#read();
      if (!lock) {
        this.#counted.clear();
        return;
      }
      this.#lock = lock;
    }
    for (const [name, day] of this.#counted)
      for (const [category, seconds] of day) addTo(this.#kept, name, category, seconds);
    this.#counted.clear();
    dropOldest(this.#kept, this.#day);
    this.#write();
  }

  /** Today and this week, as of `nowMs`. */
  times(nowMs: number): WorkloadTimes {
    const [today = '', ...before] = daysOfWeek(nowMs);
    return { atMs: nowMs, today: this.#sum([today]), week: this.#sum([today, ...before]) };
  }

  /** Writes the rest and frees the folder for another sampler. @throws the system's error */
  close(): void {
    try {
      this.save();
    } finally {
      this.#lock?.release();
      this.#lock = undefined;
    }
  }

  get #file(): string {
    return path.join(this.#directory, 'times.json');
  }

  #acquire(): DirectoryLock | undefined {
    fs.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    try {
      return DirectoryLock.acquire(this.#directory, WRITER_LOCK);
    } catch (error) {
      if (error instanceof DirectoryLockedError) return undefined;
      throw error;
    }
  }

  #read(): void {
    try {
      const parsed = v.safeParse(FileForm, JSON.parse(fs.readFileSync(this.#file, 'utf8')));
      if (!parsed.success) return;
      this.#kept = new Map(
        Object.entries(parsed.output.days).map(([name, day]) => [name, new Map(Object.entries(day))]),
      );
    } catch {
      // None yet, one that may not be read, or one that was cut short: counting starts anew.
    }
  }

  #write(): void {
    const days = Object.fromEntries(
      [...this.#kept].map(([name, day]) => [name, Object.fromEntries(rounded(day, 1))]),
    );
    const beside = `${this.#file}.new`;
    fs.writeFileSync(beside, JSON.stringify({ version: 1, days }), { mode: 0o600 });
    fs.renameSync(beside, this.#file);
  }

  #sum(names: readonly string[]): SecondsPerClass {
    const sum = new Map<string, Day>();
    for (const days of [this.#kept, this.#counted])
      for (const name of names)
        for (const [category, seconds] of days.get(name) ?? []) addTo(sum, '', category, seconds);
    return Object.fromEntries(rounded(sum.get('') ?? [], 0));
  }

  #dayOf(utcMs: number): string {
    if (utcMs < this.#dayFromMs || utcMs >= this.#dayUntilMs) {
      const date = new Date(utcMs);
      this.#dayFromMs = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
      this.#dayUntilMs = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
      this.#day = localDay(date);
    }
    return this.#day;
  }
}

function addTo(days: Map<string, Day>, name: string, category: Category, seconds: number): void {
  let day = days.get(name);
  if (!day) days.set(name, (day = new Map<Category, number>()));
  day.set(category, (day.get(category) ?? 0) + seconds);
}

/** The oldest go, and never the one that is being counted: a clock that is wrong for a while costs no real day. */
function dropOldest(days: Map<string, Day>, current: string): void {
  const names = [...days.keys()].filter(name => name !== current).sort();
  for (const name of names.slice(0, Math.max(0, names.length + 1 - KEPT_DAYS))) days.delete(name);
}

/** Local date, `YYYY-MM-DD`. */
function localDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Local dates from the day of `nowMs` back to its Monday. */
function daysOfWeek(nowMs: number): string[] {
  const date = new Date(nowMs);
  const sinceMonday = (date.getDay() + 6) % 7;
  return Array.from({ length: sinceMonday + 1 }, (_, back) =>
    localDay(new Date(date.getFullYear(), date.getMonth(), date.getDate() - back)),
  );
}

function rounded(day: Iterable<[Category, number]>, decimals: number): [Category, number][] {
  const scale = 10 ** decimals;
  return [...day].map(([category, seconds]) => [category, Math.round(seconds * scale) / scale]);
}
