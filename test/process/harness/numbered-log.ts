import { DEFAULT_CONFIG } from '../../../src/common/config/schema.ts';
import { Frame } from '../../../src/common/frame.ts';
import { buildLayout } from '../../../src/common/layout.ts';
import { LogWriter } from '../../../src/log/log-writer.ts';
import { logRules } from '../../../src/log/rules.ts';

/** How a log is written. */
export interface Pace {
  /** Time between two samples. */
  readonly stepMs: number;
  readonly fileBytes: number;
  /** Whether a file is compressed as soon as it is closed. */
  readonly compresses: boolean;
}

/** The column that has a row's number. */
export const NUMBER_COLUMN = 'context_switches';
const START = Date.UTC(2024, 1, 28);

/** A real writer whose rows are numbered: the row `n` is `n` steps after the start. */
export class NumberedLog {
  readonly #writer: LogWriter;
  readonly #stepMs: number;
  readonly #frame = new Frame(buildLayout({ core: 2, gpu: 0, disk: 0 }, group => group === 'cpu'));
  readonly #slot = this.#frame.layout.slots.get(NUMBER_COLUMN) ?? -1;

  /** @param onTrouble told of whatever the writer has to say that is not good */
  constructor(
    directory: string,
    { stepMs, fileBytes, compresses }: Pace,
    onTrouble: (message: string) => void,
  ) {
    this.#stepMs = stepMs;
    this.#writer = new LogWriter({
      directory,
      hardwareId: '476aa2f138590064966c48cda3e6a773',
      rules: {
        ...logRules(DEFAULT_CONFIG),
        maxFileBytes: fileBytes,
        maxFilesPerDay: 1_000_000,
        compressAfterDays: compresses ? 0 : undefined,
      },
      onStatus: ({ why }) => {
        if (why !== undefined) onTrouble(`paused: ${why}`);
      },
      onWarning: onTrouble,
    });
  }

  append(n: number): void {
    this.#frame.utcMs = START + n * this.#stepMs;
    this.#frame.monotonicMs = n * this.#stepMs;
    this.#frame.set(this.#slot, n);
    this.#writer.append(this.#frame);
  }

  close(): void {
    this.#writer.close();
  }
}
