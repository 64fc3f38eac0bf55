import type { HostMessage } from '../../src/common/dashboard.ts';
import { parseColumnName } from '../../src/common/layout.ts';
import type { FrameMessage, RangeChunk } from '../../src/common/protocol.ts';
import { temperatureIn, type TemperatureUnit } from '../../src/common/units.ts';

/** Ranges whose columns are remembered: more than the extension answers at a time. */
const MOST_RANGES = 16;

type Row = readonly (number | null)[];

/**
 * Turns the temperatures of what the extension sends, which are in °C as the sampler reads them, into the unit in which the user
 * reads them. It is done once, where messages come in: charts, tables, comparisons and exports then all have the same.
 */
export class ShownUnits {
  readonly #unit: TemperatureUnit;
  /** Slots of a frame that are temperatures. */
  #slots: readonly number[] = [];
  /** The same for the columns of each range that is coming, by its number. */
  readonly #ranges = new Map<number, readonly number[]>();

  constructor(unit: TemperatureUnit) {
    this.#unit = unit;
  }

  /** The message as it is to be shown. In °C it is the same one. */
  shown(message: HostMessage): HostMessage {
    if (this.#unit === 'celsius') return message;
    switch (message.type) {
      case 'sync':
        if (message.layout) this.#slots = temperaturesAmong(message.layout.columns);
        return message.frame ? { ...message, frame: this.#frame(message.frame) } : message;
      case 'layout':
        this.#slots = temperaturesAmong(message.layout.columns);
        return message;
      case 'frame':
        return { ...message, frame: this.#frame(message.frame) };
      case 'rangeChunk':
        return { ...message, chunk: this.#chunk(message.request, message.chunk) };
      case 'rangeDone':
      case 'rangeFailed':
        this.#ranges.delete(message.request);
        return message;
      default:
        return message;
    }
  }

  #frame(frame: FrameMessage): FrameMessage {
    const values = [...frame.values];
    for (const slot of this.#slots) values[slot] = this.#convert(values[slot] ?? null);
    return { ...frame, values };
  }

  #chunk(request: number, chunk: RangeChunk): RangeChunk {
    if (chunk.head) {
      this.#ranges.set(request, temperaturesAmong(chunk.head.columns));
      const [oldest] = this.#ranges.keys();
      // Of one that is cancelled no end is told.
      if (this.#ranges.size > MOST_RANGES && oldest !== undefined) this.#ranges.delete(oldest);
    }
    const places = this.#ranges.get(request) ?? [];
    const rows = (series: readonly Row[]): readonly Row[] =>
      series.map((row, place) => (places.includes(place) ? row.map(value => this.#convert(value)) : row));
    return {
      ...chunk,
      mean: rows(chunk.mean),
      ...(chunk.min ? { min: rows(chunk.min) } : {}),
      ...(chunk.max ? { max: rows(chunk.max) } : {}),
    };
  }

  #convert(value: number | null): number | null {
    return value === null ? null : temperatureIn(this.#unit, value);
  }
}

/** Places of the temperatures among columns. */
function temperaturesAmong(columns: readonly string[]): number[] {
  return columns.flatMap((name, place) => (parseColumnName(name)?.metric.unit === '°C' ? [place] : []));
}
