import { MEMORY, type NativeLibrary, REFERENCE, type Reference, isNull } from '../native-library.ts';

/** `PROCESS_QUERY_LIMITED_INFORMATION` of `winnt.h` */
const QUERY_LIMITED = 0x1000;

interface Functions {
  OpenProcess(access: number, inherits: number, pid: number): Reference;
  GetProcessTimes(
    process: Reference,
    created: BigUint64Array,
    ended: BigUint64Array,
    kernel: BigUint64Array,
    user: BigUint64Array,
  ): number;
  CloseHandle(handle: Reference): number;
}

/**
 * Tells when a process started, in units of 100 ns since 1601, as Windows keeps it: always the same for a process. The
 * answer is empty where Windows does not tell us, of a process of somebody else for example.
 */
export function processStartReader(kernel32: NativeLibrary): (pid: number) => string {
  const functions = kernel32.bindAll<Functions>({
    OpenProcess: [REFERENCE, 'uint32_t', 'int', 'uint32_t'],
    GetProcessTimes: ['int', REFERENCE, MEMORY, MEMORY, MEMORY, MEMORY],
    CloseHandle: ['int', REFERENCE],
  });
  if (!functions) return () => '';
  const [created, ended, kernel, user] = [0, 0, 0, 0].map(() => new BigUint64Array(1)) as [
    BigUint64Array,
    BigUint64Array,
    BigUint64Array,
    BigUint64Array,
  ];
  return pid => {
    const process = functions.OpenProcess(QUERY_LIMITED, 0, pid);
    if (isNull(process)) return '';
    const isTold = functions.GetProcessTimes(process, created, ended, kernel, user) !== 0;
    functions.CloseHandle(process);
    return isTold ? String(created[0]) : '';
  };
}
