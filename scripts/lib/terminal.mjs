/** How often a long step says that it is still at work where there is no terminal to count seconds on. */
const HEARTBEAT_SECONDS = 10;

/** An error that the user can do something about: shown as its one line, without a stack. */
export class UserError extends Error {
  /**
   * @param {string} message what went wrong and the remedy, in one line
   * @param {number} [exitCode] 1 for a failure, 2 for wrong usage
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}

/**
 * Runs a step and shows how long it takes: the seconds tick on a terminal; elsewhere there is a line every ten seconds.
 *
 * @template T
 * @param {string} title what is being done
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>} what `work` returns; rejects as `work` does
 */
export async function step(title, work) {
  const started = performance.now();
  const terminal = process.stdout.isTTY;
  const seconds = () => (performance.now() - started) / 1000;
  const still = () => {
    if (terminal) process.stdout.write(`\r… ${title} (${seconds().toFixed(0)} s)`);
    else console.log(`… ${title} (${seconds().toFixed(0)} s so far)`);
  };
  if (terminal) process.stdout.write(`… ${title}`);
  const heartbeat = setInterval(still, terminal ? 1000 : HEARTBEAT_SECONDS * 1000);
  const end = (/** @type {string} */ mark) => {
    clearInterval(heartbeat);
    console.log(`${terminal ? '\r\x1b[K' : ''}${mark} ${title} (${seconds().toFixed(1)} s)`);
  };
  try {
    const result = await work();
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}
