import type { SamplerClient } from '../client/sampler-client.ts';
import { differences } from '../common/config/differences.ts';
import type { Config } from '../common/config/schema.ts';
import { reaches } from '../common/log-threshold.ts';
import type { FrameMessage, LogLevel } from '../common/protocol.ts';
import { Readings, slotsOf } from '../common/readings.ts';
import { Readout, readingsTable } from './readout.ts';

export interface RunOptions {
  readonly config: Config;
  /** Ends after this many seconds; `undefined` runs until {@link Run.end}. */
  readonly seconds: number | undefined;
  /** Prints every column at the end. */
  readonly isTest: boolean;
  /** The least important of the sampler's messages to print. */
  readonly threshold: LogLevel;
}

/** The running sampler has other settings than this command; the message lists them and says what to do. */
export class ForeignSamplerError extends Error {
  override readonly name = 'ForeignSamplerError';
}

/** One `optimetrics run`: follows the sampler, which does the logging, and shows that it works. */
export class Run {
  readonly #client: SamplerClient;
  readonly #options: RunOptions;
  readonly #readout = new Readout(process.stdout);
  #slots: ReadonlyMap<string, number> = new Map();
  #last: Readings | undefined;
  #firstUtcMs: number | undefined;
  #samples = 0;
  #file: string | undefined;
  #finish: (error?: Error) => void = () => undefined;

  constructor(client: SamplerClient, options: RunOptions) {
    this.#client = client;
    this.#options = options;
  }

  /**
   * Runs until the time is over or {@link end} is called.
   *
   * @throws ForeignSamplerError when the running sampler has other settings
   * @throws Error when the sampler does not start
   */
  async toTheEnd(): Promise<void> {
    const client = this.#client;
    const over = new Promise<void>((resolve, reject) => {
      this.#finish = error => {
        if (error) reject(error);
        else resolve();
      };
    });
    client.onLayout(layout => {
      this.#slots = slotsOf(layout);
    });
    client.onFrame(frame => {
      this.#take(frame);
    });
    client.onStatus(({ log }) => {
      this.#file = log.file ?? this.#file;
    });
    client.onLog(({ level, message }) => {
      if (reaches(level, this.#options.threshold)) this.#warn(message);
    });
    client.onState(() => {
      if (client.state === 'failed' && this.#samples === 0) this.#finish(new Error(client.detail));
      if (client.state === 'running') this.#checkSettings();
    });
    client.start({ isManual: true });
    try {
      await over;
    } finally {
      this.#readout.end();
    }
    if (this.#options.isTest && this.#last) process.stdout.write(readingsTable(this.#last));
    const where = this.#file === undefined ? '' : `, log ${this.#file}`;
    process.stdout.write(
      `${String(this.#samples)} samples${where} in ${this.#options.config.logging.logDirectory}\n`,
    );
  }

  /** Ends the run in good order. */
  end(): void {
    this.#finish();
  }

  #take(frame: FrameMessage): void {
    const { layout } = this.#client;
    if (!layout) return;
    this.#samples++;
    this.#firstUtcMs ??= frame.utcMs;
    this.#last = new Readings(layout, frame, this.#slots);
    this.#readout.show(this.#last);
    const { seconds } = this.#options;
    if (seconds === undefined) return;
    // The first sample stands for the interval before it.
    const intervalMs = 1000 * (this.#client.status?.intervalSeconds ?? 1);
    if (frame.utcMs - this.#firstUtcMs + intervalMs >= seconds * 1000 - intervalMs / 2) this.#finish();
  }

  #checkSettings(): void {
    const running = this.#client.sampler?.config;
    if (!running) return;
    const differing = differences(running, this.#options.config);
    if (differing.length === 0) return;
    const list = differing.map(
      ({ key, a, b }) => `${key} is ${JSON.stringify(a)} there and ${JSON.stringify(b)} here`,
    );
    this.#finish(
      new ForeignSamplerError(
        `a sampler runs with other settings (${list.join('; ')}); use the same settings, or --isolated and another --log-dir for a sampler of its own`,
      ),
    );
  }

  #warn(message: string): void {
    this.#readout.end();
    process.stderr.write(`optimetrics: ${message}\n`);
  }
}
