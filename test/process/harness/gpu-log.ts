import type { FakeNvml } from '../../fixtures/nvml/fake-nvml.ts';
import { type Running, type TestHome, until } from './home.ts';
import { type LogRow, readLog } from './log.ts';

/** Starts logging with a made-up driver and waits until GPU values are in the log. */
export async function startGpuLog(home: TestHome, fake: FakeNvml): Promise<Running> {
  const run = home.start(['run', ...home.everySample], { OPTIMETRICS_NVML: fake.library });
  await until('GPU values are logged', () =>
    readLog(home.logDirectory).some(row => row['gpu0_utilization'] !== ''),
  );
  return run;
}

/** Rows of the log after a moment, milliseconds since 1970 UTC. */
export function logRowsAfter(home: TestHome, moment: number): LogRow[] {
  return readLog(home.logDirectory).filter(row => Date.parse(row['timestamp'] ?? '') > moment);
}
