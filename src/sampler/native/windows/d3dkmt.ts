import type { Unavailable } from '../../adapters/base.ts';
import { type Koffi, loadKoffi } from '../koffi.ts';
import { MEMORY, NativeLibrary } from '../native-library.ts';
import { readUnsigned64 } from '../unsigned64.ts';
import { STATUS } from './codes.ts';
import { ADAPTER_INFO, CLOSE_ADAPTER, ENUM_ADAPTERS, QUERY_INFO, STATISTICS } from './d3dkmt-layout.ts';
import { systemFolder, type WindowsNativeOptions } from './library.ts';

/** What a test puts in place of the system. */
export interface D3dkmtOptions extends WindowsNativeOptions {
  /** Absolute path of the library in place of Windows’ `gdi32.dll`. */
  readonly library?: string;
}

/** A graphics adapter that is open; to be closed by its handle. */
export interface OpenAdapter {
  readonly handle: number;
  readonly luid: Luid;
}

/** The number that Windows gives an adapter until it goes away or the system restarts. */
export interface Luid {
  readonly low: number;
  readonly high: number;
}

/** `NTSTATUS f(T *)` */
type Call = (argument: Buffer) => number;

/** The functions; of the two that list adapters one will do. */
interface Calls {
  readonly queryInfo: Call;
  readonly queryStatistics: Call;
  readonly close: Call;
  readonly listAll: Call | undefined;
  readonly listSome: Call | undefined;
}

/** More adapters than any machine has. */
const MAX_ADAPTERS = 64;
/** `MAX_ENUM_ADAPTERS` */
const MAX_OLD_ADAPTERS = 16;

const NO_LIBRARY: Unavailable = {
  available: false,
  reason: 'unsupported',
  why: 'this Windows has no interface to its graphics kernel',
};

/**
 * Windows’ graphics kernel through the `D3DKMT` functions of `gdi32.dll`, which answer for every vendor’s GPU and need no
 * privilege. Microsoft documents them with their structures (`d3dkmthk.h` of the Windows SDK).
 *
 * All answers lie in buffers that are made once and overwritten by the next call of the same kind. No question names a
 * process.
 */
export class D3dkmt {
  readonly available = true;
  /** The answer to {@link query}. Larger than any structure that is asked for. */
  readonly data = Buffer.alloc(4096);
  readonly #info = Buffer.alloc(QUERY_INFO.size);
  /** Windows is not told its size: there is room for a later form of the structure, should there ever be one. */
  readonly #statistics = Buffer.alloc(2 * STATISTICS.size);
  readonly #closing = Buffer.alloc(CLOSE_ADAPTER.size);
  readonly #list = Buffer.alloc(ADAPTER_INFO.size * MAX_ADAPTERS);
  readonly #listing = Buffer.alloc(ENUM_ADAPTERS.size);
  readonly #calls: Calls;

  /** Loads the library. Does not throw; says why where nothing can be asked. */
  static open(options: D3dkmtOptions = {}): D3dkmt | Unavailable {
    const file = options.library ?? `${systemFolder(options.env ?? process.env)}gdi32.dll`;
    const native = (options.loadKoffi ?? loadKoffi)();
    if (!native.available) return native;
    const library = new NativeLibrary(native.koffi, file);
    const bind = (symbol: string): Call | undefined => library.bind(symbol, ['uint32_t', MEMORY]);
    const queryInfo = bind('D3DKMTQueryAdapterInfo');
    const queryStatistics = bind('D3DKMTQueryStatistics');
    const close = bind('D3DKMTCloseAdapter');
    const listAll = bind('D3DKMTEnumAdapters2');
    const listSome = bind('D3DKMTEnumAdapters');
    if (!queryInfo || !queryStatistics || !close || !(listAll ?? listSome)) return NO_LIBRARY;
    return new D3dkmt(native.koffi, { queryInfo, queryStatistics, close, listAll, listSome });
  }

  private constructor(koffi: Koffi, calls: Calls) {
    this.#calls = calls;
    this.#info.writeBigUInt64LE(koffi.address(this.data), QUERY_INFO.data);
    this.#listing.writeBigUInt64LE(koffi.address(this.#list), ENUM_ADAPTERS.adapters);
  }

  /** Opens all adapters of the system, software ones among them; the status where that goes wrong. */
  openAdapters(): readonly OpenAdapter[] | number {
    return this.#calls.listAll ? this.#openAll(this.#calls.listAll) : this.#openSome();
  }

  closeAdapter(handle: number): void {
    this.#closing.writeUInt32LE(handle, 0);
    this.#calls.close(this.#closing);
  }

  /**
   * Asks an adapter; the answer is in {@link data}, whose first bytes may be an input.
   *
   * @param type one of {@link QueryType}
   * @param size bytes of the structure that goes with the type
   * @returns a {@link STATUS}
   */
  query(handle: number, type: number, size: number): number {
    this.#info.writeUInt32LE(handle, QUERY_INFO.adapter);
    this.#info.writeUInt32LE(type, QUERY_INFO.type);
    this.#info.writeUInt32LE(size, QUERY_INFO.dataSize);
    return this.#calls.queryInfo(this.#info);
  }

  /**
   * Asks for what the graphics kernel counts; the answer is read with {@link statistic32} and {@link statistic64}.
   *
   * @param type one of {@link StatisticsType}
   * @param id number of the node or segment
   * @returns a {@link STATUS}
   */
  readStatistics(type: number, luid: Luid, id = 0): number {
    const statistics = this.#statistics;
    // Also the number of a process: none.
    statistics.fill(0, 0, STATISTICS.result);
    statistics.writeUInt32LE(type, STATISTICS.type);
    statistics.writeUInt32LE(luid.low, STATISTICS.luid);
    statistics.writeInt32LE(luid.high, STATISTICS.luid + 4);
    statistics.writeUInt32LE(id, STATISTICS.id);
    return this.#calls.queryStatistics(statistics);
  }

  /** @param offset within the result */
  statistic32(offset: number): number {
    return this.#statistics.readUInt32LE(STATISTICS.result + offset);
  }

  /** @param offset within the result */
  statistic64(offset: number): number {
    return readUnsigned64(this.#statistics, STATISTICS.result + offset);
  }

  #openAll(list: Call): readonly OpenAdapter[] | number {
    this.#listing.writeUInt32LE(MAX_ADAPTERS, ENUM_ADAPTERS.count);
    const status = list(this.#listing);
    if (status !== STATUS.success) return status;
    return readAdapters(this.#list, this.#listing.readUInt32LE(ENUM_ADAPTERS.count));
  }

  /** Windows 8’s older form, which knows 16 adapters at most. */
  #openSome(): readonly OpenAdapter[] | number {
    const table = Buffer.alloc(ENUM_ADAPTERS.oldHeader + ADAPTER_INFO.size * MAX_OLD_ADAPTERS);
    const status = this.#calls.listSome?.(table) ?? STATUS.notImplemented;
    if (status !== STATUS.success) return status;
    const count = Math.min(table.readUInt32LE(ENUM_ADAPTERS.count), MAX_OLD_ADAPTERS);
    return readAdapters(table.subarray(ENUM_ADAPTERS.oldHeader), count);
  }
}

function readAdapters(table: Buffer, count: number): OpenAdapter[] {
  return Array.from({ length: Math.min(count, MAX_ADAPTERS) }, (_, i) => {
    const at = i * ADAPTER_INFO.size;
    return {
      handle: table.readUInt32LE(at + ADAPTER_INFO.handle),
      luid: {
        low: table.readUInt32LE(at + ADAPTER_INFO.luid),
        high: table.readInt32LE(at + ADAPTER_INFO.luid + 4),
      },
    };
  });
}
