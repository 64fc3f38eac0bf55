import { setTimeout as delay } from 'node:timers/promises';

/** How long a condition may take: far above what it takes, so that only what never comes is missed. */
const PATIENCE_MS = 60_000;

/**
 * Waits for `probe` to give something other than `undefined` and `false`.
 *
 * @param what what is waited for, for the message
 * @returns what `probe` gave
 * @throws Error after a minute, with the last error of `probe` as its cause
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | false | undefined> | T | false | undefined,
): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  let cause: unknown;
  while (Date.now() < deadline) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false) return result;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(100);
  }
  throw new Error(`Waited in vain for ${what}`, { cause });
}
