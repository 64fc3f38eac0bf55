import { type DarwinLibraries, isNull, MEMORY, REFERENCE, type Reference } from './library.ts';

/** `kCFStringEncodingUTF8` of `<CoreFoundation/CFString.h>` */
const UTF8 = 0x0800_0100;
/** `kCFNumberFloat64Type` of `<CoreFoundation/CFNumber.h>` */
const FLOAT64 = 6;
/** Longest text or data that is read. */
const MAX_TEXT_BYTES = 256;

/** The functions, after the public headers of CoreFoundation. `CFTypeID` and `CFIndex` have 64 bits. */
interface Functions {
  CFRelease(object: Reference): void;
  CFGetTypeID(object: Reference): Reference;
  CFNumberGetTypeID(): Reference;
  CFBooleanGetTypeID(): Reference;
  CFStringGetTypeID(): Reference;
  CFDataGetTypeID(): Reference;
  CFDictionaryGetTypeID(): Reference;
  CFNumberGetValue(object: Reference, type: number, value: Float64Array): number;
  CFBooleanGetValue(object: Reference): number;
  CFStringCreateWithCString(allocator: number, text: string, encoding: number): Reference;
  CFStringGetCString(object: Reference, text: Uint8Array, size: number, encoding: number): number;
  CFDataGetLength(object: Reference): number | bigint;
  CFDataGetBytes(object: Reference, range: { location: number; length: number }, bytes: Uint8Array): void;
  CFDictionaryGetValue(object: Reference, key: Reference): Reference;
}

/**
 * Property lists of the system: dictionaries, numbers and texts behind references. An object is only handed to a function
 * for its own type, whatever a driver has put in the place of a number: the wrong one would end the process.
 *
 * A reference that a "create" or "copy" function gave has to be released; one that was got out of a dictionary has not.
 */
export class CoreFoundation {
  readonly #functions: Functions;
  readonly #keys = new Map<string, Reference>();
  readonly #types: Readonly<Record<'number' | 'boolean' | 'string' | 'data' | 'dictionary', Reference>>;
  readonly #double = new Float64Array(1);

  private constructor(functions: Functions) {
    this.#functions = functions;
    this.#types = {
      number: functions.CFNumberGetTypeID(),
      boolean: functions.CFBooleanGetTypeID(),
      string: functions.CFStringGetTypeID(),
      data: functions.CFDataGetTypeID(),
      dictionary: functions.CFDictionaryGetTypeID(),
    };
  }

  /** `undefined` where a function is missing: they belong together, and all have been there since Mac OS X 10.0. */
  static open(libraries: DarwinLibraries): CoreFoundation | undefined {
    const { koffi, coreFoundation } = libraries;
    const range = koffi.struct({ location: 'int64_t', length: 'int64_t' });
    const functions = coreFoundation.bindAll<Functions>({
      CFRelease: ['void', REFERENCE],
      CFGetTypeID: [REFERENCE, REFERENCE],
      CFNumberGetTypeID: [REFERENCE],
      CFBooleanGetTypeID: [REFERENCE],
      CFStringGetTypeID: [REFERENCE],
      CFDataGetTypeID: [REFERENCE],
      CFDictionaryGetTypeID: [REFERENCE],
      CFNumberGetValue: ['uint8_t', REFERENCE, 'int64_t', MEMORY],
      CFBooleanGetValue: ['uint8_t', REFERENCE],
      CFStringCreateWithCString: [REFERENCE, REFERENCE, 'str', 'uint32_t'],
      CFStringGetCString: ['uint8_t', REFERENCE, MEMORY, 'int64_t', 'uint32_t'],
      CFDataGetLength: ['int64_t', REFERENCE],
      CFDataGetBytes: ['void', REFERENCE, range, MEMORY],
      CFDictionaryGetValue: [REFERENCE, REFERENCE, REFERENCE],
    });
    return functions && new CoreFoundation(functions);
  }

  /** A text to look things up with; made once, released by {@link close}. */
  key(text: string): Reference {
    const known = this.#keys.get(text);
    if (known !== undefined) return known;
    const key = this.#functions.CFStringCreateWithCString(0, text, UTF8);
    this.#keys.set(text, key);
    return key;
  }

  release(object: Reference): void {
    if (!isNull(object)) this.#functions.CFRelease(object);
  }

  isDictionary(object: Reference): boolean {
    return this.#is(object, this.#types.dictionary);
  }

  /** What a dictionary has under a key, null where it has nothing or is none. Not to be released. */
  get(dictionary: Reference, key: Reference): Reference {
    if (isNull(key) || !this.isDictionary(dictionary)) return 0;
    return this.#functions.CFDictionaryGetValue(dictionary, key);
  }

  /** The value of a number, or of a boolean as 0 or 1; NaN for anything else. */
  toNumber(object: Reference): number {
    if (this.#is(object, this.#types.number)) {
      this.#double[0] = Number.NaN;
      // False says that the conversion is not exact, which a large counter's need not be.
      this.#functions.CFNumberGetValue(object, FLOAT64, this.#double);
      return this.#double[0];
    }
    if (this.#is(object, this.#types.boolean)) return this.#functions.CFBooleanGetValue(object) === 0 ? 0 : 1;
    return Number.NaN;
  }

  /** The bytes of a text (UTF-8) or data object; `undefined` for anything else and for one of more than 256 bytes. */
  toBytes(object: Reference): Uint8Array | undefined {
    if (this.#is(object, this.#types.string)) {
      const bytes = Buffer.alloc(MAX_TEXT_BYTES + 1);
      if (this.#functions.CFStringGetCString(object, bytes, bytes.length, UTF8) === 0) return undefined;
      const end = bytes.indexOf(0);
      return end < 0 ? undefined : bytes.subarray(0, end);
    }
    if (!this.#is(object, this.#types.data)) return undefined;
    const length = Number(this.#functions.CFDataGetLength(object));
    if (!(length >= 0 && length <= MAX_TEXT_BYTES)) return undefined;
    const bytes = Buffer.alloc(length);
    this.#functions.CFDataGetBytes(object, { location: 0, length }, bytes);
    return bytes;
  }

  /** Releases the keys. */
  close(): void {
    for (const key of this.#keys.values()) this.release(key);
    this.#keys.clear();
  }

  #is(object: Reference, type: Reference): boolean {
    return !isNull(object) && this.#functions.CFGetTypeID(object) === type;
  }
}
