import { columnTitle, parseColumnName } from '../common/layout.ts';
import type { Readings } from '../common/readings.ts';
import { shownUnit } from '../common/units.ts';

/** Clears the rest of a terminal line. */
const CLEAR = '\u001b[K';

/** Prints readings as they come: on a terminal in one line that is written over, otherwise a line each. */
export class Readout {
  readonly #stream: NodeJS.WriteStream;
  #isLineOpen = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(readings: Readings): void {
    const line = readoutLine(readings);
    if (this.#stream.isTTY) {
      const width = this.#stream.columns || 80;
      this.#stream.write(`\r${line.slice(0, width - 1)}${CLEAR}`);
      this.#isLineOpen = true;
    } else {
      this.#stream.write(`${new Date(readings.frame.utcMs).toISOString()}  ${line}\n`);
    }
  }

  /** Leaves the line, so that what is printed next starts on its own. */
  end(): void {
    if (this.#isLineOpen) this.#stream.write('\n');
    this.#isLineOpen = false;
  }
}

/** The headline metrics in one line. */
export function readoutLine(readings: Readings): string {
  const percent = (column: string): string => {
    const value = readings.value(column);
    return `${value === undefined ? '–' : value.toFixed(0)}%`.padStart(4);
  };
  const rate = (column: string): string => (readings.value(column)?.toFixed(1) ?? '–').padStart(6);
  const gpus = readings.layout.gpus.map((_, number) => {
    const prefix = `gpu${String(number)}`;
    const label = readings.layout.gpus.length === 1 ? 'GPU' : `GPU${String(number)}`;
    return `${label}${percent(`${prefix}_utilization`)} VRAM${percent(`${prefix}_vram_percent`)}`;
  });
  return [
    `CPU${percent('total_utilization')}`,
    ...gpus,
    `RAM${percent('ram_percent')}`,
    `disk r${rate('disk_read_rate_mbps')} w${rate('disk_write_rate_mbps')} MB/s`,
    `net in${rate('net_recv_rate_mbps')} out${rate('net_send_rate_mbps')} Mbit/s`,
  ].join('  ');
}

/** Every column with its value and unit, or why it has none: a table for people. */
export function readingsTable(readings: Readings): string {
  const lines: string[] = [];
  for (const [name, value] of readings.entries()) {
    const column = parseColumnName(name);
    const unit = shownUnit(column?.metric.unit ?? '');
    const shown = typeof value === 'number' ? `${String(value)} ${unit}`.trim() : value;
    lines.push(`${name.padEnd(30)} ${shown.padEnd(18)} ${column ? columnTitle(column) : ''}`.trimEnd());
  }
  return lines.join('\n') + '\n';
}
