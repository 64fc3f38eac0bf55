import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { HARDWARE_ID } from '../../log/frames.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Time between two rows: a machine that changes little logs no more. */
const STEP_MS = 30_000;

/** What the machine did by turns, an hour each: from every even hour of UTC on, and from every odd one. */
export const HOURS = [
  { category: 'coding_development', cpu: 20, ram: 40 },
  { category: 'gaming', cpu: 60, ram: 70 },
] as const;

/** What it did at a moment. */
export function hourOf(ms: number): (typeof HOURS)[number] {
  return HOURS[Math.floor(ms / HOUR_MS) % 2 === 0 ? 0 : 1];
}

/**
 * Fills a log folder with days of a machine that does one thing or another by the hour, up to `until`.
 *
 * @param until milliseconds since 1970 UTC
 */
export function writePast(directory: string, days: number, until: number): void {
  fs.mkdirSync(directory, { recursive: true });
  const today = Math.floor(until / DAY_MS) * DAY_MS;
  for (let start = today - (days - 1) * DAY_MS; start <= today; start += DAY_MS) {
    const lines = ['timestamp,hardware_id,session_category,session_confidence,total_utilization,ram_percent'];
    for (let at = start; at < Math.min(start + DAY_MS, until); at += STEP_MS) {
      const { category, cpu, ram } = hourOf(at);
      lines.push(`${new Date(at).toISOString()},${HARDWARE_ID},${category},80,${String(cpu)},${String(ram)}`);
    }
    const text = `${lines.join('\n')}\n`;
    const name = `metrics_${HARDWARE_ID.slice(0, 8)}_${new Date(start).toISOString().slice(0, 10)}.csv`;
    if (start < today) fs.writeFileSync(path.join(directory, `${name}.gz`), gzipSync(text, { level: 1 }));
    else fs.writeFileSync(path.join(directory, name), text);
  }
}
