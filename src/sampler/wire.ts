import type { Frame } from '../common/frame.ts';
import type { GpuInfo } from './adapters/base.ts';
import type { Layout } from '../common/layout.ts';
import { type FrameMessage, FrameNotification, type LayoutMessage } from '../common/protocol.ts';
import { type WireText, wireText } from './message-writer.ts';

/** Letters for the states of {@link Frame.states}, as {@link FrameMessage.absent} documents them. */
const LETTERS = ['', 'u', 's', 'd', 'f'];

/**
 * A frame as clients get it.
 *
 * @param watched what was read beside it, for the clients that watch it
 */
export function toFrameMessage(frame: Frame, watched?: Frame): FrameMessage {
  const values: (number | null)[] = [];
  let absent = '';
  for (const part of watched ? [frame, watched] : [frame]) {
    for (let slot = 0; slot < part.values.length; slot++) {
      const state = part.states[slot] ?? 0;
      values.push(state === 0 ? (part.values[slot] ?? null) : null);
      absent += LETTERS[state] ?? '';
    }
  }
  return { seq: frame.seq, utcMs: frame.utcMs, category: frame.category, values, absent };
}

/** The notification of a frame, made once for all clients. */
export function frameNotification(params: FrameMessage): WireText {
  const notification = { jsonrpc: '2.0', method: FrameNotification.method, params };
  return wireText(notification);
}

/**
 * A layout as clients get it.
 *
 * @param watched columns of what is read beside the frame, for the clients that watch it
 */
export function toLayoutMessage(layout: Layout, gpus: readonly GpuInfo[], watched?: Layout): LayoutMessage {
  return {
    columns: [...layout.columns, ...(watched?.columns ?? [])].map(column => column.name),
    gpus: gpus.map(({ name, vendor }) => ({ name, vendor })),
  };
}
