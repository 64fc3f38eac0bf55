import fs from 'node:fs';
import { printable } from '../common/config/problem.ts';
import { describeFault } from '../common/faults.ts';

const MOST_OF_NAME = 4096;

/**
 * All that a small file holds, or a pipe until its end. Rejects with an Error in one line, with the file's name, when it
 * cannot be read or has more bytes.
 */
export async function readBounded(file: string, most: number): Promise<Buffer> {
  const name = printable(file, MOST_OF_NAME);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of fs.createReadStream(file) as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length > most) break;
    }
  } catch (error) {
    throw new Error(`${name}: ${describeFault(error)}`, { cause: error });
  }
  if (length > most) throw new Error(`${name}: it is too long`);
  return Buffer.concat(pieces);
}
