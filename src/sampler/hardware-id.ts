import { createHash, createHmac } from 'node:crypto';

/** Names the hardware id is made of; empty where unknown. */
export interface HardwareNames {
  readonly cpu: string;
  readonly gpus: readonly string[];
  readonly boardVendor: string;
  readonly boardProduct: string;
  /** Installed memory in whole GiB; 0 where unknown. */
  readonly ramGib: number;
}

/** Which parts go in, and how they are hashed: the `hardware_id` section of the configuration. */
export interface HardwareIdOptions {
  readonly includeCpu: boolean;
  readonly includeGpu: boolean;
  readonly includeMotherboard: boolean;
  readonly includeRam: boolean;
  /** A hash that `node:crypto` knows. */
  readonly hashAlgorithm: string;
  /** The key of an HMAC in place of the bare hash; see `hardware-key.ts`. */
  readonly key?: Uint8Array;
}

/**
 * Identifier of a machine *model*: the first 32 hex digits of the hash over
 * `CPU:<model>||GPU:<names sorted, joined by |>||MB:<vendor>:<product>`, as the original OptiMetrics documents it, with
 * `||RAM:<GiB>GB` where memory is included. Names are trimmed and inner white space is collapsed; a part that is
 * unknown or switched off is left out together with its `||`. Equal machines have equal ids: it identifies nobody, and
 * it can be guessed from a list of products. With a key it is the HMAC of the same text, which is equal on no two
 * machines and cannot be guessed. See docs/hardware-id.md.
 */
export function hardwareId(names: HardwareNames, options: HardwareIdOptions): string {
  const cpu = collapse(names.cpu);
  const gpus = names.gpus.map(collapse).filter(name => name !== '');
  const board = [names.boardVendor, names.boardProduct].map(collapse);
  const parts: string[] = [];
  if (options.includeCpu && cpu !== '') parts.push(`CPU:${cpu}`);
  if (options.includeGpu && gpus.length > 0) parts.push(`GPU:${gpus.sort().join('|')}`);
  if (options.includeMotherboard && board.some(part => part !== '')) parts.push(`MB:${board.join(':')}`);
  if (options.includeRam && names.ramGib > 0) parts.push(`RAM:${String(names.ramGib)}GB`);
  const { hashAlgorithm, key } = options;
  const hash = key ? createHmac(hashAlgorithm, key) : createHash(hashAlgorithm);
  return hash.update(parts.join('||'), 'utf8').digest('hex').slice(0, 32);
}

function collapse(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
