import type { Limits } from './protocol.ts';

/** A limit in words, beside what the machine has. */
export interface LimitText {
  /** `2 cores`, `4.0 GiB` */
  readonly limit: string;
  /** `64`, `503 GiB` */
  readonly machine: string;
}

/** A limit of CPU time: `0.5 cores` of `64`. */
export function cpuLimitText({ cores, hostCores }: NonNullable<Limits['cpu']>): LimitText {
  return { limit: `${decimal(cores)} ${cores === 1 ? 'core' : 'cores'}`, machine: String(hostCores) };
}

/** A limit of memory: `4.0 GiB` of `503 GiB`. */
export function memoryLimitText({ mb, hostMb }: NonNullable<Limits['memory']>): LimitText {
  return { limit: size(mb), machine: size(hostMb) };
}

/** At most two decimals, or one digit that counts: a quota may be a thousandth of a core. */
function decimal(value: number): string {
  return String(value < 0.1 ? Number(value.toPrecision(1)) : Number(value.toFixed(2)));
}

function size(mb: number): string {
  if (mb < 1024) return `${mb.toFixed(0)} MiB`;
  const gib = mb / 1024;
  return `${gib.toFixed(gib < 100 ? 1 : 0)} GiB`;
}
