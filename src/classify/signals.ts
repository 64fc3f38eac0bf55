import type { Frame } from '../common/frame.ts';
import type { Layout } from '../common/layout.ts';

/**
 * What is looked at of a frame: one number a tick each, normalized by what the machine is. Shares are 0 to 1; NaN where
 * there is no value.
 */
export const SIGNALS = [
  /** Share of all cores' time. */
  'cpu',
  /** Share of the busiest core's time. */
  'busiestCore',
  /** Share of the cores that are busy for more than half of the time. */
  'busyCores',
  /** Context switches a second and core. */
  'contextSwitches',
  /** Interrupts a second and core. */
  'interrupts',
  /** Shares of time in which some task waited. */
  'cpuPressure',
  'ioPressure',
  'memoryPressure',
  /** Of the GPU that is busiest. */
  'gpu',
  'gpuMemory',
  'vram',
  /** GB of 2^30 bytes. */
  'vramGb',
  /** Watts. */
  'gpuPower',
  'gpuPowerShare',
  /** MHz. */
  'gpuClock',
  'encoder',
  'decoder',
  /** Processes. */
  'computeProcesses',
  'graphicsProcesses',
  /** MB/s of 10^6, both directions. */
  'pcie',
  'ram',
  /** MB/s of 10^6. */
  'diskRead',
  'diskWrite',
  /** Operations a second. */
  'diskReads',
  'diskWrites',
  /** Mbit/s. */
  'netSend',
  'netReceive',
  /** TCP connections. */
  'connections',
] as const;

export type Signal = (typeof SIGNALS)[number];

/** The place of each signal in a vector of them. */
export const AT = Object.fromEntries(SIGNALS.map((signal, place) => [signal, place])) as Readonly<
  Record<Signal, number>
>;

/** A share of time above which a core counts as busy. */
const BUSY = 0.5;
/** How much busier another GPU must have been to become the one that is looked at. */
const GPU_MARGIN = 0.1;
/** Seconds over which the GPUs' load is compared. */
const GPU_MEMORY_SECONDS = 20;

interface GpuSlots {
  readonly utilization: number;
  readonly memory: number;
  readonly vramUsed: number;
  readonly vramTotal: number;
  readonly vramPercent: number;
  readonly power: number;
  readonly powerLimit: number;
  readonly clock: number;
  readonly encoder: number;
  readonly decoder: number;
  readonly compute: number;
  readonly graphics: number;
  readonly pcieOut: number;
  readonly pcieIn: number;
}

/** The last value of a counter that was there, and when. */
class Counter {
  slot = -1;
  #value = Number.NaN;
  #at = Number.NaN;

  /** Growth a second since the last value that was there; NaN for the first and after a restart of the counter. */
  rate(frame: Frame): number {
    const value = valueOf(frame, this.slot);
    if (Number.isNaN(value)) return value;
    const seconds = (frame.monotonicMs - this.#at) / 1000;
    const rate = (value - this.#value) / seconds;
    this.#value = value;
    this.#at = frame.monotonicMs;
    return rate >= 0 && seconds > 0 ? rate : Number.NaN;
  }

  forget(): void {
    this.#value = Number.NaN;
  }
}

/** Takes the signals out of frames. */
export class SignalReader {
  #cores: readonly number[] = [];
  #gpus: readonly GpuSlots[] = [];
  #gpuLoad = new Float64Array(0);
  #gpu = 0;
  #slots: Readonly<Record<string, number>> = {};
  readonly #switches = new Counter();
  readonly #interrupts = new Counter();
  readonly #reads = new Counter();
  readonly #writes = new Counter();

  /** The columns of the frames that follow. */
  setLayout({ columns, slots }: Layout): void {
    const slot = (name: string) => slots.get(name) ?? -1;
    this.#cores = columns.flatMap((column, at) =>
      column.metric.name === 'core_{n}_utilization' ? [at] : [],
    );
    const numbers = new Set(
      columns.filter(({ metric }) => metric.per === 'gpu').map(({ instance }) => instance),
    );
    this.#gpus = [...numbers].sort((a, b) => a - b).map(number => gpuSlots(number, slot));
    this.#gpuLoad = new Float64Array(this.#gpus.length);
    this.#gpu = 0;
    this.#slots = Object.fromEntries(MACHINE_COLUMNS.map(name => [name, slot(name)]));
    this.#switches.slot = slot('context_switches');
    this.#interrupts.slot = slot('interrupts');
    this.#reads.slot = slot('disk_read_count');
    this.#writes.slot = slot('disk_write_count');
    this.forget();
  }

  /** Forgets the counters and which GPU was busiest, as after a pause. */
  forget(): void {
    this.#gpuLoad.fill(0);
    for (const counter of [this.#switches, this.#interrupts, this.#reads, this.#writes]) counter.forget();
  }

  /**
   * Writes the signals of a frame into `out`.
   *
   * @param seconds time since the last frame
   */
  read(frame: Frame, seconds: number, out: Float64Array): void {
    out.fill(Number.NaN);
    out[AT.cpu] = this.#machine(frame, 'total_utilization') / 100;
    this.#readCores(frame, out);
    out[AT.cpuPressure] = this.#machine(frame, 'cpu_pressure') / 100;
    out[AT.ioPressure] = this.#machine(frame, 'io_pressure') / 100;
    out[AT.memoryPressure] = this.#machine(frame, 'memory_pressure') / 100;
    out[AT.ram] = this.#ram(frame);
    out[AT.diskRead] = this.#machine(frame, 'disk_read_rate_mbps');
    out[AT.diskWrite] = this.#machine(frame, 'disk_write_rate_mbps');
    out[AT.diskReads] = this.#reads.rate(frame);
    out[AT.diskWrites] = this.#writes.rate(frame);
    out[AT.netSend] = this.#machine(frame, 'net_send_rate_mbps');
    out[AT.netReceive] = this.#machine(frame, 'net_recv_rate_mbps');
    out[AT.connections] = this.#machine(frame, 'net_connections_established');
    const gpu = this.#busiestGpu(frame, seconds);
    if (gpu) readGpu(frame, gpu, out);
  }

  #machine(frame: Frame, column: (typeof MACHINE_COLUMNS)[number]): number {
    return valueOf(frame, this.#slots[column] ?? -1);
  }

  #ram(frame: Frame): number {
    const percent = this.#machine(frame, 'ram_percent');
    if (!Number.isNaN(percent)) return percent / 100;
    const total = this.#machine(frame, 'ram_total_mb');
    return total > 0 ? this.#machine(frame, 'ram_used_mb') / total : Number.NaN;
  }

  #readCores(frame: Frame, out: Float64Array): void {
    let highest = Number.NaN;
    let busy = 0;
    let count = 0;
    for (const slot of this.#cores) {
      const load = valueOf(frame, slot) / 100;
      if (Number.isNaN(load)) continue;
      count++;
      if (!(load <= highest)) highest = load;
      if (load > BUSY) busy++;
    }
    const switches = this.#switches.rate(frame);
    const interrupts = this.#interrupts.rate(frame);
    if (count === 0) return;
    out[AT.busiestCore] = highest;
    out[AT.busyCores] = busy / count;
    out[AT.contextSwitches] = switches / count;
    out[AT.interrupts] = interrupts / count;
  }

  /** The GPU with the most load over the last seconds; the others only wait for it, or show a desktop. */
  #busiestGpu(frame: Frame, seconds: number): GpuSlots | undefined {
    const share = 1 - Math.exp(-seconds / GPU_MEMORY_SECONDS);
    let best = this.#gpu;
    this.#gpus.forEach((gpu, index) => {
      const load = valueOf(frame, gpu.utilization) / 100;
      const before = this.#gpuLoad[index] ?? 0;
      // A GPU without a reading gives way to one that has it.
      const now = before + share * ((Number.isNaN(load) ? -2 * GPU_MARGIN : load) - before);
      this.#gpuLoad[index] = now;
      if (now > (this.#gpuLoad[best] ?? 0) + GPU_MARGIN) best = index;
    });
    this.#gpu = best;
    return this.#gpus[best];
  }
}

const MACHINE_COLUMNS = [
  'total_utilization',
  'cpu_pressure',
  'io_pressure',
  'memory_pressure',
  'ram_percent',
  'ram_used_mb',
  'ram_total_mb',
  'disk_read_rate_mbps',
  'disk_write_rate_mbps',
  'net_send_rate_mbps',
  'net_recv_rate_mbps',
  'net_connections_established',
] as const;

function gpuSlots(number: number, slot: (name: string) => number): GpuSlots {
  const of = (name: string) => slot(`gpu${String(number)}_${name}`);
  return {
    utilization: of('utilization'),
    memory: of('memory_utilization'),
    vramUsed: of('vram_used_mb'),
    vramTotal: of('vram_total_mb'),
    vramPercent: of('vram_percent'),
    power: of('power_watts'),
    powerLimit: of('power_limit_watts'),
    clock: of('core_clock_mhz'),
    encoder: of('encoder_utilization'),
    decoder: of('decoder_utilization'),
    compute: of('compute_processes'),
    graphics: of('graphics_processes'),
    pcieOut: of('pcie_tx_kbps'),
    pcieIn: of('pcie_rx_kbps'),
  };
}

function readGpu(frame: Frame, gpu: GpuSlots, out: Float64Array): void {
  const used = valueOf(frame, gpu.vramUsed);
  const total = valueOf(frame, gpu.vramTotal);
  const percent = valueOf(frame, gpu.vramPercent);
  const power = valueOf(frame, gpu.power);
  const limit = valueOf(frame, gpu.powerLimit);
  out[AT.gpu] = valueOf(frame, gpu.utilization) / 100;
  out[AT.gpuMemory] = valueOf(frame, gpu.memory) / 100;
  out[AT.vram] = Number.isNaN(percent) && total > 0 ? used / total : percent / 100;
  out[AT.vramGb] = used / 1024;
  out[AT.gpuPower] = power;
  out[AT.gpuPowerShare] = limit > 0 ? Math.min(1.5, power / limit) : Number.NaN;
  out[AT.gpuClock] = valueOf(frame, gpu.clock);
  out[AT.encoder] = valueOf(frame, gpu.encoder) / 100;
  out[AT.decoder] = valueOf(frame, gpu.decoder) / 100;
  out[AT.computeProcesses] = valueOf(frame, gpu.compute);
  out[AT.graphicsProcesses] = valueOf(frame, gpu.graphics);
  out[AT.pcie] = (valueOf(frame, gpu.pcieOut) + valueOf(frame, gpu.pcieIn)) / 1000;
}

/** NaN where there is no value, whatever the frame says of it. */
function valueOf(frame: Frame, slot: number): number {
  const value = slot < 0 ? Number.NaN : (frame.values[slot] ?? Number.NaN);
  return value >= 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN;
}
