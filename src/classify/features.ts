import type { Signal } from './signals.ts';
import type { Windows } from './windows.ts';

/** One number that the model looks at. */
export interface Feature {
  readonly id: string;
  /** The signals it is made of: without one of them it has no value. */
  readonly signals: readonly Signal[];
  /** Places between which the model's weight is interpolated, ascending. Values beyond are taken as the last place. */
  readonly knots: readonly number[];
  /** Its value, NaN where there is none. */
  readonly value: (windows: Windows) => number;
}

/** Places for a share of time or capacity, closer together where little happens. */
const SHARE = [0, 0.01, 0.03, 0.08, 0.18, 0.35, 0.6, 0.85, 1];
/** Places for the spread of a share. */
const SPREAD = [0, 0.005, 0.015, 0.03, 0.06, 0.12, 0.25, 0.4];
/** Places for a ratio of 0 to 1. */
const RATIO = [0, 0.1, 0.25, 0.5, 0.75, 1];
/** Places for decimal logarithms of rates with 0.01 added. */
const RATE = [-2, -1.5, -1, -0.5, 0, 0.7, 1.5, 2.3];
const FEW = [0, 1, 2, 4];
/** Places for a spread as a share of the level. */
const RELATIVE = [0, 0.05, 0.12, 0.25, 0.5, 1, 2];
/** Places for decimal logarithms of events a second and core. */
const EVENTS = [1.5, 2, 2.5, 3, 3.5, 4, 4.5];

/** Loads below this share of a GPU are a desktop's. */
const GPU_AT_WORK = 0.05;

function feature(
  id: string,
  signals: readonly Signal[],
  knots: readonly number[],
  value: Feature['value'],
): Feature {
  return { id, signals, knots, value };
}

function ofShare(signal: Signal): Feature[] {
  return [
    feature(`${signal}.level10`, [signal], SHARE, w => w.mean10(signal)),
    feature(`${signal}.level60`, [signal], SHARE, w => w.mean60(signal)),
    feature(`${signal}.spread60`, [signal], SPREAD, w => w.spread60(signal)),
    feature(`${signal}.low60`, [signal], SHARE, w => w.low60(signal)),
    feature(`${signal}.high60`, [signal], SHARE, w => w.high60(signal)),
    feature(`${signal}.relativeSpread60`, [signal], RELATIVE, w =>
      relative(w.spread60(signal), w.mean60(signal), 0.01),
    ),
    feature(`${signal}.repetition60`, [signal], RATIO, w => w.repetition60(signal)),
    feature(`${signal}.persistence60`, [signal], RATIO, w => w.persistence60(signal)),
    feature(`${signal}.spread300`, [signal], SPREAD, w => w.long(signal).spread),
  ];
}

function ofRate(signal: Signal, busy: number): Feature[] {
  return [
    feature(`${signal}.level10`, [signal], RATE, w => log(w.mean10(signal))),
    feature(`${signal}.level60`, [signal], RATE, w => log(w.mean60(signal))),
    feature(`${signal}.low60`, [signal], RATE, w => log(w.low60(signal))),
    feature(`${signal}.high60`, [signal], RATE, w => log(w.high60(signal))),
    feature(`${signal}.busy60`, [signal], RATIO, w => w.above60(signal, busy)),
  ];
}

/**
 * Everything that the model looks at. Nothing here tells one machine from another that does the same: no level of
 * memory in use, no watts, no clock, no count of cores.
 */
export const FEATURES: readonly Feature[] = [
  ...ofShare('cpu'),
  feature('cpu.busiestCore', ['busiestCore'], SHARE, w => w.mean60('busiestCore')),
  feature('cpu.concentration', ['cpu', 'busiestCore'], RATIO, w =>
    w.mean60('busiestCore') < 0.1
      ? Number.NaN
      : (w.mean60('busiestCore') - w.mean60('cpu')) / w.mean60('busiestCore'),
  ),
  feature('cpu.busyCores', ['busyCores'], SHARE, w => w.mean60('busyCores')),
  feature('cpu.full60', ['cpu'], RATIO, w => w.above60('cpu', 0.85)),
  feature('cores.full60', ['busiestCore'], RATIO, w => w.above60('busiestCore', 0.85)),
  feature('cores.quiet60', ['busiestCore'], RATIO, w => 1 - w.above60('busiestCore', 0.15)),
  feature('cpu.contextSwitches', ['contextSwitches'], EVENTS, w => log(w.mean60('contextSwitches'))),
  feature('switches.perWork', ['contextSwitches', 'cpu'], [2.5, 3, 3.5, 4, 4.5, 5], w =>
    Math.log10(w.mean60('contextSwitches') / (w.mean60('cpu') + 0.02) + 1),
  ),
  feature('switches.spread60', ['contextSwitches'], RELATIVE, w =>
    relative(w.spread60('contextSwitches'), w.mean60('contextSwitches'), 20),
  ),
  feature('cpu.interrupts', ['interrupts'], EVENTS, w => log(w.mean60('interrupts'))),
  feature('interrupts.spread60', ['interrupts'], RELATIVE, w =>
    relative(w.spread60('interrupts'), w.mean60('interrupts'), 20),
  ),
  feature('pressure.cpu', ['cpuPressure'], SHARE, w => w.mean60('cpuPressure')),
  feature('pressure.io', ['ioPressure'], SHARE, w => w.mean60('ioPressure')),
  feature('pressure.ioHigh60', ['ioPressure'], SHARE, w => w.high60('ioPressure')),
  ...ofShare('gpu'),
  feature('gpu.asleep60', ['gpu'], RATIO, w => 1 - w.above60('gpu', 0.02)),
  feature('gpuMemory.level60', ['gpuMemory'], SHARE, w => w.mean60('gpuMemory')),
  feature('gpuMemory.ratio60', ['gpu', 'gpuMemory'], RATIO, w =>
    w.mean60('gpu') < GPU_AT_WORK ? Number.NaN : Math.min(1, w.mean60('gpuMemory') / w.mean60('gpu')),
  ),
  feature('vram.level60', ['vram'], SHARE, w => w.mean60('vram')),
  feature('vram.gb', ['vramGb'], [-1, -0.5, 0, 0.5, 1, 1.5, 2], w => log(w.mean60('vramGb'))),
  feature('vram.change60', ['vramGb'], [0, 0.002, 0.01, 0.04, 0.12, 0.3, 0.6], w =>
    relative(w.high60('vramGb') - w.low60('vramGb'), w.mean60('vramGb'), 0.1),
  ),
  feature('vram.growth60', ['vramGb'], [-0.5, -0.1, -0.01, 0.01, 0.1, 0.5], w =>
    relative(w.growth60('vramGb'), w.mean60('vramGb'), 0.1),
  ),
  feature('gpuPower.share60', ['gpuPowerShare'], SHARE, w => w.mean60('gpuPowerShare')),
  feature('gpuClock.relativeSpread60', ['gpuClock'], [0, 0.003, 0.01, 0.03, 0.08, 0.2, 0.5], w =>
    relative(w.spread60('gpuClock'), w.mean60('gpuClock'), 50),
  ),
  feature('encoder.level60', ['encoder'], SHARE, w => w.mean60('encoder')),
  feature('decoder.level60', ['decoder'], SHARE, w => w.mean60('decoder')),
  feature('gpu.computeProcesses', ['computeProcesses'], FEW, w => w.mean60('computeProcesses')),
  feature('gpu.graphicsProcesses', ['graphicsProcesses'], FEW, w => w.mean60('graphicsProcesses')),
  feature('pcie.level60', ['pcie'], [-1, 0, 1, 2, 3, 4], w => log(w.mean60('pcie'))),
  feature(
    'gpu.againstCpu',
    ['gpu', 'cpu'],
    [-1, -0.5, -0.2, 0, 0.2, 0.5, 1],
    w => w.mean60('gpu') - w.mean60('cpu'),
  ),
  feature(
    'gpu.ofActivity',
    ['gpu', 'cpu'],
    RATIO,
    w => w.mean60('gpu') / (w.mean60('gpu') + w.mean60('cpu') + 0.02),
  ),
  feature(
    'ram.change60',
    ['ram'],
    [0, 0.001, 0.004, 0.012, 0.03, 0.08, 0.2],
    w => w.high60('ram') - w.low60('ram'),
  ),
  ...ofRate('diskRead', 1),
  ...ofRate('diskWrite', 1),
  feature('disk.writeShare60', ['diskRead', 'diskWrite'], RATIO, w =>
    w.mean60('diskRead') + w.mean60('diskWrite') < 0.05
      ? Number.NaN
      : w.mean60('diskWrite') / (w.mean60('diskRead') + w.mean60('diskWrite')),
  ),
  feature('disk.readSize', ['diskRead', 'diskReads'], [0, 0.7, 1.3, 2, 2.7, 3.3], w =>
    size(w.mean60('diskRead'), w.mean60('diskReads')),
  ),
  feature('disk.writeSize', ['diskWrite', 'diskWrites'], [0, 0.7, 1.3, 2, 2.7, 3.3], w =>
    size(w.mean60('diskWrite'), w.mean60('diskWrites')),
  ),
  ...ofRate('netSend', 0.03),
  ...ofRate('netReceive', 0.03),
  feature('net.sendFloor', ['netSend'], RATE, w => log(w.least60('netSend'))),
  feature('net.receiveFloor', ['netReceive'], RATE, w => log(w.least60('netReceive'))),
  feature('net.receiveShare60', ['netSend', 'netReceive'], RATIO, w =>
    w.mean60('netSend') + w.mean60('netReceive') < 0.005
      ? Number.NaN
      : w.mean60('netReceive') / (w.mean60('netSend') + w.mean60('netReceive')),
  ),
  feature(
    'net.burst60',
    ['netReceive'],
    [0, 0.5, 1, 1.5, 2, 3],
    w => log(w.high60('netReceive')) - log(w.low60('netReceive')),
  ),
  feature('net.receive300', ['netReceive'], RATE, w => log(w.long('netReceive').mean)),
  feature('net.connections', ['connections'], [0, 0.5, 1, 1.5, 2, 2.5], w => log(w.mean60('connections'))),
];

/** Computes all features into `out`, in the order of {@link FEATURES}. */
export function computeFeatures(windows: Windows, out: Float64Array): void {
  FEATURES.forEach((one, at) => {
    const value = one.value(windows);
    out[at] = Number.isFinite(value) ? value : Number.NaN;
  });
}

/** Spread or change as a share of the level; `floor` keeps noise around nothing from looking like a change. */
function relative(spread: number, level: number, floor: number): number {
  return spread / (Math.abs(level) + floor);
}

function log(value: number): number {
  return Math.log10(value + 0.01);
}

/** Decimal logarithm of an operation's size in KB; none where there are no operations. */
function size(rate: number, operations: number): number {
  return operations < 0.2 || rate <= 0 ? Number.NaN : Math.log10((rate * 1000) / operations + 0.1);
}
