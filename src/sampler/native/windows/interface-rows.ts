import { Buffer } from 'node:buffer';
import type { Absence } from '../../../common/frame.ts';
import { MEMORY, type NativeLibrary, REFERENCE, type Reference } from '../native-library.ts';
import { absenceOfError, ERROR } from './codes.ts';

/** `MIB_IF_TABLE2` of `netioapi.h`: a `ULONG` with the number of rows, then from byte 8 the rows. */
const ROWS_OFFSET = 8;
/** `sizeof(MIB_IF_ROW2)` */
export const INTERFACE_ROW_SIZE = 1352;
/** More than any machine has: a count beyond it is nonsense. */
const MAX_ROWS = 8192;

interface Functions {
  GetIfTable2(table: Uint32Array): number;
  FreeMibTable(table: Reference): void;
}
type RtlMoveMemory = (target: Uint8Array, source: Reference, size: number) => void;

/**
 * The table of network interfaces, from `GetIfTable2`. Each answer is memory of its own; it is copied and given back at
 * once.
 */
export class InterfaceRows {
  /** {@link INTERFACE_ROW_SIZE} bytes a row; what stands behind the last row is left over from earlier. */
  bytes = Buffer.alloc(0);
  /** Rows of the last read that succeeded. */
  count = 0;
  /** Why the last read failed. */
  absence: Absence = 'failed';
  readonly #functions: Functions;
  readonly #move: RtlMoveMemory;
  readonly #head = Buffer.alloc(ROWS_OFFSET);
  /** A pointer in its two halves: reading it makes no bigint. */
  readonly #address = new Uint32Array(2);

  private constructor(functions: Functions, move: RtlMoveMemory) {
    this.#functions = functions;
    this.#move = move;
  }

  /** `undefined` where a library lacks what it takes. */
  static open(iphlpapi: NativeLibrary, ntdll: NativeLibrary): InterfaceRows | undefined {
    const functions = iphlpapi.bindAll<Functions>({
      GetIfTable2: ['uint32_t', MEMORY],
      FreeMibTable: ['void', REFERENCE],
    });
    const move: RtlMoveMemory | undefined = ntdll.bind('RtlMoveMemory', [
      'void',
      MEMORY,
      REFERENCE,
      'size_t',
    ]);
    return functions && move && new InterfaceRows(functions, move);
  }

  /** Brings {@link bytes} up to date; false where that fails. */
  read(): boolean {
    this.#address.fill(0);
    const code = this.#functions.GetIfTable2(this.#address);
    if (code !== ERROR.success) {
      this.absence = absenceOfError(code);
      return false;
    }
    this.absence = 'failed';
    const address = (this.#address[1] ?? 0) * 2 ** 32 + (this.#address[0] ?? 0);
    if (address === 0) return false;
    try {
      return this.#take(address);
    } finally {
      this.#functions.FreeMibTable(address);
    }
  }

  #take(address: number): boolean {
    this.#move(this.#head, address, ROWS_OFFSET);
    const count = this.#head.readUInt32LE(0);
    if (count > MAX_ROWS) return false;
    const size = count * INTERFACE_ROW_SIZE;
    if (this.bytes.length < size) this.bytes = Buffer.alloc(size);
    if (size > 0) this.#move(this.bytes, address + ROWS_OFFSET, size);
    this.count = count;
    return true;
  }
}
