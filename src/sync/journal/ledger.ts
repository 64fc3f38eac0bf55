import type { Cursor, RowRange } from '../segments/segment.ts';
import type { JournalRecord, SegmentRecord } from './records.ts';

/** What is known of a file at the target. */
export interface StoredFile {
  readonly rows: number;
  readonly bytes: number;
}

/** What the records of a journal come to. */
export class Ledger {
  /** By number. Those that need no more work are among them until the journal is written anew. */
  readonly #segments = new Map<number, SegmentRecord>();
  /** Numbers of those that do, and of all by file and birth: there can be very many, in few files. */
  readonly #open = new Set<number>();
  readonly #byFile = new Map<string, Set<number>>();
  /** Of journals that were written anew, by file and birth. */
  readonly #cursors = new Map<string, number>();
  /** Times of the rows that end there, where they are known. */
  readonly #lastMs = new Map<string, number>();
  /** Where a file was cut: numbers from which on segments say how far it is sealed. */
  readonly #cuts = new Map<string, number>();
  /** The birth that was last heard of, by file. */
  readonly #births = new Map<string, string>();
  /** Confirmed and not removed, by path. */
  readonly #stored = new Map<string, StoredFile>();
  readonly #abandoned = new Set<string>();
  #next = 0;

  /** Number for a new segment. */
  get next(): number {
    return this.#next;
  }

  get stored(): ReadonlyMap<string, StoredFile> {
    return this.#stored;
  }

  /** Paths that may be at the target, and should not. */
  get abandoned(): ReadonlySet<string> {
    return this.#abandoned;
  }

  /** Segments that need more work, oldest first. */
  get open(): SegmentRecord[] {
    return this.#recordsOf(this.#open).sort((a, b) => a.n - b.n);
  }

  /** How many segments need more work. */
  get openCount(): number {
    return this.#open.size;
  }

  segment(n: number): SegmentRecord | undefined {
    return this.#segments.get(n);
  }

  /** How much of a log file is in segments, without a gap. */
  cursorOf(file: string): Cursor | undefined {
    const birth = this.#births.get(file);
    return birth === undefined ? undefined : { birth, to: this.#positionOf(file, birth) };
  }

  /** Time of the row that ends where the cursor of a file stands; `undefined` when that is not known. */
  lastMsOf(file: string): number | undefined {
    const cursor = this.cursorOf(file);
    return cursor && this.#timeAt(file, cursor.birth, cursor.to);
  }

  /** Whether all rows of a range are in segments. */
  covers({ file, birth, from, to }: Pick<RowRange, 'file' | 'birth' | 'from' | 'to'>): boolean {
    return (
      to <= this.#positionOf(file, birth) ||
      this.#of(file, birth).some(({ range }) => range.from <= from && to <= range.to)
    );
  }

  apply(record: JournalRecord): void {
    switch (record.k) {
      case 'journal':
        this.#next = Math.max(this.#next, record.next);
        return;
      case 'segment':
        this.#put(record);
        this.#births.set(record.range.file, record.range.birth);
        this.#next = Math.max(this.#next, record.n + 1);
        // What is not sealed has the same name when it is made anew.
        if (record.file) this.#abandoned.delete(record.file.path);
        if (record.state === 'confirmed' && record.file)
          this.#stored.set(record.file.path, { rows: record.range.rows, bytes: record.file.bytes });
        return;
      case 'cursor': {
        const key = keyOf(record);
        this.#setCursor(key, record.to, record.lastMs);
        this.#births.set(record.file, record.birth);
        return;
      }
      case 'cut':
        this.#setCursor(keyOf(record), record.to);
        this.#cuts.set(keyOf(record), record.n);
        this.#births.set(record.file, record.birth);
        this.#next = Math.max(this.#next, record.n);
        return;
      case 'stored':
        for (const [name, rows, bytes] of record.files)
          this.#stored.set(`${record.folder}/${name}`, { rows, bytes });
        return;
      case 'abandoned':
        this.#abandoned.add(record.path);
        return;
      case 'removed':
        this.#stored.delete(record.path);
        this.#abandoned.delete(record.path);
        return;
    }
  }

  /** Forgets the segments with which nothing is left to do, but for how far they go and where their files are. */
  forgetFinished(): void {
    // Only what needs no more work: were the record of a segment that does lost, its rows would be taken for done.
    for (const [key, numbers] of this.#byFile) {
      const { file, birth } = partsOf(key);
      const isFinished = (segment: SegmentRecord): boolean => !isOpen(segment);
      const to = this.#positionOf(file, birth, this.#of(file, birth).filter(isFinished));
      if (to > 0) this.#setCursor(key, to, this.#timeAt(file, birth, to));
      for (const { n, range } of this.#recordsOf(numbers).filter(isFinished))
        if (range.to <= to || n < this.#cutOf(key)) this.#drop(n);
    }
  }

  /** Records that come to the same. */
  *condensed(): Generator<JournalRecord> {
    yield { k: 'journal', version: 1, next: this.#next };
    // A file's newest birth comes last.
    const cursors = [...this.#cursors].sort(
      ([a], [b]) => Number(this.#isNewest(a)) - Number(this.#isNewest(b)),
    );
    for (const [key, to] of cursors) {
      const n = this.#cuts.get(key);
      if (n !== undefined) yield { k: 'cut', ...partsOf(key), to, n };
      const lastMs = this.#lastMs.get(key);
      yield { k: 'cursor', ...partsOf(key), to, ...(lastMs === undefined ? {} : { lastMs }) };
    }
    for (const segment of this.#segments.values()) {
      yield segment;
      if (segment.state === 'confirmed' && segment.file && !this.#stored.has(segment.file.path))
        yield { k: 'removed', path: segment.file.path };
    }
    for (const [folder, files] of this.#storedByFolder()) yield { k: 'stored', folder, files };
    for (const path of this.#abandoned) yield { k: 'abandoned', path };
  }

  #storedByFolder(): Map<string, [string, number, number][]> {
    const folders = new Map<string, [string, number, number][]>();
    for (const [path, { rows, bytes }] of this.#stored) {
      const slash = path.lastIndexOf('/');
      const folder = path.slice(0, slash);
      const files = folders.get(folder) ?? [];
      files.push([path.slice(slash + 1), rows, bytes]);
      folders.set(folder, files);
    }
    return folders;
  }

  #isNewest(key: string): boolean {
    const { file, birth } = partsOf(key);
    return this.#births.get(file) === birth;
  }

  #put(record: SegmentRecord): void {
    // After damage to the journal a number may be given again.
    this.#drop(record.n);
    this.#segments.set(record.n, record);
    const key = keyOf(record.range);
    const numbers = this.#byFile.get(key);
    if (numbers) numbers.add(record.n);
    else this.#byFile.set(key, new Set([record.n]));
    if (isOpen(record)) this.#open.add(record.n);
  }

  /** Segments that say how far a file is sealed. */
  #of(file: string, birth: string): SegmentRecord[] {
    const key = keyOf({ file, birth });
    return this.#recordsOf(this.#byFile.get(key) ?? []).filter(({ n }) => n >= this.#cutOf(key));
  }

  #setCursor(key: string, to: number, lastMs?: number): void {
    this.#cursors.set(key, to);
    if (lastMs === undefined) this.#lastMs.delete(key);
    else this.#lastMs.set(key, lastMs);
  }

  #timeAt(file: string, birth: string, to: number): number | undefined {
    const segment = this.#of(file, birth).find(({ range }) => range.to === to);
    if (segment) return segment.range.lastMs;
    const key = keyOf({ file, birth });
    return this.#cursors.get(key) === to ? this.#lastMs.get(key) : undefined;
  }

  #cutOf(key: string): number {
    return this.#cuts.get(key) ?? 0;
  }

  #recordsOf(numbers: Iterable<number>): SegmentRecord[] {
    return [...numbers].flatMap(n => this.#segments.get(n) ?? []);
  }

  #drop(n: number): void {
    const segment = this.#segments.get(n);
    if (segment) this.#byFile.get(keyOf(segment.range))?.delete(n);
    this.#segments.delete(n);
    this.#open.delete(n);
  }

  /** Where the first row stands that is in no segment, or may be: a record that was damaged leaves a gap. */
  #positionOf(file: string, birth: string, segments = this.#of(file, birth)): number {
    let position = this.#cursors.get(keyOf({ file, birth })) ?? 0;
    for (const { after, range } of segments.sort((a, b) => a.after - b.after))
      if (after <= position) position = Math.max(position, range.to);
    return position;
  }
}

/** Whether a segment needs more work. */
export function isOpen({ state }: SegmentRecord): boolean {
  return state !== 'confirmed' && state !== 'lost';
}

function keyOf({ file, birth }: Pick<RowRange, 'file' | 'birth'>): string {
  return `${file}\n${birth}`;
}

function partsOf(key: string): { file: string; birth: string } {
  const [file = '', birth = ''] = key.split('\n');
  return { file, birth };
}
