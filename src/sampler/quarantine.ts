import fs from 'node:fs';

/** How long a part is left out after the sampler died in its call. */
export const LEFT_OUT_MS = 60_000;
/** A part that has behaved this long since its only death has it forgiven. */
export const FORGIVEN_MS = 3_600_000;

/** What the quarantine says about a part: use it, leave it out for now, or leave it until somebody starts by hand. */
export type Verdict = 'free' | 'left-out' | 'quarantined';

interface Deaths {
  readonly deaths: number;
  /** Milliseconds since 1970 UTC. */
  readonly last: number;
}

/**
 * Remembers, over the deaths of samplers, which adapter (or the log) was in flight when one died. After the first
 * death a part is left out for a minute; after the second until the next manual start. Kept in the runtime directory,
 * so that it ends with the login.
 */
export class Quarantine {
  readonly #file: string;
  readonly #records: Map<string, Deaths>;

  /** Reads what former samplers noted. A damaged file is as good as none: it only costs another try. */
  constructor(file: string) {
    this.#file = file;
    this.#records = readRecords(file);
  }

  /** Notes that the sampler died while `name` was in flight. */
  recordDeath(name: string, utcMs: number): void {
    const before = this.#records.get(name);
    const isForgiven = before?.deaths === 1 && utcMs - before.last >= FORGIVEN_MS;
    this.#records.set(name, { deaths: isForgiven ? 1 : (before?.deaths ?? 0) + 1, last: utcMs });
    this.#save();
  }

  verdict(name: string, utcMs: number): Verdict {
    const record = this.#records.get(name);
    if (!record) return 'free';
    if (record.deaths >= 2) return 'quarantined';
    // A clock that was set back since must not keep the part out for longer.
    return utcMs >= record.last && utcMs - record.last < LEFT_OUT_MS ? 'left-out' : 'free';
  }

  /** A manual start: every part is tried again. */
  clear(): void {
    if (this.#records.size === 0) return;
    this.#records.clear();
    this.#save();
  }

  #save(): void {
    const beside = `${this.#file}.${String(process.pid)}`;
    fs.writeFileSync(beside, JSON.stringify(Object.fromEntries(this.#records)), { mode: 0o600 });
    fs.renameSync(beside, this.#file);
  }
}

function readRecords(file: string): Map<string, Deaths> {
  const records = new Map<string, Deaths>();
  let parsed: unknown;
  try {
    parsed = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return records;
  }
  if (typeof parsed !== 'object' || parsed === null) return records;
  for (const [name, value] of Object.entries(parsed) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null || !('deaths' in value) || !('last' in value)) continue;
    const { deaths, last } = value;
    if (typeof deaths !== 'number' || !Number.isSafeInteger(deaths) || deaths < 1) continue;
    if (typeof last === 'number') records.set(name, { deaths, last });
  }
  return records;
}
