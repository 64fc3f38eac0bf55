import { ascii, type ByteReader } from './byte-reader.ts';

const MEM_TOTAL = ascii('MemTotal:');
const MEM_FREE = ascii('MemFree:');
const MEM_AVAILABLE = ascii('MemAvailable:');
const BUFFERS = ascii('Buffers:');
const CACHED = ascii('Cached:');
const SWAP_TOTAL = ascii('SwapTotal:');
const SWAP_FREE = ascii('SwapFree:');

/** Reads `/proc/meminfo`. All values are in KiB, NaN where the file does not have them. */
export class Meminfo {
  total = Number.NaN;
  /** Memory that new work can have without swapping. Kernels before 3.14 do not say: free, buffers and cache there. */
  available = Number.NaN;
  swapTotal = Number.NaN;
  swapFree = Number.NaN;

  /** Takes in the file's content. */
  parse(reader: ByteReader): void {
    this.total = Number.NaN;
    this.available = Number.NaN;
    this.swapTotal = Number.NaN;
    this.swapFree = Number.NaN;
    let free = Number.NaN;
    let buffers = Number.NaN;
    let cached = Number.NaN;
    do {
      if (reader.take(MEM_TOTAL)) this.total = reader.unsigned();
      else if (reader.take(MEM_FREE)) free = reader.unsigned();
      else if (reader.take(MEM_AVAILABLE)) this.available = reader.unsigned();
      else if (reader.take(BUFFERS)) buffers = reader.unsigned();
      else if (reader.take(CACHED)) cached = reader.unsigned();
      else if (reader.take(SWAP_TOTAL)) this.swapTotal = reader.unsigned();
      else if (reader.take(SWAP_FREE)) {
        this.swapFree = reader.unsigned();
        // The kernel prints what is wanted before this line, and thirty lines more after it.
        if (this.total >= 0 && this.available >= 0 && this.swapTotal >= 0) return;
      }
    } while (reader.nextLine());
    if (Number.isNaN(this.available)) this.available = free + buffers + cached;
  }
}
