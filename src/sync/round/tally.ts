import type { Ledger } from '../journal/ledger.ts';
import type { SegmentRecord } from '../journal/records.ts';
import { type Count, NOTHING, type RoundCounts } from './result.ts';

/** Counts what a round does. */
export class Tally {
  readonly lost: string[] = [];
  #sealed = NOTHING;
  #sent = NOTHING;
  #confirmed = NOTHING;
  #lostRows = NOTHING;
  readonly #sentOnce = new Set<number>();

  get confirmed(): Count {
    return this.#confirmed;
  }

  /** Segments with which nothing is left to do. */
  get finished(): number {
    return this.#confirmed.segments + this.#lostRows.segments;
  }

  addSealed(segment: SegmentRecord): void {
    this.#sealed = plus(this.#sealed, segment);
  }

  /** A segment that is sent again counts once. */
  addSent(segment: SegmentRecord): void {
    if (this.#sentOnce.has(segment.n)) return;
    this.#sentOnce.add(segment.n);
    this.#sent = plus(this.#sent, segment);
  }

  addConfirmed(segment: SegmentRecord): void {
    this.#confirmed = plus(this.#confirmed, segment);
  }

  addLost(segment: SegmentRecord): void {
    const { file, rows, firstMs, lastMs } = segment.range;
    this.#lostRows = plus(this.#lostRows, segment);
    this.lost.push(
      `${file}: ${rows} rows from ${new Date(firstMs).toISOString()} to ${new Date(lastMs).toISOString()}`,
    );
  }

  counts(ledger: Ledger | undefined, spoolBytes: number): RoundCounts {
    let total = NOTHING;
    for (const { rows, bytes } of ledger?.stored.values() ?? [])
      total = { segments: total.segments + 1, rows: total.rows + rows, bytes: total.bytes + bytes };
    return {
      sealed: this.#sealed,
      sent: this.#sent,
      confirmed: this.#confirmed,
      waiting: (ledger?.open ?? []).reduce(plus, NOTHING),
      lost: this.#lostRows,
      total,
      spoolBytes,
    };
  }
}

/** A count with one more segment. */
export function plus({ segments, rows, bytes }: Count, { range, file }: SegmentRecord): Count {
  return { segments: segments + 1, rows: rows + range.rows, bytes: bytes + (file?.bytes ?? 0) };
}
