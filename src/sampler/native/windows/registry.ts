import { Buffer } from 'node:buffer';
import { MEMORY, type NativeLibrary } from '../native-library.ts';
import { ERROR } from './codes.ts';

/** `HKEY_LOCAL_MACHINE` of `winreg.h`, a `LONG` that is extended with its sign */
const LOCAL_MACHINE = 0x8000_0002 | 0;
/** `RRF_RT_REG_SZ` of `winreg.h`: nothing but text */
const TEXT_ONLY = 2;
/** Longest text that is read, with its final NUL, in bytes. */
const MAX_TEXT_BYTES = 512;

type RegGetValueW = (
  key: number,
  subkey: string,
  value: string,
  flags: number,
  type: null,
  data: Uint8Array,
  size: Uint32Array,
) => number;

/** Texts of the registry of this machine, readable by every user. */
export class MachineRegistry {
  readonly #getValue: RegGetValueW | undefined;

  constructor(advapi32: NativeLibrary) {
    this.#getValue = advapi32.bind('RegGetValueW', [
      'uint32_t',
      'intptr_t',
      'str16',
      'str16',
      'uint32_t',
      MEMORY,
      MEMORY,
      MEMORY,
    ]);
  }

  /** A text below `HKEY_LOCAL_MACHINE`; empty where there is none, or it is longer than 255 characters. */
  text(subkey: string, value: string): string {
    const data = Buffer.alloc(MAX_TEXT_BYTES);
    const size = Uint32Array.of(data.length);
    const code = this.#getValue?.(LOCAL_MACHINE, subkey, value, TEXT_ONLY, null, data, size);
    if (code !== ERROR.success) return '';
    return data.toString('utf16le', 0, Math.min(size[0] ?? 0, data.length)).split('\0', 1)[0] ?? '';
  }
}
