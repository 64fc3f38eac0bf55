/** A line, or a file, that could not be read as it should. */
export interface Damage {
  /** Name of the file in its folder. */
  readonly file: string;
  /** Counted from 1; 0 when the file as a whole is meant, or when it was not read from its beginning. */
  readonly line: number;
  /** What is wrong, as the rest of a sentence that begins with the place. */
  readonly what: string;
}

/** Collects what is wrong with files: counts all, keeps the first of them. */
export class DamageReport {
  readonly #limit: number;
  readonly #list: Damage[] = [];
  #count = 0;

  constructor(limit = 100) {
    this.#limit = limit;
  }

  add(damage: Damage): void {
    this.#count++;
    if (this.#list.length < this.#limit) this.#list.push(damage);
  }

  get count(): number {
    return this.#count;
  }

  /** The first that were found. */
  get list(): readonly Damage[] {
    return this.#list;
  }
}

/** `file:line what is wrong`. */
export function formatDamage({ file, line, what }: Damage): string {
  return `${file}${line === 0 ? '' : `:${String(line)}`} ${what}`;
}
