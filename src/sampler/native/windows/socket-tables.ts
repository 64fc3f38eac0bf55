import { Buffer } from 'node:buffer';
import type { Absence } from '../../../common/frame.ts';
import { MEMORY, type NativeLibrary } from '../native-library.ts';
import { absenceOfError, ERROR } from './codes.ts';

/** Address families of `ws2def.h`. */
const FAMILIES = [2 /* AF_INET */, 23 /* AF_INET6 */] as const;
/** Tables of `iphlpapi.h`, one a protocol and family; each starts with a `DWORD` with the number of its rows. */
const TABLES = ['GetTcpTable', 'GetTcp6Table', 'GetUdpTable', 'GetUdp6Table'] as const;
/** Words of `MIB_TCPSTATS` of `tcpmib.h`, and that of `dwCurrEstab` */
const STATISTICS_WORDS = 15;
const ESTABLISHED_WORD = 8;
/** A table that outgrows its room between two calls is asked for again, so many times. */
const TRIES = 3;
/** Room for rows that come between two calls. */
const SPARE_BYTES = 4096;
/** Far beyond what any machine has: a size beyond it is nonsense. */
const MAX_BYTES = 64 * 2 ** 20;

type GetTable = (table: Uint8Array, size: Uint32Array, isSorted: number) => number;
type GetTcpStatisticsEx = (statistics: Uint32Array, family: number) => number;

/** TCP and UDP sockets of the machine. Of the tables only the number of rows is looked at, never an address. */
export class SocketTables {
  /** Why the last count gave nothing. */
  absence: Absence = 'unsupported';
  readonly #tables: readonly (GetTable | undefined)[];
  readonly #statistics: GetTcpStatisticsEx | undefined;
  readonly #words = new Uint32Array(STATISTICS_WORDS);
  readonly #size = new Uint32Array(1);
  #room = Buffer.alloc(2 * SPARE_BYTES);

  constructor(iphlpapi: NativeLibrary) {
    this.#tables = TABLES.map(name => iphlpapi.bind(name, ['uint32_t', MEMORY, MEMORY, 'int']));
    this.#statistics = iphlpapi.bind('GetTcpStatisticsEx', ['uint32_t', MEMORY, 'uint32_t']);
  }

  /** Sockets of both protocols and both versions of IP; NaN where one of them is not told. */
  countSockets(): number {
    let sum = 0;
    for (const table of this.#tables) sum += this.#count(table);
    return sum;
  }

  /** Connections that are established, of both versions of IP; NaN where one of them is not told. */
  countEstablished(): number {
    let sum = 0;
    for (const family of FAMILIES) {
      if (!this.#statistics) return this.#nothing('unsupported');
      this.#words.fill(0);
      const code = this.#statistics(this.#words, family);
      // The answer where a version of IP is not installed: there are no such connections.
      if (code === ERROR.notSupported) continue;
      if (code !== ERROR.success) return this.#nothing(absenceOfError(code));
      sum += this.#words[ESTABLISHED_WORD] ?? Number.NaN;
    }
    return sum;
  }

  #count(table: GetTable | undefined): number {
    if (!table) return this.#nothing('unsupported');
    for (let tries = 0; tries < TRIES; tries++) {
      this.#size[0] = this.#room.length;
      const code = table(this.#room, this.#size, 0);
      if (code === ERROR.notSupported) return 0;
      if (code === ERROR.success) return this.#room.readUInt32LE(0);
      const wanted = this.#size[0];
      if (code !== ERROR.insufficientBuffer || wanted > MAX_BYTES) return this.#nothing(absenceOfError(code));
      this.#room = Buffer.alloc(wanted + SPARE_BYTES);
    }
    return this.#nothing('failed');
  }

  #nothing(reason: Absence): number {
    this.absence = reason;
    return Number.NaN;
  }
}
