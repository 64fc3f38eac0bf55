import { Buffer } from 'node:buffer';
import type { Absence } from '../../../common/frame.ts';
import { MEMORY, type NativeLibrary } from '../native-library.ts';
import { absenceOfStatus, STATUS } from './codes.ts';

/** `ProcessorInformation` of `POWER_INFORMATION_LEVEL` in `winnt.h`. */
const PROCESSOR_INFORMATION = 11;
/** Six `ULONG`: `PROCESSOR_POWER_INFORMATION` in the documentation of `CallNtPowerInformation`. */
export const POWER_RECORD_SIZE = 24;

type CallNtPowerInformation = (
  level: number,
  input: null,
  inputSize: number,
  output: Uint8Array,
  outputSize: number,
) => number;

/** What power management knows of the processors, from `CallNtPowerInformation`. */
export class ProcessorPower {
  /** {@link POWER_RECORD_SIZE} bytes a processor. */
  readonly bytes: Buffer;
  /** Why the last read failed. */
  absence: Absence = 'failed';
  readonly #call: CallNtPowerInformation;

  private constructor(call: CallNtPowerInformation, processors: number) {
    this.#call = call;
    this.bytes = Buffer.alloc(processors * POWER_RECORD_SIZE);
  }

  /** `undefined` where the library does not tell it. */
  static open(powrprof: NativeLibrary, processors: number): ProcessorPower | undefined {
    const signature = ['uint32_t', 'int', MEMORY, 'uint32_t', MEMORY, 'uint32_t'] as const;
    const call: CallNtPowerInformation | undefined = powrprof.bind('CallNtPowerInformation', signature);
    return call && new ProcessorPower(call, processors);
  }

  /** Brings {@link bytes} up to date; false where that fails. */
  read(): boolean {
    this.bytes.fill(0);
    const status = this.#call(PROCESSOR_INFORMATION, null, 0, this.bytes, this.bytes.length);
    if (status === STATUS.success) return true;
    this.absence = absenceOfStatus(status);
    return false;
  }
}
