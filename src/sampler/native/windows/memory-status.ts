import { Buffer } from 'node:buffer';
import { MEMORY, type NativeLibrary } from '../native-library.ts';

/** `sizeof(MEMORYSTATUSEX)` of `sysinfoapi.h` */
export const MEMORY_STATUS_SIZE = 64;
/** `sizeof(SYSTEM_INFO)` of `sysinfoapi.h`, and where `dwPageSize` stands in it */
const SYSTEM_INFO_SIZE = 48;
const PAGE_SIZE_OFFSET = 4;

interface Functions {
  GlobalMemoryStatusEx(status: Uint8Array): number;
  GetSystemInfo(info: Uint8Array): void;
}

/** Physical memory, from `GlobalMemoryStatusEx`, and the size of a page. */
export class MemoryStatus {
  /** `MEMORYSTATUSEX`, as of the last read that succeeded. */
  readonly bytes = Buffer.alloc(MEMORY_STATUS_SIZE);
  /** Bytes a page. */
  readonly pageSize: number;
  readonly #functions: Functions;

  private constructor(functions: Functions) {
    this.#functions = functions;
    const info = Buffer.alloc(SYSTEM_INFO_SIZE);
    functions.GetSystemInfo(info);
    this.pageSize = info.readUInt32LE(PAGE_SIZE_OFFSET);
  }

  /** `undefined` where the library lacks what it takes. */
  static open(kernel32: NativeLibrary): MemoryStatus | undefined {
    const functions = kernel32.bindAll<Functions>({
      GlobalMemoryStatusEx: ['int', MEMORY],
      GetSystemInfo: ['void', MEMORY],
    });
    return functions && new MemoryStatus(functions);
  }

  /** Brings {@link bytes} up to date; false where that fails. */
  read(): boolean {
    // `dwLength`: the function wants to be told which form of the structure this is.
    this.bytes.writeUInt32LE(MEMORY_STATUS_SIZE, 0);
    return this.#functions.GlobalMemoryStatusEx(this.bytes) !== 0;
  }
}
