import type { Limitation } from '../../base.ts';
import { GpuColumn } from '../gpu-record.ts';
import { IDLE_SECONDS, REST_SECONDS } from '../rest.ts';
import type { IntelGpu } from './gpu.ts';

const SEE_ALL =
  'Run the sampler as root outside of containers, or give its program the capabilities CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH.';

/** One line for the doctor: "Intel Arc A770, Intel UHD Graphics 770 (1 asleep)". */
export function describeGpus(gpus: readonly IntelGpu[]): string {
  const counts = new Map<string, number>();
  for (const { name } of gpus) counts.set(name, (counts.get(name) ?? 0) + 1);
  const models = [...counts].map(([name, count]) => (count === 1 ? name : `${String(count)} × ${name}`));
  const asleep = gpus.filter(gpu => gpu.isAsleep).length;
  return models.join(', ') + (asleep === 0 ? '' : ` (${String(asleep)} asleep)`);
}

/** What cannot be read of the GPUs, or reads otherwise than expected, as far as it is known by now. */
export function describeLimitations(gpus: readonly IntelGpu[], maySeeAll: boolean): Limitation[] {
  const limitations: Limitation[] = [];
  const add = (which: (gpu: IntelGpu) => boolean, limitation: Limitation): void => {
    if (gpus.some(which)) limitations.push(limitation);
  };
  const remedy = maySeeAll ? {} : { remedy: SEE_ALL };
  add(gpu => gpu.source === 'awake', {
    what: 'utilization, approximate',
    why: `${maySeeAll ? 'this kernel does not tell the work of all programs' : 'the work of other users’ programs may not be read'}, so it is the share of time in which the GPU was awake: never less than its real load, and more where it often wakes for little`,
    ...remedy,
  });
  add(gpu => gpu.source === 'own', {
    what: 'utilization, partial',
    why: 'only programs that this user may look at are counted: the real load may be higher',
    ...remedy,
  });
  add(gpu => gpu.source === 'engines', {
    what: 'utilization',
    why: 'it is that of the busiest kind of engine; a program counts from up to 15 s after it began to use the GPU, on systems with thousands of processes later',
  });
  const isVideoDenied = (gpu: IntelGpu): boolean =>
    gpu.record.absence(GpuColumn.decoder_utilization) === 'denied';
  add(gpu => !gpu.isAsleep && isVideoDenied(gpu), {
    what: 'video encoder and decoder',
    why: 'the work of other users’ programs may not be read',
    remedy: SEE_ALL,
  });
  add(gpu => gpu.record.get(GpuColumn.decoder_utilization) !== undefined, {
    what: 'video encoder and decoder',
    why: 'one engine does both and tells one load, which stands in both columns',
  });
  add(gpu => gpu.record.get(GpuColumn.core_clock_mhz) !== undefined, {
    what: 'core clock',
    why: 'it is 0 at moments in which the GPU sleeps between two pieces of work',
  });
  add(gpu => gpu.isPackagePower, {
    what: 'power',
    why: 'it is that of the GPU’s package; this card does not tell that of the whole board',
  });
  add(gpu => gpu.hasSensors, {
    what: 'fan speed',
    why: 'the driver tells turns a minute and no maximum to compare them with',
  });
  add(gpu => gpu.hasSensors, {
    what: 'video memory in use',
    why: 'the kernel tells it of single programs only, which count what they share more than once',
  });
  add(gpu => !gpu.hasSensors, {
    what: 'temperature, power and memory of an integrated GPU',
    why: 'they are the processor’s: its sensors and the memory columns show them',
  });
  limitations.push({
    what: 'memory clock, PCIe throughput, numbers of GPU processes',
    why: 'the driver does not tell them',
  });
  add(gpu => gpu.canSleep, {
    what: 'an idle GPU that can sleep',
    why: `after ${String(IDLE_SECONDS)} s without work it is left alone for ${String(REST_SECONDS)} s so that it can fall asleep; its last values are shown meanwhile`,
  });
  for (const [title, column] of TOLD) {
    const reasonOf = (gpu: IntelGpu): string | undefined =>
      gpu.isAsleep ? undefined : gpu.record.absence(column);
    add(gpu => reasonOf(gpu) === 'denied', {
      what: title,
      why: 'this user may not read it',
      remedy: column === GpuColumn.utilization ? SEE_ALL : ALLOW_SYS,
    });
    add(gpu => reasonOf(gpu) === 'unsupported' && !isExplained(gpu, column), {
      what: title,
      why: 'the GPU or this kernel’s driver does not tell it',
    });
  }
  return limitations;
}

const ALLOW_SYS = 'In a container, allow it to read /sys; otherwise look at the system’s security policy.';

const TOLD: readonly (readonly [title: string, column: number])[] = [
  ['utilization', GpuColumn.utilization],
  ['video memory', GpuColumn.vram_total_mb],
  ['temperature', GpuColumn.temperature],
  ['power', GpuColumn.power_watts],
  ['power limit', GpuColumn.power_limit_watts],
  ['core clock', GpuColumn.core_clock_mhz],
  ['throttle reasons', GpuColumn.throttle_reasons],
];

const OF_CARDS: readonly number[] = [
  GpuColumn.vram_total_mb,
  GpuColumn.temperature,
  GpuColumn.power_watts,
  GpuColumn.power_limit_watts,
];

/** Whether another line has said it already. */
function isExplained(gpu: IntelGpu, column: number): boolean {
  return !gpu.hasSensors && OF_CARDS.includes(column);
}
