import type { Limitation } from '../../base.ts';
import type { NvidiaGpu } from './gpu.ts';
import { IDLE_SECONDS, REST_SECONDS } from '../rest.ts';

/** One line for the doctor: "2 × NVIDIA H100 PCIe, NVIDIA T400 (driver 570.86)". */
export function describeModels(
  gpus: readonly { readonly name: string }[],
  version: string | undefined,
): string {
  const counts = new Map<string, number>();
  for (const { name } of gpus) counts.set(name, (counts.get(name) ?? 0) + 1);
  const models = [...counts].map(([name, count]) => (count === 1 ? name : `${String(count)} × ${name}`));
  return models.join(', ') + (version === undefined ? '' : ` (driver ${version})`);
}

/** What cannot be read of the GPUs, or not as often as the rest, as far as it is known by now. */
export function describeLimitations(gpus: readonly NvidiaGpu[]): Limitation[] {
  const limitations: Limitation[] = [
    {
      what: 'PCIe throughput',
      why: 'each reading takes the driver 20 ms, so one GPU and direction is read every 10 s, in turn',
    },
  ];
  if (gpus.some(gpu => gpu.canSleep)) {
    limitations.push({
      what: 'an idle GPU that can sleep',
      why: `after ${String(IDLE_SECONDS)} s without work it is left alone for ${String(REST_SECONDS)} s so that it can fall asleep; its last values are shown meanwhile`,
    });
  }
  for (const gpu of gpus) {
    if (gpu.lost === undefined) continue;
    limitations.push({
      what: `GPU ${String(gpu.index)}`,
      why: gpu.lost === 'denied' ? 'this user may not use it' : 'it does not answer; it is tried again',
    });
  }
  const partitioned = gpus.filter(gpu => gpu.isPartitioned);
  if (partitioned.length > 0) {
    limitations.push({
      what: `load and video engines of GPU ${listNumbers(partitioned)}`,
      why: 'it is partitioned (MIG), and the driver measures no load of a GPU in that mode',
    });
  }
  const sharing = gpus.filter(gpu => gpu.sharesMemory);
  if (sharing.length > 0) {
    limitations.push({
      what: `video memory of GPU ${listNumbers(sharing)}`,
      why: 'it has none of its own and shares the machine’s, which is shown instead',
    });
  }
  for (const [{ title, reason }, numbers] of groupMissing(gpus)) {
    const what = numbers.length === gpus.length ? title : `${title} of GPU ${numbers.join(', ')}`;
    if (reason === 'denied') {
      limitations.push({
        what,
        why: 'this user may not read it',
        remedy:
          'Run as a user with more rights on the driver; a partitioned GPU (MIG) shows it to root only.',
      });
    } else {
      limitations.push({ what, why: WHY_MISSING[title] ?? 'the GPU or its driver does not offer it' });
    }
  }
  return limitations;
}

function listNumbers(gpus: readonly NvidiaGpu[]): string {
  return gpus.map(({ index }) => String(index)).join(', ');
}

const WHY_MISSING: Readonly<Record<string, string>> = {
  'video memory': 'the driver does not tell',
  'fan speed': 'the GPU has no fan of its own, or its driver does not tell',
};

type Missing = NvidiaGpu['missing'][number];

function groupMissing(gpus: readonly NvidiaGpu[]): [Missing, number[]][] {
  const groups = new Map<string, [Missing, number[]]>();
  for (const gpu of gpus) {
    for (const missing of gpu.missing) {
      const key = `${missing.reason} ${missing.title}`;
      const group = groups.get(key);
      if (group) group[1].push(gpu.index);
      else groups.set(key, [missing, [gpu.index]]);
    }
  }
  return [...groups.values()];
}
