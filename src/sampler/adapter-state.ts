import { type Absence, ABSENCES } from '../common/frame.ts';
import type { AdapterStatus, Limits } from '../common/protocol.ts';
import type { Adapter, AdapterInfo } from './adapters/base.ts';

type State = AdapterStatus['state'];

/** An adapter and what its host knows of it. */
export interface Entry {
  readonly adapter: Adapter;
  state: State;
  detail: string;
  remedy: string | undefined;
  /** What it found, while it is open. */
  info: AdapterInfo | undefined;
  /** What it found when it was last opened with success. */
  lastInfo: AdapterInfo | undefined;
  /** What went wrong in the last read; empty when nothing did. */
  fault: string;
  /** When to try to open it again, on the monotonic clock. */
  retryAtMs: number;
  /** Whether an opening has not come back, even though nobody waits for it any more. */
  isOpening: boolean;
  /** Slots that it looked up when it was bound; `undefined` when that went wrong, and it is not read. */
  slots: ReadonlySet<number> | undefined;
  /** Whether its marks say that it has a call on another thread. */
  hasPendingCall: boolean;
  /** What it said last of limits. */
  limits: Limits | undefined;
}

/** An adapter that was not opened yet. */
export function createEntry(adapter: Adapter): Entry {
  return {
    adapter,
    state: 'opening',
    detail: '',
    remedy: undefined,
    info: undefined,
    lastInfo: undefined,
    fault: '',
    retryAtMs: Number.POSITIVE_INFINITY,
    isOpening: false,
    slots: undefined,
    hasPendingCall: false,
    limits: undefined,
  };
}

/** Whether an adapter in this state was asked and has no values to give. */
export function isAbsence(state: State): boolean {
  return ABSENCES.some(absence => absence === state);
}

/** Whether the devices of an adapter in this state are still there as far as anybody knows. */
export function mayComeBack(state: State): boolean {
  return state !== 'unsupported' && state !== 'off' && state !== 'ok';
}

/** Why the columns of an adapter in this state have no values. */
export function absenceOf(state: State): Absence {
  switch (state) {
    case 'unsupported':
    case 'off':
      return 'unsupported';
    case 'asleep':
    case 'denied':
      return state;
    default:
      return 'failed';
  }
}
