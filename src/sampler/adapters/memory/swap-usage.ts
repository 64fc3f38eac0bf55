import { readUnsigned64 } from '../../native/unsigned64.ts';

/** `sizeof(struct xsw_usage)` of `<sys/sysctl.h>` */
export const SWAP_USAGE_SIZE = 32;

const OFFSET = { total: 0, used: 16 } as const;

/** Swap files of a Mac, in bytes. */
export interface SwapUsage {
  readonly total: number;
  readonly used: number;
}

/**
 * Reads `struct xsw_usage`, the value of `vm.swapusage`.
 *
 * @param length how many bytes the kernel gave
 * @returns `undefined` when that is not the structure, or it contradicts itself
 */
export function decodeSwapUsage(bytes: Buffer, length: number): SwapUsage | undefined {
  if (length < SWAP_USAGE_SIZE || bytes.length < SWAP_USAGE_SIZE) return undefined;
  const total = readUnsigned64(bytes, OFFSET.total);
  const used = readUnsigned64(bytes, OFFSET.used);
  return used <= total ? { total, used } : undefined;
}
