import { Buffer } from 'node:buffer';
import type { Absence } from '../../../common/frame.ts';
import { MEMORY, type NativeLibrary, REFERENCE, type Reference } from '../native-library.ts';
import { absenceOfError } from './codes.ts';

/** `IOCTL_DISK_PERFORMANCE` of `winioctl.h`, and `sizeof(DISK_PERFORMANCE)` */
const DISK_PERFORMANCE = 0x0007_0020;
export const DISK_PERFORMANCE_SIZE = 88;
/** `IOCTL_STORAGE_QUERY_PROPERTY` of `winioctl.h` */
const STORAGE_QUERY_PROPERTY = 0x002d_1400;
/** `STORAGE_PROPERTY_QUERY` with `StorageDeviceProperty` and `PropertyStandardQuery`, which are both 0. */
const DEVICE_PROPERTY_QUERY = new Uint8Array(12);
/** The members of `STORAGE_DEVICE_DESCRIPTOR` up to `BusType`; what stands behind, the serial number too, is not asked for. */
const DESCRIPTOR_SIZE = 32;
const BUS_TYPE_OFFSET = 28;

/** `FILE_SHARE_READ | FILE_SHARE_WRITE` and `OPEN_EXISTING` of `winnt.h` and `fileapi.h` */
const SHARED = 3;
const OPEN_EXISTING = 3;
/** `INVALID_HANDLE_VALUE` as 64 bits without sign */
const INVALID_HANDLE = 2n ** 64n - 1n;

interface Functions {
  CreateFileW(
    name: string,
    access: number,
    sharing: number,
    security: number,
    disposition: number,
    attributes: number,
    template: number,
  ): Reference;
  DeviceIoControl(
    device: Reference,
    code: number,
    input: Uint8Array | null,
    inputSize: number,
    output: Uint8Array,
    outputSize: number,
    returned: Uint32Array,
    overlapped: number,
  ): number;
  CloseHandle(handle: Reference): number;
  GetLastError(): number;
}

/** Physical disks by their numbers, asked without the right to read or write them: every user may. */
export class DiskDevices {
  /** `DISK_PERFORMANCE` of the last query that succeeded. */
  readonly performance = Buffer.alloc(DISK_PERFORMANCE_SIZE);
  /** Why the last call gave nothing. */
  absence: Absence = 'failed';
  readonly #functions: Functions;
  readonly #returned = new Uint32Array(1);
  readonly #descriptor = Buffer.alloc(DESCRIPTOR_SIZE);

  private constructor(functions: Functions) {
    this.#functions = functions;
  }

  /** `undefined` where a function is missing: all have been there since Windows XP. */
  static open(kernel32: NativeLibrary): DiskDevices | undefined {
    const flags = 'uint32_t';
    const functions = kernel32.bindAll<Functions>({
      CreateFileW: [REFERENCE, 'str16', flags, flags, REFERENCE, flags, flags, REFERENCE],
      DeviceIoControl: ['int', REFERENCE, flags, MEMORY, flags, MEMORY, flags, MEMORY, REFERENCE],
      CloseHandle: ['int', REFERENCE],
      GetLastError: ['uint32_t'],
    });
    return functions && new DiskDevices(functions);
  }

  /** Opens `\\.\PhysicalDriveN`; `undefined` where that fails. To be closed. */
  openDisk(number: number): Reference | undefined {
    const name = `\\\\.\\PhysicalDrive${number}`;
    const handle = this.#functions.CreateFileW(name, 0, SHARED, 0, OPEN_EXISTING, 0, 0);
    if (BigInt(handle) !== INVALID_HANDLE && BigInt(handle) !== 0n) return handle;
    this.absence = absenceOfError(this.#functions.GetLastError());
    return undefined;
  }

  /** How the disk is connected: a `STORAGE_BUS_TYPE` of `ntddstor.h`; `undefined` where that is not told. */
  busTypeOf(disk: Reference): number | undefined {
    const isAnswered = this.#control(disk, STORAGE_QUERY_PROPERTY, DEVICE_PROPERTY_QUERY, this.#descriptor);
    return isAnswered ? this.#descriptor.readUInt32LE(BUS_TYPE_OFFSET) : undefined;
  }

  /** Brings {@link performance} up to date; false where that fails. */
  readPerformance(disk: Reference): boolean {
    return this.#control(disk, DISK_PERFORMANCE, null, this.performance);
  }

  close(disk: Reference): void {
    this.#functions.CloseHandle(disk);
  }

  /** Whether `output` was filled to its end. */
  #control(disk: Reference, code: number, input: Uint8Array | null, output: Uint8Array): boolean {
    this.#returned.fill(0);
    const isAnswered = this.#functions.DeviceIoControl(
      disk,
      code,
      input,
      input?.length ?? 0,
      output,
      output.length,
      this.#returned,
      0,
    );
    if (isAnswered === 0) {
      this.absence = absenceOfError(this.#functions.GetLastError());
      return false;
    }
    this.absence = 'failed';
    return (this.#returned[0] ?? 0) >= output.length;
  }
}
