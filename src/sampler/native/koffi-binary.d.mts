/** The C library a Linux program is linked with. */
export type Libc = 'glibc' | 'musl';

/**
 * Path of koffi's binary below `node_modules`, with forward slashes, as koffi 3.3 lays out its platform packages;
 * `undefined` for a platform that has none.
 *
 * @param platform as `process.platform`
 * @param arch as `process.arch`
 * @param libc only looked at on Linux
 */
export function koffiBinary(platform: string, arch: string, libc: Libc): string | undefined;

/**
 * The C library this Node is linked with, by the interpreter its executable names; `glibc` outside Linux.
 *
 * @throws the system's error when the executable cannot be read
 */
export function hostLibc(): Libc;
