import type { SamplerClient } from '../../client/sampler-client.ts';
import type { LayoutMessage } from '../../common/protocol.ts';
import { Readings, slotsOf } from '../../common/readings.ts';
import type { Template } from '../../common/status-template/parse.ts';
import { RECENT_SAMPLES, RecentValues } from './recent.ts';
import { StatusLine, type TextOptions } from './text.ts';
import { tableColumns } from './tooltip-table.ts';

/** Longest span that the sampler remembers, seconds. */
const LONGEST_SECONDS = 3600;

/** What the item keeps of the sampler's readings: the template made ready for their columns, and the last values. */
export class Readout {
  readonly line: StatusLine;
  readonly recent: RecentValues;
  readonly #client: SamplerClient;
  readonly #layout: LayoutMessage;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #intervalSeconds: number;

  constructor(client: SamplerClient, layout: LayoutMessage, template: Template, options: TextOptions) {
    this.#client = client;
    this.#layout = layout;
    this.#slots = slotsOf(layout);
    this.#intervalSeconds = client.status?.intervalSeconds ?? 1;
    this.line = new StatusLine(template, layout, options);
    const columns = [...tableColumns(layout), ...this.line.sparkColumns];
    this.recent = new RecentValues(columns, this.#slots, 1000 * this.#intervalSeconds);
  }

  /** Whether this was made for the layout and the pace that the client has now. */
  get isCurrent(): boolean {
    const { layout, status } = this.#client;
    return layout === this.#layout && (status?.intervalSeconds ?? 1) === this.#intervalSeconds;
  }

  /** The latest frame; `undefined` while there is none. */
  get readings(): Readings | undefined {
    const { frame } = this.#client;
    return frame && new Readings(this.#layout, frame, this.#slots);
  }

  /** Takes over the last values from the sampler's memory. Without an answer they come with the frames. */
  async remember(): Promise<void> {
    const { columns } = this.recent;
    const seconds = Math.min(LONGEST_SECONDS, Math.ceil(RECENT_SAMPLES * this.#intervalSeconds));
    try {
      this.recent.replace(await this.#client.history({ seconds: Math.max(1, seconds), columns }));
    } catch {
      // There is no sampler, or it has just ended: the next one is asked again.
    }
  }
}
