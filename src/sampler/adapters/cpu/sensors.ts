import type { FrameWriter } from '../../../common/frame.ts';
import type { AdapterContext, Limitation, SlotFinder } from '../base.ts';
import { CpuPower } from './power.ts';
import { CpuTemperature } from './temperature.ts';
import { CpuThrottling } from './throttling.ts';

/** Temperature, power and throttling of the CPU packages of a Linux machine. */
export class CpuSensors {
  readonly #temperature: CpuTemperature;
  readonly #power: CpuPower;
  readonly #throttling: CpuThrottling;
  #temperatureSlot = -1;
  #powerSlot = -1;
  #throttlesSlot = -1;

  constructor(context: AdapterContext) {
    const { sysroot } = context;
    const log = (message: string): void => {
      context.log(message);
    };
    this.#temperature = new CpuTemperature(sysroot, log);
    this.#power = new CpuPower(sysroot, log);
    this.#throttling = new CpuThrottling(sysroot, log);
  }

  /** Looks for sensors: what was found, each in words, and what is missing. To be called once, first. */
  open(): { readonly found: readonly string[]; readonly limitations: readonly Limitation[] } {
    const parts = [this.#temperature.open(), this.#power.open()];
    return {
      found: parts.map(({ found }) => found).filter(found => found !== ''),
      limitations: [...parts, this.#throttling.open()].flatMap(({ limitations }) => limitations),
    };
  }

  bind(slot: SlotFinder): void {
    this.#temperatureSlot = slot('temperature');
    this.#powerSlot = slot('power_watts');
    this.#throttlesSlot = slot('package_throttles');
  }

  /** @param elapsedSeconds time since the last read; NaN on the first */
  read(frame: FrameWriter, elapsedSeconds: number): void {
    this.#temperature.read(frame, this.#temperatureSlot);
    this.#power.read(frame, this.#powerSlot, elapsedSeconds);
    this.#throttling.read(frame, this.#throttlesSlot);
  }

  close(): void {
    this.#temperature.close();
    this.#power.close();
    this.#throttling.close();
  }
}
