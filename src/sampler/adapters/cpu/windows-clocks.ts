import type { Absence, FrameWriter } from '../../../common/frame.ts';
import { POWER_RECORD_SIZE, ProcessorPower } from '../../native/windows/processor-power.ts';
import type { WindowsLibraries } from '../../native/windows/library.ts';
import type { SlotFinder } from '../base.ts';

/** Where `CurrentMhz` stands in `PROCESSOR_POWER_INFORMATION`, a `ULONG`. */
const CURRENT_MHZ_OFFSET = 8;

/** The clocks of the cores, as power management knows them. */
export class WindowsClocks {
  readonly #power: ProcessorPower;
  readonly #cores: number;
  #averageSlot = -1;
  #slots = new Int32Array(0);

  private constructor(power: ProcessorPower, cores: number) {
    this.#power = power;
    this.#cores = cores;
  }

  /** `undefined` where this Windows does not tell them. */
  static open(libraries: WindowsLibraries, cores: number): WindowsClocks | undefined {
    const power = ProcessorPower.open(libraries.powrprof, cores);
    return power?.read() === true ? new WindowsClocks(power, cores) : undefined;
  }

  bind(slot: SlotFinder): void {
    this.#averageSlot = slot('avg_freq_mhz');
    this.#slots = Int32Array.from({ length: this.#cores }, (_, i) => slot(`core_${i}_freq_mhz`));
  }

  read(frame: FrameWriter): void {
    const isRead = this.#power.read();
    const reason: Absence = isRead ? 'unsupported' : this.#power.absence;
    let sum = 0;
    let count = 0;
    for (let core = 0; core < this.#cores; core++) {
      const offset = core * POWER_RECORD_SIZE + CURRENT_MHZ_OFFSET;
      const mhz = isRead ? this.#power.bytes.readUInt32LE(offset) : 0;
      if (mhz > 0) {
        frame.set(this.#slots[core] ?? -1, mhz);
        sum += mhz;
        count++;
      } else {
        frame.absent(this.#slots[core] ?? -1, reason);
      }
    }
    if (count > 0) frame.set(this.#averageSlot, sum / count);
    else frame.absent(this.#averageSlot, reason);
  }
}
