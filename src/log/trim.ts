import fs from 'node:fs';

const NEWLINE = 0x0a;
const TAIL_CHUNK = 65_536;

/** Cuts an open file after its last line end and returns its size then. @throws the system's error */
export function trimPartialLine(fd: number): number {
  const size = fs.fstatSync(fd).size;
  const chunk = Buffer.allocUnsafe(Math.min(size, TAIL_CHUNK));
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - TAIL_CHUNK);
    const length = fs.readSync(fd, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, length).lastIndexOf(NEWLINE);
    if (newline >= 0) {
      const whole = start + newline + 1;
      if (whole !== size) fs.ftruncateSync(fd, whole);
      return whole;
    }
    end = start;
  }
  if (size !== 0) fs.ftruncateSync(fd, 0);
  return 0;
}
