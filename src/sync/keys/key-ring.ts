import { LocalKey } from '../envelope/local-key.ts';

/** A local key and when it was made. */
export interface RingKey {
  readonly key: LocalKey;
  /** UTC, in milliseconds since 1970. */
  readonly createdMs: number;
}

/** The local keys of a user. The newest seals; all open. */
export class KeyRing {
  /** The oldest first. */
  readonly keys: readonly RingKey[];

  /** A key that is there twice counts once, with the time that comes first. */
  constructor(keys: Iterable<RingKey>) {
    const byId = new Map<string, RingKey>();
    for (const one of keys) {
      const known = byId.get(one.key.id);
      if (!known || one.createdMs < known.createdMs) byId.set(one.key.id, one);
    }
    this.keys = [...byId.values()].sort(byAge);
  }

  /** The key that seals; `undefined` when there is none. */
  get newest(): RingKey | undefined {
    return this.keys.at(-1);
  }

  /** All keys, for opening. */
  get local(): LocalKey[] {
    return this.keys.map(({ key }) => key);
  }

  has(id: string): boolean {
    return this.keys.some(({ key }) => key.id === id);
  }

  /** A key that is newer than all others, whatever the clock says. */
  next(nowMs: number): RingKey {
    return {
      key: LocalKey.generate(),
      createdMs: Math.max(nowMs, (this.newest?.createdMs ?? 0) + 1),
    };
  }
}

/** Puts the oldest first; of two that were made at the same time, always the same. */
export function byAge(a: RingKey, b: RingKey): number {
  return a.createdMs - b.createdMs || (a.key.id < b.key.id ? -1 : 1);
}
