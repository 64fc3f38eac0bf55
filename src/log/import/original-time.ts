const LOCAL = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/;
const ZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const HOUR_MS = 3_600_000;

/**
 * Reads the original's timestamps: with a zone where each kind of hardware has its file, otherwise in the local time of
 * its machine, which is taken to be that of this one.
 */
export class OriginalClock {
  /** Rows in the hour that comes twice when summer time ends, and were found to be of its second time. */
  secondHours = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** Milliseconds since 1970 UTC; NaN for what is no time. */
  read(text: string): number {
    const time = ZONED.test(text) ? Date.parse(text.replace(' ', 'T')) : this.#readLocal(text);
    if (!Number.isNaN(time)) this.#last = time;
    return time;
  }

  #readLocal(text: string): number {
    const match = LOCAL.exec(text);
    if (!match) return Number.NaN;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
    const ms = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
    const time = new Date(year, month - 1, day, hour, minute, second, ms).getTime();
    const again = time + HOUR_MS;
    const isAmbiguous = new Date(again).getHours() === hour && new Date(time).getHours() === hour;
    if (!isAmbiguous || time >= this.#last) return time;
    this.secondHours++;
    return again;
  }
}
