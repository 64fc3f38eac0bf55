import type { Limitation } from '../../base.ts';
import { GpuColumn } from '../gpu-record.ts';
import { IDLE_SECONDS, REST_SECONDS } from '../rest.ts';
import type { AmdGpu } from './gpu.ts';

/** One line for the doctor: "2 × AMD Radeon RX 7900 XTX, AMD Radeon Graphics (1 asleep)". */
export function describeGpus(gpus: readonly AmdGpu[]): string {
  const counts = new Map<string, number>();
  for (const { name } of gpus) counts.set(name, (counts.get(name) ?? 0) + 1);
  const models = [...counts].map(([name, count]) => (count === 1 ? name : `${String(count)} × ${name}`));
  const asleep = gpus.filter(gpu => gpu.isAsleep).length;
  return models.join(', ') + (asleep === 0 ? '' : ` (${String(asleep)} asleep)`);
}

/** What cannot be read of the GPUs, or reads otherwise than expected, as far as it is known by now. */
export function describeLimitations(gpus: readonly AmdGpu[]): Limitation[] {
  const limitations: Limitation[] = [
    { what: 'PCIe throughput', why: 'the driver measures it for a whole second while the reader waits' },
    {
      what: 'numbers of GPU processes',
      why: 'the kernel tells them of this user’s processes only',
    },
  ];
  const add = (which: (gpu: AmdGpu) => boolean, limitation: Limitation): void => {
    if (gpus.some(which)) limitations.push(limitation);
  };
  add(gpu => gpu.record.get(GpuColumn.decoder_utilization) !== undefined, {
    what: 'video encoder and decoder',
    why: 'one engine does both and tells one load, which stands in both columns',
  });
  add(gpu => gpu.isApu, {
    what: 'memory of an integrated GPU',
    why: 'it is taken from the system’s: the part set aside for it and what it may take beyond that are counted together',
  });
  add(gpu => gpu.isApu, {
    what: 'power of an integrated GPU',
    why: 'most tell only the power of the whole chip with the processor’s cores, which is then shown',
  });
  add(gpu => gpu.isPowerSlow, {
    what: 'power',
    why: 'the driver takes half a second or more to tell it for this GPU',
  });
  add(gpu => gpu.canSleep, {
    what: 'an idle GPU that can sleep',
    why: `after ${String(IDLE_SECONDS)} s without work it is left alone for ${String(REST_SECONDS)} s so that it can fall asleep; its last values are shown meanwhile`,
  });
  for (const [title, column] of TOLD) {
    add(gpu => gpu.record.absence(column) === 'denied', {
      what: title,
      why: 'this user may not read it',
      remedy: 'In a container, allow it to read /sys; otherwise look at the system’s security policy.',
    });
    add(gpu => !gpu.isAsleep && gpu.record.absence(column) === 'unsupported' && !isExplained(gpu, column), {
      what: title,
      why: 'the GPU or this kernel’s driver does not tell it',
    });
  }
  return limitations;
}

const TOLD: readonly (readonly [title: string, column: number])[] = [
  ['utilization', GpuColumn.utilization],
  ['memory utilization', GpuColumn.memory_utilization],
  ['video memory', GpuColumn.vram_total_mb],
  ['temperature', GpuColumn.temperature],
  ['power', GpuColumn.power_watts],
  ['power limit', GpuColumn.power_limit_watts],
  ['core clock', GpuColumn.core_clock_mhz],
  ['memory clock', GpuColumn.memory_clock_mhz],
  ['fan speed', GpuColumn.fan_speed],
  ['video encoder and decoder', GpuColumn.decoder_utilization],
  ['throttle reasons', GpuColumn.throttle_reasons],
];

/** Whether another line has said it already. */
function isExplained(gpu: AmdGpu, column: number): boolean {
  const isPower = column === GpuColumn.power_watts || column === GpuColumn.power_limit_watts;
  return isPower && gpu.isPowerSlow;
}
