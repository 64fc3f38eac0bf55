import { execFile } from 'node:child_process';
import path from 'node:path';
import * as v from 'valibot';

/** A part of the machine whose name can be asked for. */
export type NamePart = 'cpu' | 'board' | 'gpus';

/** Room for far more GPUs than any machine has. */
const MOST_OUTPUT = 65_536;

const Name = v.pipe(v.string(), v.maxLength(200));
const Found = v.object({
  cpu: v.optional(Name),
  board: v.optional(v.object({ vendor: Name, product: Name })),
  gpus: v.optional(v.pipe(v.array(Name), v.maxLength(64))),
});

/** The names that were asked for. */
export type FoundNames = v.InferOutput<typeof Found>;

/** Both are bundled into one folder. */
const HELPER = path.join(import.meta.dirname, 'hardware-names.js');

/**
 * Asks `systeminformation` for names of hardware, in a process of its own (`dist/hardware-names.js`): the library is
 * most of what the sampler would load, and the programs that it starts may hang. Once at start, never on a tick.
 *
 * @param timeoutMs after which that process is killed
 * @param helper the built helper
 * @throws Error when it fails, takes too long or answers nonsense
 */
export async function askForNames(
  parts: readonly NamePart[],
  timeoutMs = 5_000,
  helper = HELPER,
): Promise<FoundNames> {
  const stdout = await new Promise<string>((resolve, reject) => {
    const limits = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: MOST_OUTPUT,
      windowsHide: true,
    } as const;
    execFile(process.execPath, [helper, ...parts], limits, (error, output) => {
      if (!error) resolve(output);
      // The system's text has the command line in it, and that has paths.
      else reject(new Error(error.killed ? `no answer in ${String(timeoutMs)} ms` : 'the helper failed'));
    });
  });
  return v.parse(Found, JSON.parse(stdout));
}
