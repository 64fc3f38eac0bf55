import { execFileSync } from 'node:child_process';

/** How a column of ours is found in `nvidia-smi --query-gpu`. */
export interface SmiField {
  /** Of a GPU’s columns, what comes after `gpuN_`. */
  readonly column: string;
  readonly field: string;
  readonly unit: string;
  /** How far the two may be apart, in the unit; the values are of the same moment or lie between two that we can be compared with. */
  readonly tolerance: number;
}

/** A GPU at its power limit changes its clock by one such step many times a second. */
const CLOCK_STEP_MHZ = 15;

/**
 * Fields in the order in which they are asked for. Names as `nvidia-smi --help-query-gpu` has them; `clocks_event_reasons` was
 * called `clocks_throttle_reasons` before driver 535, and the older name is still understood.
 */
export const SMI_FIELDS: readonly SmiField[] = [
  { column: 'utilization', field: 'utilization.gpu', unit: '%', tolerance: 1 },
  { column: 'memory_utilization', field: 'utilization.memory', unit: '%', tolerance: 1 },
  { column: 'vram_used_mb', field: 'memory.used', unit: 'MB', tolerance: 1 },
  { column: 'vram_total_mb', field: 'memory.total', unit: 'MB', tolerance: 1 },
  { column: 'temperature', field: 'temperature.gpu', unit: '°C', tolerance: 1 },
  { column: 'power_watts', field: 'power.draw', unit: 'W', tolerance: 0.5 },
  { column: 'power_limit_watts', field: 'enforced.power.limit', unit: 'W', tolerance: 0.5 },
  { column: 'core_clock_mhz', field: 'clocks.gr', unit: 'MHz', tolerance: CLOCK_STEP_MHZ },
  { column: 'memory_clock_mhz', field: 'clocks.mem', unit: 'MHz', tolerance: CLOCK_STEP_MHZ },
  { column: 'sm_clock_mhz', field: 'clocks.sm', unit: 'MHz', tolerance: CLOCK_STEP_MHZ },
  { column: 'fan_speed', field: 'fan.speed', unit: '%', tolerance: 1 },
  { column: 'encoder_utilization', field: 'utilization.encoder', unit: '%', tolerance: 1 },
  { column: 'decoder_utilization', field: 'utilization.decoder', unit: '%', tolerance: 1 },
  { column: 'performance_state', field: 'pstate', unit: '', tolerance: 0 },
  { column: 'throttle_reasons', field: 'clocks_throttle_reasons.active', unit: 'bit mask', tolerance: 0 },
];

/** What nvidia-smi said of one GPU at a moment. A value it does not have is NaN. */
export interface SmiSample {
  /** Milliseconds since 1970 UTC. */
  readonly timeMs: number;
  readonly gpu: number;
  /** By {@link SmiField.column}. */
  readonly values: Readonly<Record<string, number>>;
}

/** Why nothing can be compared with nvidia-smi here, or `false`. */
export function whyNoNvidiaSmi(): string | false {
  try {
    return execFileSync('nvidia-smi', ['-L'], { encoding: 'utf8', stdio: 'pipe' }).startsWith('GPU ')
      ? false
      : 'nvidia-smi finds no GPU';
  } catch {
    return 'there is no NVIDIA GPU with nvidia-smi';
  }
}

/** Arguments with which nvidia-smi prints the fields again and again. */
export function smiArguments(intervalMs: number): string[] {
  const fields = ['timestamp', 'index', ...SMI_FIELDS.map(({ field }) => field)];
  return [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits', '-lms', String(intervalMs)];
}

/**
 * Reads what nvidia-smi prints with {@link smiArguments}. A line that is not whole, as the last may be, is left out.
 *
 * @param text lines such as `2026/11/26 11:31:08.094, 0, 97, 55, …, P0, 0x0000000000000001`; the time is local time
 */
export function parseSmi(text: string): SmiSample[] {
  return text.split('\n').flatMap(line => {
    const [time, gpu, ...fields] = line.split(',').map(field => field.trim());
    if (time === undefined || gpu === undefined || fields.length !== SMI_FIELDS.length) return [];
    const timeMs = new Date(time.replaceAll('/', '-').replace(' ', 'T')).getTime();
    if (Number.isNaN(timeMs)) return [];
    const values = Object.fromEntries(
      SMI_FIELDS.map(({ column }, at) => [column, parseValue(fields[at] ?? '')]),
    );
    return [{ timeMs, gpu: Number(gpu), values }];
  });
}

/** A number, a mask in hexadecimal, or a state such as `P8`; NaN for `[N/A]` and the like. */
function parseValue(text: string): number {
  return text === '' ? Number.NaN : Number(text.replace(/^P(?=\d+$)/, ''));
}

/** Processes that use a GPU, as `nvidia-smi pmon` counts them. */
export interface SmiProcesses {
  readonly gpu: number;
  readonly compute: number;
  readonly graphics: number;
}

/**
 * Counts the lines of `nvidia-smi pmon -c 1`, such as `    0       1432     C     99     55 …`; a GPU that nobody uses has a line
 * of dashes. A process of type `C+G` counts for both.
 */
export function parsePmon(text: string): SmiProcesses[] {
  const lines = text
    .split('\n')
    .filter(line => /^ *\d/.test(line))
    .map(line => line.trim().split(/\s+/));
  const gpus = [...new Set(lines.map(([gpu]) => Number(gpu)))];
  return gpus.map(gpu => {
    const types = lines.filter(line => Number(line[0]) === gpu).map(([, , type = '']) => type);
    const count = (letter: string): number => types.filter(type => type.includes(letter)).length;
    return { gpu, compute: count('C'), graphics: count('G') };
  });
}
