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
  /** Of journals that were written anew, by file and birth. */
  readonly #cursors = new Map<string, number>();
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
    return [...this.#segments.values()].filter(isOpen).sort((a, b) => a.n - b.n);
  }

  segment(n: number): SegmentRecord | undefined {
    return this.#segments.get(n);
  }

  /** How much of a log file is in segments, without a gap. */
  cursorOf(file: string): Cursor | undefined {
    const birth = this.#births.get(file);
    return birth === undefined ? undefined : { birth, to: this.#positionOf(file, birth) };
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
        this.#segments.set(record.n, record);
        this.#births.set(record.range.file, record.range.birth);
        this.#next = Math.max(this.#next, record.n + 1);
        // What is not sealed has the same name when it is made anew.
        if (record.file) this.#abandoned.delete(record.file.path);
        if (record.state === 'confirmed' && record.file)
          this.#stored.set(record.file.path, { rows: record.range.rows, bytes: record.file.bytes });
        return;
      case 'cursor': {
        const key = keyOf(record);
        this.#cursors.set(key, Math.max(record.to, this.#cursors.get(key) ?? 0));
        this.#births.set(record.file, record.birth);
        return;
      }
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

  /** Records that come to the same, and to no more than is needed. */
  *condensed(): Generator<JournalRecord> {
    yield { k: 'journal', version: 1, next: this.#next };
    // Only what needs no more work: were the record of a segment that does lost, its rows would be taken for done.
    const covered = new Map(this.#cursors);
    for (const { range } of this.#segments.values())
      covered.set(
        keyOf(range),
        this.#positionOf(range.file, range.birth, segment => !isOpen(segment)),
      );
    // A file's newest birth comes last.
    const cursors = [...covered].sort(([a], [b]) => Number(this.#isNewest(a)) - Number(this.#isNewest(b)));
    for (const [key, to] of cursors) if (to > 0) yield { k: 'cursor', ...partsOf(key), to };
    for (const segment of this.#segments.values()) {
      const isBehind = segment.range.to <= (covered.get(keyOf(segment.range)) ?? 0);
      if (isOpen(segment) || !isBehind) yield segment;
      if (segment.file && !isOpen(segment) && !isBehind && !this.#stored.has(segment.file.path))
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

  #of(file: string, birth: string): SegmentRecord[] {
    return [...this.#segments.values()].filter(({ range }) => range.file === file && range.birth === birth);
  }

  /**
   * Where the first row stands that is in no segment, or may be: a record that was damaged leaves a gap.
   *
   * @param counts whether a segment counts
   */
  #positionOf(file: string, birth: string, counts: (segment: SegmentRecord) => boolean = () => true): number {
    let position = this.#cursors.get(keyOf({ file, birth })) ?? 0;
    const segments = this.#of(file, birth).filter(counts);
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
