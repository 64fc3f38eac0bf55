import type { Frame } from '../common/frame.ts';

/** Decides which samples become rows of the log. */
export interface RowFilter {
  /** Whether this frame is written. Called once a tick, in order. */
  admits(frame: Frame): boolean;
  /** The next frame opens a new file and is written whatever the filter remembers. */
  reset(): void;
}

/** Every sample becomes a row. */
export const everySample: RowFilter = {
  admits: () => true,
  reset: () => undefined,
};
