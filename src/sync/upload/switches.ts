import fs from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { codeOf } from '../../common/faults.ts';

/** What users have said of uploads besides their settings, and when something was confirmed for the last time. */
export interface Switches {
  readonly isPaused: boolean;
  /** Whether VS Code's telemetry is off, by the last word of a window: nothing is contributed then. */
  readonly isTelemetryOff: boolean;
  readonly lastConfirmed?: { readonly destination: string; readonly ms: number };
}

const FILE = path.join('sync', 'switches.json');
const NONE: Switches = { isPaused: false, isTelemetryOff: false };

const FORM = v.object({
  isPaused: v.boolean(),
  isTelemetryOff: v.boolean(),
  lastConfirmed: v.exactOptional(v.object({ destination: v.string(), ms: v.number() })),
});

/**
 * Reads the switches; none are set where there is no file of them.
 *
 * @throws Error when there is one that cannot be read: uploads that somebody has paused must not go on
 */
export function readSwitches(dataDirectory: string): Switches {
  let text: string;
  try {
    text = fs.readFileSync(path.join(dataDirectory, FILE), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return NONE;
    throw error;
  }
  return v.parse(FORM, JSON.parse(text));
}

/** Keeps the switches. @throws the system's error */
export function writeSwitches(dataDirectory: string, switches: Switches): void {
  const file = path.join(dataDirectory, FILE);
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${String(process.pid)}`;
  fs.writeFileSync(beside, `${JSON.stringify(switches)}\n`, { mode: 0o600, flush: true });
  fs.renameSync(beside, file);
}
