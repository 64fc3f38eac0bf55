import type { Frame } from '../common/frame.ts';

/** Decides which samples become rows of the log. */
export interface RowFilter {
  /** Whether this frame is written; the filter takes it as written then. Called once a tick, in order. */
  admits(frame: Frame): boolean;
  /** The next frame opens a new file: it is written, and nothing is known of the rows before. */
  reset(): void;
}

/** Every sample becomes a row. */
export const everySample: RowFilter = {
  admits: () => true,
  reset: () => undefined,
};
