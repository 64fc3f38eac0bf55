import type { Limitation } from '../../base.ts';
import type { WindowsGpu } from './gpu.ts';

const POWER: Limitation = {
  what: 'power in watts',
  why: 'Windows tells a GPU’s power only as a share of a limit that it does not tell',
};

const OVERALL: Limitation = {
  what: 'GPU utilization',
  why: 'it is that of the busiest engine (3D, copy, video and so on), as in the Task Manager',
};

const SHARED_MEMORY: Limitation = {
  what: 'video memory',
  why: 'a GPU without memory of its own shares the machine’s: its size is what Windows lets it have, in use is what it has of it',
};

const ASLEEP: Limitation = {
  what: 'temperature, fan and clocks of a laptop’s second GPU',
  why: 'they are asked for only while the GPU works, because asking could keep it from sleeping',
};

const CODEC: Limitation = {
  what: 'video encoder and decoder',
  why: 'one engine does both, and Windows counts their time together; it is part of the utilization',
};

const NEURAL: Limitation = {
  what: 'a processor for neural networks (NPU)',
  why: 'it is no GPU and is not read',
};

/** What cannot be read of the GPUs, or means something else than one might think. */
export function describeLimitations(gpus: readonly WindowsGpu[], hasNeural: boolean): Limitation[] {
  const some = (holds: (gpu: WindowsGpu) => boolean, limitation: Limitation): Limitation[] =>
    gpus.some(holds) ? [limitation] : [];
  return [
    ...some(() => true, OVERALL),
    ...some(() => true, POWER),
    ...some(gpu => gpu.hasSharedMemory, SHARED_MEMORY),
    ...some(gpu => gpu.isHybridDiscrete, ASLEEP),
    ...some(gpu => gpu.hasCodec, CODEC),
    ...(hasNeural ? [NEURAL] : []),
  ];
}
