import type { Translate } from './translate.ts';
import type { Classification, Reason } from './workload.ts';

type Words = (t: Translate, values: readonly string[]) => string;

/** The words of every reason that this version gives. */
const WORDS = {
  gpu: (t, v) => t('GPU {0}', ...v),
  gpuSteadyVram: (t, v) => t('GPU {0} with steady VRAM {1}', ...v),
  gpuChangingVram: (t, v) => t('GPU {0} with changing VRAM {1}', ...v),
  gpuIdle: t => t('GPU without load'),
  gpuIdleSteadyVram: (t, v) => t('GPU without load, with steady VRAM {0}', ...v),
  gpuIdleChangingVram: (t, v) => t('GPU without load, with changing VRAM {0}', ...v),
  gpuSteady: (t, v) => t('steady GPU load of {0} %', ...v),
  gpuSteadyRange: (t, v) => t('steady GPU load of {0} to {1} %', ...v),
  gpuRange: (t, v) => t('GPU load between {0} and {1} %', ...v),
  gpuMemory: (t, v) => t('GPU memory bus {0}', ...v),
  steadyVram: (t, v) => t('steady VRAM {0}', ...v),
  changingVram: (t, v) => t('changing VRAM {0}', ...v),
  gpuPower: (t, v) => t('GPU power {0} W', ...v),
  gpuPowerShare: (t, v) => t('GPU power {0} of its limit', ...v),
  gpuClockSteady: (t, v) => t('steady GPU clock of {0} MHz', ...v),
  gpuClockVaries: (t, v) => t('GPU clock that varies around {0} MHz', ...v),
  noEncoder: t => t('no encoder'),
  encoder: (t, v) => t('encoder {0}', ...v),
  noDecoder: t => t('no decoder'),
  decoder: (t, v) => t('decoder {0}', ...v),
  processes: (t, v) => t('processes on the GPU: {0} compute, {1} graphics', ...v),
  computeProcesses: (t, v) => t('compute processes on the GPU: {0}', ...v),
  graphicsProcesses: (t, v) => t('graphics processes on the GPU: {0}', ...v),
  cpu: (t, v) => t('CPU {0}', ...v),
  cpuSteady: (t, v) => t('steady CPU load of {0} %', ...v),
  cpuSteadyRange: (t, v) => t('steady CPU load of {0} to {1} %', ...v),
  cpuRange: (t, v) => t('CPU load between {0} and {1} %', ...v),
  cores: (t, v) => t('busiest core {0}, all cores {1}', ...v),
  switches: (t, v) => t('{0} context switches a second and core', ...v),
  pressure: (t, v) => t('tasks wait for disks {0} and for cores {1} of the time', ...v),
  ramStill: t => t('memory use that hardly changes'),
  ramMoves: (t, v) => t('memory use that moves by {0}', ...v),
  noDisk: t => t('hardly any disk traffic'),
  diskReads: (t, v) => t('disk reads {0} MB/s', ...v),
  diskWrites: (t, v) => t('disk writes {0} MB/s', ...v),
  diskBoth: (t, v) => t('disk reads {0} MB/s, writes {1} MB/s', ...v),
  noNetwork: t => t('no network traffic'),
  networkSteadyIn: (t, v) => t('steady network, {0} Mbit/s in', ...v),
  networkSteadyOut: (t, v) => t('steady network, {0} Mbit/s out', ...v),
  networkSteadyBoth: (t, v) => t('steady network, {0} Mbit/s in and {1} Mbit/s out', ...v),
  networkUnevenIn: (t, v) => t('uneven network, {0} Mbit/s in', ...v),
  networkUnevenOut: (t, v) => t('uneven network, {0} Mbit/s out', ...v),
  networkUnevenBoth: (t, v) => t('uneven network, {0} Mbit/s in and {1} Mbit/s out', ...v),
  connections: (t, v) => t('{0} connections', ...v),
  pcie: (t, v) => t('{0} MB/s over PCIe', ...v),
  profile: t => t('all that your profile names is within its ranges'),
  corrected: t => t('like what you have corrected'),
} as const satisfies Readonly<Record<string, Words>>;

/** Name of a reason that this version gives. */
export type ReasonKey = keyof typeof WORDS;

/** A reason that this version gives. */
export interface KnownReason extends Reason {
  readonly key: ReasonKey;
}

/** A reason in words; `undefined` for one of another version, of which there are none here. */
export function reasonText({ key, values }: Reason, t: Translate): string | undefined {
  return isKnown(key) ? WORDS[key](t, values) : undefined;
}

/** The reasons of an answer in the user's language; in English what a sampler of another version gives. */
export function reasonTexts({ reasons, reasonData = [] }: Classification, t: Translate): string[] {
  return reasons.map((text, at) => {
    const data = reasonData[at];
    return (data && reasonText(data, t)) ?? text;
  });
}

function isKnown(key: string): key is ReasonKey {
  return Object.hasOwn(WORDS, key);
}
