/** How the value of a token is written, and so which formats it can have. */
export type TokenKind =
  | 'percent'
  /** A percentage of a size that can be shown as well. */
  | 'share'
  | 'size'
  | 'temperature'
  | 'power'
  | 'frequency'
  | 'diskRate'
  | 'netRate'
  | 'load'
  | 'count'
  | 'class'
  | 'machine'
  | 'word';

/** One token of a status bar template, without its name. */
export interface TokenInfo {
  readonly kind: TokenKind;
  /** For the documentation: completes “`{cpu}` is …”. */
  readonly meaning: string;
}

function token<K extends TokenKind>(
  kind: K,
  meaning: string,
): { readonly kind: K; readonly meaning: string } {
  return { kind, meaning };
}

/** The tokens that stand alone. */
export const MACHINE_TOKENS = {
  cpu: token('percent', 'CPU utilization'),
  cpuTemp: token('temperature', 'temperature of the CPU'),
  cpuPower: token('power', 'power of the CPU'),
  cpuFreq: token('frequency', 'mean clock of the cores'),
  load: token('load', 'load average of 1 minute'),
  load5: token('load', 'load average of 5 minutes'),
  load15: token('load', 'load average of 15 minutes'),
  gpu: token('percent', 'utilization of the busiest GPU'),
  gpuLabel: token('word', '`GPU`, or `GPU×2` where there are two'),
  gpuTemp: token('temperature', 'temperature of the hottest GPU'),
  gpuPower: token('power', 'power of all GPUs'),
  vram: token('share', 'share of memory in use of the GPU that has least left'),
  vramPercent: token('percent', 'the same as `{vram}`'),
  vramUsed: token('size', 'GPU memory in use, of that GPU'),
  vramTotal: token('size', 'GPU memory installed, of that GPU'),
  ram: token('share', 'share of memory in use, without caches'),
  ramPercent: token('percent', 'the same as `{ram}`'),
  ramUsed: token('size', 'memory in use'),
  ramFree: token('size', 'memory that is available'),
  ramTotal: token('size', 'memory installed, or the limit of a container'),
  swap: token('share', 'share of swap in use'),
  swapUsed: token('size', 'swap in use'),
  disk: token('share', 'how full the fullest file system is'),
  diskFree: token('size', 'space left on that file system'),
  diskRead: token('diskRate', 'rate read from disks'),
  diskWrite: token('diskRate', 'rate written to disks'),
  netDown: token('netRate', 'rate received'),
  netUp: token('netRate', 'rate sent'),
  connections: token('count', 'TCP connections that are established'),
  pressure: token('percent', 'the highest of the three below'),
  cpuPressure: token('percent', 'share of time in which some task waited for a CPU'),
  memoryPressure: token('percent', 'share of time in which some task waited for memory'),
  ioPressure: token('percent', 'share of time in which some task waited for disks'),
  class: token('class', 'the kind of work'),
  classTime: token('word', 'for how long it has been that kind of work'),
  confidence: token('percent', 'how sure that is'),
  machine: token('machine', 'which machine is watched: `local`, `SSH`, `WSL`, `container`'),
} as const satisfies Readonly<Record<string, TokenInfo>>;

/** What follows the number in the tokens of one GPU: `{gpu0}`, `{gpu0Temp}`. */
export const GPU_TOKENS = {
  '': token('percent', 'utilization of GPU 0'),
  'Temp': token('temperature', 'its temperature'),
  'Power': token('power', 'its power'),
  'Freq': token('frequency', 'its clock'),
  'Fan': token('percent', 'its fan'),
  'Vram': token('share', 'share of its memory in use'),
} as const satisfies Readonly<Record<string, TokenInfo>>;

/** Highest number of a GPU in a token. */
export const LAST_GPU = 63;

export type MachineToken = keyof typeof MACHINE_TOKENS;
export type GpuToken = keyof typeof GPU_TOKENS;

/** A token of a template. */
export type Token =
  | { readonly name: MachineToken; readonly gpu?: undefined }
  | { readonly name: GpuToken; readonly gpu: number };

/** The token with this name; `undefined` where there is none. */
export function findToken(name: string): Token | undefined {
  if (Object.hasOwn(MACHINE_TOKENS, name)) return { name: name as MachineToken };
  const [, digits = '', rest = ''] = /^gpu(0|[1-9]\d?)(.*)$/.exec(name) ?? [];
  if (digits === '' || Number(digits) > LAST_GPU || !Object.hasOwn(GPU_TOKENS, rest)) return undefined;
  return { name: rest as GpuToken, gpu: Number(digits) };
}

/** How the value of a token is written. */
export function kindOf(token: Token): TokenKind {
  return token.gpu === undefined ? MACHINE_TOKENS[token.name].kind : GPU_TOKENS[token.name].kind;
}

/** Names of all tokens, those of one GPU with its number 0. */
export const TOKEN_NAMES: readonly string[] = [
  ...Object.keys(MACHINE_TOKENS),
  ...Object.keys(GPU_TOKENS).map(rest => `gpu0${rest}`),
];
