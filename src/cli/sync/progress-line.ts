import type { RoundProgress } from '../../sync/round/options.ts';

/** Clears the rest of a terminal line. */
const CLEAR = '\u001b[K';

const WORDS: Readonly<Record<RoundProgress['step'], string>> = {
  planning: 'looking at the log',
  sealing: 'sealing',
  sending: 'sending',
  confirming: 'waiting for confirmation',
  waiting: 'waiting',
};

/** How far an upload is: on a terminal in one line that is written over, elsewhere nothing. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #isLineOpen = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show({ step, confirmed, left, bytes, ofBytes, reason, untilMs }: RoundProgress): void {
    if (!this.#stream.isTTY) return;
    const files =
      confirmed + left > 0 ? `${Math.min(confirmed + 1, confirmed + left)} of ${confirmed + left}` : '';
    const share = ofBytes > 0 ? `${((100 * bytes) / ofBytes).toFixed(0)}%` : '';
    const why =
      reason === undefined ? '' : `${reason}${untilMs === undefined ? '' : `, until ${timeOf(untilMs)}`}`;
    const line = [WORDS[step], files, share, why].filter(part => part !== '').join('  ');
    this.#stream.write(`\r${line.slice(0, (this.#stream.columns || 80) - 1)}${CLEAR}`);
    this.#isLineOpen = true;
  }

  /** A line that stays. */
  say(what: string): void {
    this.end();
    this.#stream.write(`optimetrics: ${what}\n`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isLineOpen) this.#stream.write(`\r${CLEAR}`);
    this.#isLineOpen = false;
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
