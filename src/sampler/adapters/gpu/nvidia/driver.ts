import type { Native, Nvml } from './nvml.ts';
import { NvmlCode } from './return-code.ts';
import { pciAddress } from '../pci-display.ts';

/** `NVML_DEVICE_NAME_V2_BUFFER_SIZE` and `NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE` */
const NAME_SIZE = 96;
const VERSION_SIZE = 80;
/** Words of `nvmlPciInfo_t` and the places of the address in it. */
const PCI = { words: 17, domain: 4, bus: 5, device: 6 } as const;

/** The answer to a question for a handle. No code: no answer in time. */
export type HandleAnswer =
  | { readonly handle: bigint; readonly code: 0 }
  | { readonly handle: undefined; readonly code: number | undefined };

/** What is learned about a GPU when it is first seen. */
export interface GpuIdentity {
  readonly name: string;
  /** As {@link pciAddress} writes it; `undefined` where it cannot be had. */
  readonly pciAddress: string | undefined;
  /** `undefined` where it cannot be had, for the reason `code`. */
  readonly handle: bigint | undefined;
  readonly code: number;
}

/**
 * The part of NVML that may take long: its opening and closing, and the handles, with which the driver brings up each
 * GPU. All of it runs in threads, one call at a time, and each call must come back within a given time; the one that
 * does not stays pending, and nothing more must be asked until it has.
 */
export class NvmlDriver {
  readonly nvml: Nvml;
  readonly #answerMs: number;
  readonly #count = new Uint32Array(1);
  /** The parameters of calls that have not come back: the buffers among them must live until then. */
  readonly #pending = new Set<readonly unknown[]>();
  /** Fulfilled when the last call has come back or has had its time. */
  #lastCall: Promise<unknown> = Promise.resolve();
  #isStarted = false;
  /** Whether it is to be stopped as soon as the pending call comes back. */
  #stopWhenBack = false;

  constructor(nvml: Nvml, answerMs: number) {
    this.nvml = nvml;
    this.#answerMs = answerMs;
  }

  /** Whether a call has not come back. */
  get hasPendingCall(): boolean {
    return this.#pending.size > 0;
  }

  /** Waits for a pending call to come back; false when it has had its time and has not. */
  async settle(): Promise<boolean> {
    await this.#lastCall;
    return !this.hasPendingCall;
  }

  /** Opens the library; returns its code, `undefined` when it does not answer in time. */
  async start(): Promise<number | undefined> {
    this.#stopWhenBack = false;
    if (this.#isStarted) return NvmlCode.success;
    return this.#call(this.nvml.init, [], code => {
      if (code === NvmlCode.success) this.#isStarted = true;
    });
  }

  /** Closes the library, at once or when the pending call comes back; does not wait for it. */
  stop(): void {
    if (this.hasPendingCall) {
      this.#stopWhenBack = true;
      return;
    }
    this.#stopWhenBack = false;
    if (!this.#isStarted) return;
    this.#isStarted = false;
    if (this.nvml.shutdown) void this.#call(this.nvml.shutdown, []);
  }

  /** Number of GPUs, or the code that came in its place. */
  async countGpus(): Promise<number | { readonly code: number | undefined }> {
    const count = new Uint32Array(1);
    const code = await this.#call(this.nvml.getCount, [count]);
    return code === NvmlCode.success ? (count[0] ?? 0) : { code };
  }

  /** The number of GPUs once more, in this thread: of a driver that is open it is only looked up. 0 when refused. */
  recountGpus(): number {
    return this.nvml.getCount(this.#count) === NvmlCode.success ? (this.#count[0] ?? 0) : 0;
  }

  async getHandle(index: number): Promise<HandleAnswer> {
    const handle = new BigUint64Array(1);
    const code = await this.#call(this.nvml.getHandle, [index, handle]);
    return code === NvmlCode.success ? { handle: handle[0] ?? 0n, code } : { handle: undefined, code };
  }

  /** Everything that is asked of a GPU once; `undefined` when the driver does not answer. */
  async inspectGpu(index: number): Promise<GpuIdentity | undefined> {
    const { handle, code } = await this.getHandle(index);
    if (code === undefined) return undefined;
    if (handle === undefined) return { name: 'NVIDIA GPU', pciAddress: undefined, handle, code };
    const name = await this.#readName(handle);
    const address = name === undefined ? undefined : await this.#readPciAddress(handle);
    return this.hasPendingCall ? undefined : { name: name ?? '', pciAddress: address, handle, code };
  }

  /** The driver's version; `undefined` where it does not say. */
  async readVersion(): Promise<string | undefined> {
    const version = new Uint8Array(VERSION_SIZE);
    const read = this.nvml.getDriverVersion;
    if (!read || (await this.#call(read, [version, VERSION_SIZE])) !== NvmlCode.success) return undefined;
    return /^[\d.]+$/.exec(textOf(version))?.[0];
  }

  async #readName(handle: bigint): Promise<string | undefined> {
    const read = this.nvml.getName;
    const name = new Uint8Array(NAME_SIZE);
    if (!read) return 'NVIDIA GPU';
    const code = await this.#call(read, [handle, name, NAME_SIZE]);
    if (code === undefined) return undefined;
    return (code === NvmlCode.success && textOf(name)) || 'NVIDIA GPU';
  }

  async #readPciAddress(handle: bigint): Promise<string | undefined> {
    const info = new Uint32Array(PCI.words);
    const read = this.nvml.getPciInfo;
    if (!read || (await this.#call(read, [handle, info])) !== NvmlCode.success) return undefined;
    return pciAddress(info[PCI.domain] ?? 0, info[PCI.bus] ?? 0, info[PCI.device] ?? 0);
  }

  /**
   * Makes a call in a thread.
   *
   * @param onCode told the code when the call comes back, however late
   */
  #call<P extends readonly unknown[]>(
    native: Native<P>,
    parameters: P,
    onCode?: (code: number) => void,
  ): Promise<number | undefined> {
    const answered = new Promise<number | undefined>(resolve => {
      const timer = setTimeout(resolve, this.#answerMs, undefined);
      this.#pending.add(parameters);
      native.async(...parameters, (error: unknown, code: number) => {
        clearTimeout(timer);
        this.#pending.delete(parameters);
        const answer = error === null || error === undefined ? code : NvmlCode.unknown;
        onCode?.(answer);
        resolve(answer);
        if (this.#stopWhenBack && !this.hasPendingCall) this.stop();
      });
    });
    this.#lastCall = answered;
    return answered;
  }
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
