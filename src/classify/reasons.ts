import { FEATURES } from './features.ts';
import type { ModelReader } from './model.ts';
import type { Windows } from './windows.ts';

/** Most reasons that are given. */
const MOST = 3;
/** Log odds below which something is no reason. */
const LEAST = 0.15;

/** What a group of features has to say for itself, in words with numbers; empty where there is nothing to say. */
const WORDS: Readonly<Record<string, (w: Windows) => string>> = {
  gpu: gpuWords,
  gpuShape: w =>
    isSteady(w, 'gpu') ? `steady GPU load (${range(w, 'gpu')})` : `GPU load between ${range(w, 'gpu')}`,
  gpuMemory: w => `GPU memory bus ${percent(w.mean60('gpuMemory'))}`,
  vram: vramWords,
  gpuPower: w =>
    Number.isNaN(w.mean60('gpuPowerShare'))
      ? `GPU power ${number(w.mean60('gpuPower'))} W`
      : `GPU power ${percent(w.mean60('gpuPowerShare'))} of its limit`,
  gpuClock: w =>
    w.spread60('gpuClock') < 0.02 * w.mean60('gpuClock')
      ? `steady GPU clock of ${number(w.mean60('gpuClock'))} MHz`
      : `GPU clock that varies around ${number(w.mean60('gpuClock'))} MHz`,
  encoder: w => (w.mean60('encoder') < 0.01 ? 'no encoder' : `encoder ${percent(w.mean60('encoder'))}`),
  decoder: w => (w.mean60('decoder') < 0.01 ? 'no decoder' : `decoder ${percent(w.mean60('decoder'))}`),
  processes: processWords,
  cpu: w => `CPU ${percent(w.mean60('cpu'))}`,
  cpuShape: w =>
    isSteady(w, 'cpu') ? `steady CPU load (${range(w, 'cpu')})` : `CPU load between ${range(w, 'cpu')}`,
  cores: w => `busiest core ${percent(w.mean60('busiestCore'))}, all cores ${percent(w.mean60('cpu'))}`,
  switches: w => `${number(w.mean60('contextSwitches'))} context switches a second and core`,
  pressure: w =>
    `tasks wait for disks ${percent(w.mean60('ioPressure'))} and for cores ${percent(w.mean60('cpuPressure'))} of the time`,
  ram: w => {
    const change = w.high60('ram') - w.low60('ram');
    return change < 0.003 ? 'memory use that hardly changes' : `memory use that moves by ${percent(change)}`;
  },
  disk: diskWords,
  network: networkWords,
  connections: w => `${number(w.mean60('connections'))} connections`,
  pcie: w => `${number(w.mean60('pcie'))} MB/s over PCIe`,
};

type Group = keyof typeof WORDS;

/** The group of each feature. */
const GROUPS: readonly Group[] = FEATURES.map(({ id, signals }) => {
  const shape = /(?:spread|repetition|persistence|relativeSpread|low|high)/i.test(id);
  const [signal] = signals;
  switch (signal) {
    case 'gpu':
      if (signals.includes('gpuMemory')) return 'gpuMemory';
      return shape ? 'gpuShape' : 'gpu';
    case 'cpu':
      if (signals.includes('busiestCore')) return 'cores';
      return shape ? 'cpuShape' : 'cpu';
    case 'busiestCore':
    case 'busyCores':
      return 'cores';
    case 'vram':
    case 'vramGb':
      return 'vram';
    case 'gpuPower':
    case 'gpuPowerShare':
      return 'gpuPower';
    case 'computeProcesses':
    case 'graphicsProcesses':
      return 'processes';
    case 'contextSwitches':
    case 'interrupts':
      return 'switches';
    case 'cpuPressure':
    case 'ioPressure':
    case 'memoryPressure':
      return 'pressure';
    case 'diskRead':
    case 'diskWrite':
    case 'diskReads':
    case 'diskWrites':
      return 'disk';
    case 'netSend':
    case 'netReceive':
      return 'network';
    default:
      return signal ?? 'cpu';
  }
});

/**
 * What speaks most for a class in a window, the strongest first.
 *
 * @param at place of the class in `reader.classes`
 * @param rival place of the class that is likeliest besides
 */
export function reasonsFor(
  reader: ModelReader,
  at: number,
  rival: number,
  features: Float64Array,
  windows: Windows,
): string[] {
  const weight = new Map<Group, number>();
  features.forEach((value, index) => {
    const contributions = reader.contributions(index, value);
    const group = GROUPS[index];
    if (contributions.length === 0 || group === undefined) return;
    const mean = contributions.reduce((sum, one) => sum + one, 0) / contributions.length;
    const own = contributions[at] ?? 0;
    const against = ((contributions[rival] ?? mean) + mean) / 2;
    weight.set(group, (weight.get(group) ?? 0) + own - against);
  });
  const strongest = [...weight].filter(([, one]) => one > LEAST).sort(([, a], [, b]) => b - a);
  const groups = strongest.map(([group]) => group);
  const isTogether = groups.slice(0, MOST + 1).includes('gpu') && groups.slice(0, MOST + 1).includes('vram');
  const reasons: string[] = [];
  for (const group of groups) {
    if (reasons.length === MOST) break;
    if (isTogether && group === 'vram' && reasons.some(reason => reason.includes(' with '))) continue;
    const words =
      isTogether && (group === 'gpu' || group === 'vram')
        ? `${gpuWords(windows)} with ${vramWords(windows)}`
        : (WORDS[group]?.(windows) ?? '');
    if (words !== '' && !words.includes('NaN') && !reasons.includes(words)) reasons.push(words);
  }
  return reasons;
}

function gpuWords(w: Windows): string {
  const load = w.mean60('gpu');
  return load < 0.01 ? 'GPU without load' : `GPU ${percent(load)}`;
}

function vramWords(w: Windows): string {
  const gb = w.mean60('vramGb');
  const size = Number.isNaN(gb) ? percent(w.mean60('vram')) : `${number(gb)} GB`;
  const level = Number.isNaN(gb) ? 'vram' : 'vramGb';
  const change = (w.high60(level) - w.low60(level)) / (w.mean60(level) + 0.01);
  return `${change < 0.02 ? 'steady' : 'changing'} VRAM ${size}`;
}

function processWords(w: Windows): string {
  const compute = w.mean60('computeProcesses');
  const graphics = w.mean60('graphicsProcesses');
  const parts = [
    Number.isNaN(compute) ? '' : counted(compute, 'compute'),
    Number.isNaN(graphics) ? '' : counted(graphics, 'graphics'),
  ].filter(part => part !== '');
  return parts.length === 0 ? '' : `${parts.join(' and ')} on the GPU`;
}

function counted(count: number, kind: string): string {
  const whole = Math.round(count);
  return `${whole === 0 ? 'no' : String(whole)} ${kind} ${whole === 1 ? 'process' : 'processes'}`;
}

function diskWords(w: Windows): string {
  const read = w.mean60('diskRead');
  const write = w.mean60('diskWrite');
  if (!(read >= 0.05) && !(write >= 0.05)) return 'hardly any disk traffic';
  return [
    ...(read >= 0.05 ? [`reads ${number(read)} MB/s`] : []),
    ...(write >= 0.05 ? [`writes ${number(write)} MB/s`] : []),
  ]
    .join(', ')
    .replace(/^/, 'disk ');
}

function networkWords(w: Windows): string {
  const send = w.mean60('netSend');
  const receive = w.mean60('netReceive');
  if (!(send >= 0.005) && !(receive >= 0.005)) return 'no network traffic';
  const floor = Math.min(w.low60('netSend'), w.low60('netReceive'));
  const isEven = floor > 0.4 * Math.min(send, receive) && floor > 0.01;
  const parts = [
    ...(receive >= 0.005 ? [`${number(receive)} Mbit/s in`] : []),
    ...(send >= 0.005 ? [`${number(send)} Mbit/s out`] : []),
  ];
  return `${isEven ? 'steady' : 'uneven'} network, ${parts.join(' and ')}`;
}

function isSteady(w: Windows, signal: 'cpu' | 'gpu'): boolean {
  return w.spread60(signal) < 0.03 + 0.1 * w.mean60(signal);
}

function range(w: Windows, signal: 'cpu' | 'gpu'): string {
  const low = Math.round(w.low60(signal) * 100);
  const high = Math.round(w.high60(signal) * 100);
  return low === high ? `${String(low)} %` : `${String(low)} and ${String(high)} %`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value))} %`;
}

function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
