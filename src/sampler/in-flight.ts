import fs from 'node:fs';
import { codeOf } from '../common/faults.ts';

/** Bytes for the name of the part that is in a call on the tick path. */
const CALL_SIZE = 32;
/** Bytes for the comma-separated names of the parts whose opening is under way. */
const OPENING_SIZE = 224;

/** What a sampler was doing when it last wrote its marks. */
export interface InFlight {
  /** Part that was in a call on the tick path. */
  readonly call: string | undefined;
  /** Adapters whose opening had not come back. */
  readonly opening: readonly string[];
}

/**
 * Marks in a small file which part of the sampler is in a call that may never return: an adapter, or the log. A native
 * call that crashes or hangs takes the process with it; the mark tells the next one whose fault it was.
 *
 * The file has 256 bytes: the name on the tick path, then the names being opened, both padded with spaces. A mark is
 * one write at a fixed place of a kept-open file, about two microseconds.
 */
export class InFlightMarks {
  readonly #fd: number;
  readonly #encoded = new Map<string, Buffer>();
  readonly #opening = new Set<string>();

  /** @throws the system's error when the file cannot be written */
  constructor(file: string) {
    this.#fd = fs.openSync(file, 'w', 0o600);
    fs.writeSync(this.#fd, Buffer.alloc(CALL_SIZE + OPENING_SIZE, ' '), 0, CALL_SIZE + OPENING_SIZE, 0);
  }

  /** The part `name` is about to make its calls. */
  enter(name: string): void {
    let bytes = this.#encoded.get(name);
    if (!bytes) {
      bytes = Buffer.alloc(CALL_SIZE, ' ');
      bytes.write(name, 'latin1');
      this.#encoded.set(name, bytes);
    }
    fs.writeSync(this.#fd, bytes, 0, CALL_SIZE, 0);
  }

  /** The part that entered last came back. */
  leave(): void {
    this.enter('');
  }

  /** The opening of adapter `name` begins. */
  opening(name: string): void {
    this.#opening.add(name);
    this.#writeOpening();
  }

  /** The opening of adapter `name` came back. */
  opened(name: string): void {
    this.#opening.delete(name);
    this.#writeOpening();
  }

  /** A clean end: nothing is in flight. */
  close(): void {
    this.leave();
    this.#opening.clear();
    this.#writeOpening();
    fs.closeSync(this.#fd);
  }

  #writeOpening(): void {
    const bytes = Buffer.alloc(OPENING_SIZE, ' ');
    bytes.write([...this.#opening].join(','), 'latin1');
    fs.writeSync(this.#fd, bytes, 0, OPENING_SIZE, CALL_SIZE);
  }
}

/** Reads the marks a former sampler left. A missing or damaged file says that nothing was in flight. */
export function readInFlight(file: string): InFlight {
  let text: string;
  try {
    text = fs.readFileSync(file, 'latin1');
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return { call: undefined, opening: [] };
  }
  const call = text.slice(0, CALL_SIZE).trim();
  const opening = text.slice(CALL_SIZE, CALL_SIZE + OPENING_SIZE).trim();
  return {
    call: isName(call) ? call : undefined,
    opening: opening.split(',').filter(isName),
  };
}

function isName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,30}$/.test(text);
}
