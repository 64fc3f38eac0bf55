// Writes a log as fast as it can until it is killed:
//   log-child.cjs <folder> <progress file> <pace as JSON>
// After each row its number goes into the progress file.
import fs from 'node:fs';
import { NumberedLog, type Pace } from './numbered-log.ts';

/** Rows between two turns for everything else, as there is one a second in a sampler. */
const ROWS_A_TURN = 4;

async function main([directory = '', progressFile = '', pace = '']: readonly string[]): Promise<void> {
  const log = new NumberedLog(directory, JSON.parse(pace) as Pace, message =>
    fs.writeSync(2, `${message}\n`),
  );
  const progress = fs.openSync(progressFile, 'w');
  const number = new Float64Array(1);
  fs.writeSync(1, 'ready\n');
  for (let n = 0; ; n++) {
    log.append(n);
    number[0] = n;
    fs.writeSync(progress, number, 0, 8, 0);
    if (n % ROWS_A_TURN === 0) await new Promise(resolve => setImmediate(resolve));
  }
}

void main(process.argv.slice(2));
