import { inspect } from 'node:util';

/**
 * What failed and why, for the end of a log: of a log that is cut off, the end is what is left.
 *
 * @typedef {object} Failure
 * @property {string} name
 * @property {string} why lines that end with none; empty where there is nothing to say
 */

/** Lines of one failure at the end. */
const LINES = 40;
/** Lines of all of them together, names aside. */
const ALL_LINES = 1200;
/** Characters of one line: a counterexample stands on one, and its seed makes it again. */
const WIDTH = 1000;

/**
 * An error and its causes, without the frames of Node itself.
 *
 * @param {unknown} error as node:test wraps it
 * @returns {string}
 */
export function describe(error) {
  return chainOf(error)
    .map(each => (typeof each === 'string' ? each : stackOf(each).replaceAll(/\n\s+at .*\(?node:.*/g, '')))
    .join('\nCaused by: ');
}

/**
 * The messages of an error and its causes, each with the place in our own files where it arose. Of a property that failed,
 * that is its seed, its counterexample and what failed for it.
 *
 * @param {unknown} error as node:test wraps it
 * @returns {string}
 */
export function reasonOf(error) {
  const chain = chainOf(error);
  const share = Math.floor(LINES / chain.length);
  return chain
    .map(each => {
      if (typeof each === 'string') return firstLines(each, share);
      const [frame = ''] = /\n\s+at (?!.*(?:node:|node_modules)).*/.exec(stackOf(each)) ?? [];
      return firstLines(messageOf(each), share - 1) + frame;
    })
    .join('\nCaused by: ');
}

/**
 * The lines to print of all failures.
 *
 * @param {readonly Failure[]} failures
 * @returns {string[]}
 */
export function failureList(failures) {
  const most = Math.max(1, Math.min(LINES, Math.floor(ALL_LINES / failures.length)));
  return failures.flatMap(({ name, why }) => [
    `  ✗ ${name}`,
    ...(why === '' ? [] : firstLines(why, most).split('\n')).map(line => `      ${line}`),
  ]);
}

/**
 * The end of an output.
 *
 * @param {string} text
 * @returns {string}
 */
export const lastLines = text => text.trimEnd().split('\n').slice(-LINES).join('\n');

/**
 * @param {string} text
 * @param {number} most at least 1
 */
function firstLines(text, most) {
  const lines = text.trimEnd().split('\n');
  const cut = lines.slice(0, most);
  if (cut.length < lines.length)
    cut.splice(most - 1, 1, `… and ${String(lines.length - most + 1)} more lines, see above`);
  return cut
    .map(line =>
      line.length > WIDTH ? `${line.slice(0, WIDTH)}… (${String(line.length)} characters)` : line,
    )
    .join('\n');
}

/**
 * An error and its causes, without what node:test wraps around them.
 *
 * @param {unknown} error
 * @returns {(Error | string)[]}
 */
function chainOf(error) {
  if (!(error instanceof Error)) return [typeof error === 'string' ? error : inspect(error)];
  if (error.cause === undefined) return [error];
  const causes = chainOf(error.cause);
  return 'code' in error && error.code === 'ERR_TEST_FAILURE' ? causes : [error, ...causes];
}

/** @param {Error} error */
const stackOf = ({ stack, message }) => stack ?? message;

/**
 * With the name of its class, as the stack has it.
 *
 * @param {Error} error
 */
function messageOf(error) {
  const stack = stackOf(error);
  const end = stack.indexOf('\n', stack.indexOf(error.message) + error.message.length);
  return stack.includes(error.message) && end >= 0 ? stack.slice(0, end) : `${error.name}: ${error.message}`;
}
