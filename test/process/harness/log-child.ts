// Writes a log as fast as it can, so that it can be killed:
//   log-child.cjs <folder> <progress file> <first row> <ms between samples> <bytes a file> <compress at once: yes or no>
// The row with number n has n in the column context_switches and is n intervals after the start. After each row its
// number goes into the progress file. Ends in good order at SIGTERM.
import fs from 'node:fs';
import { DEFAULT_CONFIG } from '../../../src/common/config/schema.ts';
import { Frame } from '../../../src/common/frame.ts';
import { buildLayout } from '../../../src/common/layout.ts';
import { LogWriter } from '../../../src/log/log-writer.ts';
import { logRules } from '../../../src/log/rules.ts';

const START = Date.UTC(2024, 1, 28);
/** Rows between two turns for everything else, as there is one a second in a sampler. */
const ROWS_A_TURN = 4;

async function main([
  directory = '',
  progressFile = '',
  first = '',
  step = '',
  bytes = '',
  compress = '',
]: readonly string[]): Promise<void> {
  const frame = new Frame(buildLayout({ core: 2, gpu: 0, disk: 0 }, group => group === 'cpu'));
  const slot = frame.layout.slots.get('context_switches') ?? -1;
  const progress = fs.openSync(progressFile, 'w');
  const number = new Float64Array(1);
  const writer = new LogWriter({
    directory,
    hardwareId: '476aa2f138590064966c48cda3e6a773',
    rules: {
      ...logRules(DEFAULT_CONFIG),
      maxFileBytes: Number(bytes),
      maxFilesPerDay: 1_000_000,
      compressAfterDays: compress === 'yes' ? 0 : undefined,
    },
    onStatus: ({ why }) => {
      if (why !== undefined) fs.writeSync(2, `paused: ${why}\n`);
    },
    onWarning: message => fs.writeSync(2, `${message}\n`),
  });
  const end = new AbortController();
  process.once('SIGTERM', () => {
    end.abort();
  });
  fs.writeSync(1, 'ready\n');
  for (let n = Number(first); !end.signal.aborted; n++) {
    frame.utcMs = START + n * Number(step);
    frame.monotonicMs = n * Number(step);
    frame.set(slot, n);
    writer.append(frame);
    number[0] = n;
    fs.writeSync(progress, number, 0, 8, 0);
    if (n % ROWS_A_TURN === 0) await new Promise(resolve => setImmediate(resolve));
  }
  writer.close();
}

void main(process.argv.slice(2));
