import { Buffer } from 'node:buffer';
import type { Absence, FrameWriter } from '../../../common/frame.ts';
import { ProcessorRecords } from '../../native/windows/processor-records.ts';
import { INFORMATION, type SystemInformation } from '../../native/windows/system-information.ts';
import { WrappingCounters } from '../../proc/wrapping-counters.ts';
import type { SlotFinder } from '../base.ts';

/** `sizeof(SYSTEM_PERFORMANCE_INFORMATION)` of `winternl.h`; what Windows 7 and later have added behind finds room. */
const PERFORMANCE_SIZE = 312;
const PERFORMANCE_ROOM = 1024;
/**
 * Where `ContextSwitches` stands in it, a `ULONG`: the fourth from the end of those 312 bytes, before `FirstLevelTbFills`,
 * `SecondLevelTbFills` and `SystemCalls`. The documentation leaves the members out; they have not moved since Windows NT.
 */
const CONTEXT_SWITCHES_OFFSET = 296;

/** Where `InterruptCount` stands in `SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION`, a `ULONG`. */
const INTERRUPTS_OFFSET = 40;

/** `sizeof(SYSTEM_INTERRUPT_INFORMATION)` of `winternl.h`, and the members that are used, each a `ULONG`. */
const INTERRUPT_INFORMATION_SIZE = 24;
const DPC_COUNT_OFFSET = 4;
const TIME_INCREMENT_OFFSET = 12;
/** Longest time between two ticks of the clock, in units of 100 ns: it is 15.6 ms on all hardware of today. */
const MAX_TIME_INCREMENT = 1_000_000;

/**
 * Context switches, interrupts and deferred procedure calls, counted since the start. A deferred procedure call is what
 * Windows has in place of soft interrupts: the part of an interrupt’s work that is done right after it.
 *
 * The kernel counts in 32 bits; from the first reading on the counts go on beyond that.
 */
export class WindowsCounters {
  readonly #system: SystemInformation;
  readonly #processors: ProcessorRecords;
  readonly #dpcs: ProcessorRecords;
  readonly #performance = Buffer.alloc(PERFORMANCE_ROOM);
  readonly #switchCounter = new WrappingCounters(1);
  readonly #interruptCounters: WrappingCounters;
  readonly #dpcCounters: WrappingCounters;
  #switchSlot = -1;
  #interruptSlot = -1;
  #dpcSlot = -1;

  /** @param processors records of `SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION`, which somebody else brings up to date */
  constructor(system: SystemInformation, groups: number, processors: ProcessorRecords) {
    this.#system = system;
    this.#processors = processors;
    this.#dpcs = new ProcessorRecords(system, groups, INFORMATION.interrupts, INTERRUPT_INFORMATION_SIZE);
    this.#interruptCounters = new WrappingCounters(processors.offsets.length);
    this.#dpcCounters = new WrappingCounters(processors.offsets.length);
  }

  bind(slot: SlotFinder): void {
    this.#switchSlot = slot('context_switches');
    this.#interruptSlot = slot('interrupts');
    this.#dpcSlot = slot('soft_interrupts');
  }

  /** @param absence why the records of the processors could not be read; `undefined` where they could */
  read(frame: FrameWriter, absence: Absence | undefined): void {
    this.#readSwitches(frame);
    this.#readDpcs(frame);
    if (absence !== undefined) {
      frame.absent(this.#interruptSlot, absence);
      return;
    }
    const { bytes, offsets } = this.#processors;
    offsets.forEach((offset, i) => {
      this.#interruptCounters.update(i, bytes.readUInt32LE(offset + INTERRUPTS_OFFSET));
    });
    setCount(frame, this.#interruptSlot, this.#interruptCounters.sum);
  }

  #readSwitches(frame: FrameWriter): void {
    if (!this.#system.query(INFORMATION.performance, this.#performance)) {
      frame.absent(this.#switchSlot, this.#system.absence);
      return;
    }
    if (this.#system.length < PERFORMANCE_SIZE) {
      frame.absent(this.#switchSlot, 'failed');
      return;
    }
    const count = this.#performance.readUInt32LE(CONTEXT_SWITCHES_OFFSET);
    setCount(frame, this.#switchSlot, this.#switchCounter.update(0, count));
  }

  #readDpcs(frame: FrameWriter): void {
    const records = this.#dpcs;
    if (!records.read()) {
      frame.absent(this.#dpcSlot, records.absence);
      return;
    }
    const { bytes, offsets } = records;
    // What the documentation promises is bytes that nobody can foretell, and Wine takes it by its word.
    const areCounters = offsets.every(offset => {
      const increment = bytes.readUInt32LE(offset + TIME_INCREMENT_OFFSET);
      return increment > 0 && increment <= MAX_TIME_INCREMENT;
    });
    if (!areCounters || offsets.length !== this.#processors.offsets.length) {
      frame.absent(this.#dpcSlot, 'unsupported');
      return;
    }
    offsets.forEach((offset, i) => {
      this.#dpcCounters.update(i, bytes.readUInt32LE(offset + DPC_COUNT_OFFSET));
    });
    setCount(frame, this.#dpcSlot, this.#dpcCounters.sum);
  }
}

/** None at all since the start cannot be on a machine that runs: they are not counted. */
function setCount(frame: FrameWriter, slot: number, count: number): void {
  if (count === 0) frame.absent(slot, 'unsupported');
  else frame.set(slot, count);
}
