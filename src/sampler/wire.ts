import type { Frame } from '../common/frame.ts';
import type { GpuInfo } from './adapters/base.ts';
import type { Layout } from '../common/layout.ts';
import { type FrameMessage, FrameNotification, type LayoutMessage } from '../common/protocol.ts';
import { type WireText, wireText } from './message-writer.ts';

/** Letters for the states of {@link Frame.states}, as {@link FrameMessage.absent} documents them. */
const LETTERS = ['', 'u', 's', 'd', 'f'];

/** A frame as clients get it. */
export function toFrameMessage(frame: Frame): FrameMessage {
  const values: (number | null)[] = [];
  let absent = '';
  for (let slot = 0; slot < frame.values.length; slot++) {
    const state = frame.states[slot] ?? 0;
    values.push(state === 0 ? (frame.values[slot] ?? null) : null);
    absent += LETTERS[state] ?? '';
  }
  return { seq: frame.seq, utcMs: frame.utcMs, category: frame.category, values, absent };
}

/** The notification of a frame, made once for all clients. */
export function frameNotification(params: FrameMessage): WireText {
  const notification = { jsonrpc: '2.0', method: FrameNotification.method, params };
  return wireText(notification);
}

/** A layout as clients get it. */
export function toLayoutMessage(layout: Layout, gpus: readonly GpuInfo[]): LayoutMessage {
  return {
    columns: layout.columns.map(column => column.name),
    gpus: gpus.map(({ name, vendor }) => ({ name, vendor })),
  };
}
