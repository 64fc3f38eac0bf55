import { readUnsigned64 } from '../../native/unsigned64.ts';

/** Members of `MEMORYSTATUSEX` of `sysinfoapi.h`, `DWORDLONG` each. */
const TOTAL_OFFSET = 8;
const AVAILABLE_OFFSET = 16;

/** Members of `SYSTEM_PAGEFILE_INFORMATION`, `ULONG` each. Behind them stands the file’s name, which is not looked at. */
const PAGE_FILE = { nextEntryOffset: 0, totalSize: 4, totalInUse: 8 } as const;
const PAGE_FILE_SIZE = 32;

/** Physical memory in bytes. */
export interface PhysicalMemory {
  readonly total: number;
  /** What can be had without writing anything to a page file first: free pages, and those kept as a cache. */
  readonly available: number;
}

/** All page files together, in pages. */
export interface PageFiles {
  readonly total: number;
  readonly used: number;
}

/** Reads `MEMORYSTATUSEX`; `undefined` when it contradicts itself. */
export function decodeMemoryStatus(bytes: Buffer): PhysicalMemory | undefined {
  const total = readUnsigned64(bytes, TOTAL_OFFSET);
  const available = readUnsigned64(bytes, AVAILABLE_OFFSET);
  return total > 0 && available <= total ? { total, available } : undefined;
}

/**
 * Reads the list of page files.
 *
 * @param length how many bytes the kernel gave; none where there is no page file
 * @returns `undefined` when that is no such list, or it contradicts itself
 */
export function decodePageFiles(bytes: Buffer, length: number): PageFiles | undefined {
  const end = Math.min(length, bytes.length);
  let total = 0;
  let used = 0;
  let at = 0;
  while (end > 0) {
    if (at + PAGE_FILE_SIZE > end) return undefined;
    const size = bytes.readUInt32LE(at + PAGE_FILE.totalSize);
    const inUse = bytes.readUInt32LE(at + PAGE_FILE.totalInUse);
    if (inUse > size) return undefined;
    total += size;
    used += inUse;
    const next = bytes.readUInt32LE(at + PAGE_FILE.nextEntryOffset);
    if (next === 0) break;
    // An entry cannot lie within another.
    if (next < PAGE_FILE_SIZE) return undefined;
    at += next;
  }
  return { total, used };
}
