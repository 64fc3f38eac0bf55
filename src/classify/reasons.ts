import type { KnownReason, ReasonKey } from '../common/workload-reasons.ts';
import { FEATURES } from './features.ts';
import type { ModelReader } from './model.ts';
import type { Windows } from './windows.ts';

/** Most reasons that are given. */
const MOST = 3;
/** Log odds below which something is no reason. */
const LEAST = 0.15;
/** Load below which something counts as unused. */
const IDLE = 0.01;

/** What a group of features has to say for itself; `undefined` where there is nothing to say. */
const SAYINGS: Readonly<Record<string, (w: Windows) => KnownReason | undefined>> = {
  gpu: w => (w.mean60('gpu') < IDLE ? reason('gpuIdle') : reason('gpu', percent(w.mean60('gpu')))),
  gpuShape: w => shapeOf(w, 'gpu'),
  gpuMemory: w => reason('gpuMemory', percent(w.mean60('gpuMemory'))),
  vram: w => reason(isVramSteady(w) ? 'steadyVram' : 'changingVram', vramSize(w)),
  gpuPower: w =>
    Number.isNaN(w.mean60('gpuPowerShare'))
      ? reason('gpuPower', number(w.mean60('gpuPower')))
      : reason('gpuPowerShare', percent(w.mean60('gpuPowerShare'))),
  gpuClock: w =>
    reason(
      w.spread60('gpuClock') < 0.02 * w.mean60('gpuClock') ? 'gpuClockSteady' : 'gpuClockVaries',
      number(w.mean60('gpuClock')),
    ),
  encoder: w =>
    w.mean60('encoder') < IDLE ? reason('noEncoder') : reason('encoder', percent(w.mean60('encoder'))),
  decoder: w =>
    w.mean60('decoder') < IDLE ? reason('noDecoder') : reason('decoder', percent(w.mean60('decoder'))),
  processes: processesOf,
  cpu: w => reason('cpu', percent(w.mean60('cpu'))),
  cpuShape: w => shapeOf(w, 'cpu'),
  cores: w => reason('cores', percent(w.mean60('busiestCore')), percent(w.mean60('cpu'))),
  switches: w => reason('switches', number(w.mean60('contextSwitches'))),
  pressure: w => reason('pressure', percent(w.mean60('ioPressure')), percent(w.mean60('cpuPressure'))),
  ram: w => {
    const change = w.high60('ram') - w.low60('ram');
    return change < 0.003 ? reason('ramStill') : reason('ramMoves', percent(change));
  },
  disk: diskOf,
  network: networkOf,
  connections: w => reason('connections', number(w.mean60('connections'))),
  pcie: w => reason('pcie', number(w.mean60('pcie'))),
};

type Group = keyof typeof SAYINGS;

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
): KnownReason[] {
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
  const reasons: KnownReason[] = [];
  for (const group of groups) {
    if (reasons.length === MOST) break;
    const found =
      isTogether && (group === 'gpu' || group === 'vram') ? gpuWithVram(windows) : SAYINGS[group]?.(windows);
    if (!found || found.values.some(value => value.includes('NaN'))) continue;
    if (!reasons.some(({ key }) => key === found.key)) reasons.push(found);
  }
  return reasons;
}

function reason(key: ReasonKey, ...values: readonly string[]): KnownReason {
  return { key, values };
}

function gpuWithVram(w: Windows): KnownReason {
  const isSteadyVram = isVramSteady(w);
  const load = w.mean60('gpu');
  return load < IDLE
    ? reason(isSteadyVram ? 'gpuIdleSteadyVram' : 'gpuIdleChangingVram', vramSize(w))
    : reason(isSteadyVram ? 'gpuSteadyVram' : 'gpuChangingVram', percent(load), vramSize(w));
}

function vramSize(w: Windows): string {
  const gib = w.mean60('vramGb');
  return Number.isNaN(gib) ? percent(w.mean60('vram')) : `${number(gib)} GiB`;
}

function isVramSteady(w: Windows): boolean {
  const level = Number.isNaN(w.mean60('vramGb')) ? 'vram' : 'vramGb';
  return (w.high60(level) - w.low60(level)) / (w.mean60(level) + 0.01) < 0.02;
}

function processesOf(w: Windows): KnownReason | undefined {
  const compute = w.mean60('computeProcesses');
  const graphics = w.mean60('graphicsProcesses');
  const [c, g] = [String(Math.round(compute)), String(Math.round(graphics))];
  if (Number.isNaN(compute)) return Number.isNaN(graphics) ? undefined : reason('graphicsProcesses', g);
  return Number.isNaN(graphics) ? reason('computeProcesses', c) : reason('processes', c, g);
}

function diskOf(w: Windows): KnownReason {
  const read = w.mean60('diskRead');
  const write = w.mean60('diskWrite');
  if (!(read >= 0.05)) return write >= 0.05 ? reason('diskWrites', number(write)) : reason('noDisk');
  return write >= 0.05 ? reason('diskBoth', number(read), number(write)) : reason('diskReads', number(read));
}

function networkOf(w: Windows): KnownReason {
  const send = w.mean60('netSend');
  const receive = w.mean60('netReceive');
  const floor = Math.min(w.low60('netSend'), w.low60('netReceive'));
  const isEven = floor > 0.4 * Math.min(send, receive) && floor > 0.01;
  if (!(receive >= 0.005)) {
    if (!(send >= 0.005)) return reason('noNetwork');
    return reason(isEven ? 'networkSteadyOut' : 'networkUnevenOut', number(send));
  }
  return send >= 0.005
    ? reason(isEven ? 'networkSteadyBoth' : 'networkUnevenBoth', number(receive), number(send))
    : reason(isEven ? 'networkSteadyIn' : 'networkUnevenIn', number(receive));
}

function shapeOf(w: Windows, signal: 'cpu' | 'gpu'): KnownReason {
  const low = String(Math.round(w.low60(signal) * 100));
  const high = String(Math.round(w.high60(signal) * 100));
  if (low === high) return reason(`${signal}Steady`, low);
  const isSteady = w.spread60(signal) < 0.03 + 0.1 * w.mean60(signal);
  return reason(isSteady ? `${signal}SteadyRange` : `${signal}Range`, low, high);
}

function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value))} %`;
}

function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  if (value >= 10) return String(Math.round(value));
  return String(Number(value >= 1 ? value.toPrecision(2) : value.toFixed(2)));
}
