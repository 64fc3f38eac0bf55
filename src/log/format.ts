/**
 * What a reader of the log must know besides the metric table. The log is a step function: a row holds, for every
 * column, until the next row. Rows are left out while every column stays inside its band (see `bands.ts`).
 */

/** Columns that stand before the numeric ones. */
export const LEADING_COLUMNS = ['timestamp', 'hardware_id', 'session_category'] as const;

/**
 * Longest time between two rows while samples come: a row is written when the next sample could come later than this
 * after the last row. Samples that are further apart than this are all rows.
 */
export const HEARTBEAT_MS = 60_000;

/**
 * Rows further apart than this have a gap between them, in which the sampler did not run or could not write, and across
 * which nothing is held. It is {@link HEARTBEAT_MS} and what timers may be late.
 *
 * Nothing is lost by not holding: the last sample before a stop, a suspend, a step of the clock, midnight and other columns
 * is always a row, and rows that a fault kept from being written are written when it is over. Only after a crash, or when
 * the files of the day are full, is it unknown how long the last row held, by at most this time.
 */
export const GAP_MS = 61_000;
