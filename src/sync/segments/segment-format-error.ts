/**
 * A file holds no segment as OptiMetrics writes it: it is damaged, or made by something else. The message is one line and repeats
 * nothing of the file but numbers.
 */
export class SegmentFormatError extends Error {
  override readonly name = 'SegmentFormatError';

  constructor(what: string) {
    super(`it holds no segment as OptiMetrics writes it: ${what}`);
  }
}
