import fs, { type FileHandle } from 'node:fs/promises';
import { systemError } from '../memory-disk.ts';
import type { Random } from '../random.ts';

const CODES = ['ENOSPC', 'EIO', 'EDQUOT', 'EACCES', 'EROFS', 'ESTALE', 'ETIMEDOUT'] as const;

/** What can fail with an error and nothing done. */
const CALLS = ['open', 'rename', 'mkdir', 'stat', 'lstat', 'readdir', 'rm'] as const;

export interface Disturbance {
  /** How likely a fault is in each call: from 0 to 1. */
  strength: number;
  /** Leaves the calls as they were. */
  end(): void;
}

/**
 * Has the calls of this process for a folder and all below it fail, write a part only, or write something else. Everything else
 * is as it was.
 */
export function disturbFolder(root: string, random: Random): Disturbance {
  const real = { ...fs };
  const isHit = (file: unknown): boolean =>
    String(file).startsWith(root) && random.chance(disturbance.strength / 4);
  const failing = (call: (...rest: never[]) => Promise<unknown>) => {
    return async (file: never, ...rest: never[]): Promise<unknown> => {
      if (isHit(file)) throw systemError(random.pick(CODES));
      const result = await call(file, ...rest);
      if (call === real.open && String(file).startsWith(root)) disturb(result as FileHandle, isHit, random);
      return result;
    };
  };
  for (const name of CALLS) Object.assign(fs, { [name]: failing(real[name] as never) });
  const disturbance: Disturbance = {
    strength: 0,
    end: () => {
      for (const name of CALLS) Object.assign(fs, { [name]: real[name] });
    },
  };
  return disturbance;

  function disturb(handle: FileHandle, isHitBy: typeof isHit, dice: Random): void {
    const { writeFile, sync } = { writeFile: handle.writeFile.bind(handle), sync: handle.sync.bind(handle) };
    handle.writeFile = async data => {
      const bytes = Buffer.from(data as Uint8Array);
      if (!isHitBy(root)) return writeFile(bytes);
      if (dice.chance(0.3)) {
        const at = dice.below(Math.max(1, bytes.length));
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        return writeFile(bytes);
      }
      await writeFile(bytes.subarray(0, dice.below(bytes.length + 1)));
      throw systemError(dice.pick(CODES));
    };
    handle.sync = async () => {
      if (isHitBy(root)) throw systemError(dice.pick(CODES));
      await sync();
    };
  }
}
