// Reporter of node:test for `npm test`: a line a test as it ends (with OPTIMETRICS_TEST_BRIEF=1, one for all that passed
// in a file), failures in full, and the counts as JSON into the file that OPTIMETRICS_TEST_COUNTS names.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, lastLines, reasonOf } from './lib/failures.mjs';
import { ROOT } from './lib/paths.mjs';

/** @typedef {import('./lib/counts.mjs').Counts} Counts */
/** @typedef {import('node:test/reporters').TestEvent} TestEvent */
/** @typedef {Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>} ResultEvent */

/** @param {AsyncIterable<TestEvent>} events */
export default async function* report(events) {
  const brief = process.env['OPTIMETRICS_TEST_BRIEF'] === '1';
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  /** Names of the suites and tests around the next result, by depth. @type {string[]} */
  const names = [];
  /** What each file printed, shown when a test in it fails. @type {Map<string, string>} */
  const printed = new Map();
  /** Results come file by file. */
  let current = { file: '', passed: 0, ms: 0 };

  for await (const event of events) {
    if (event.type === 'test:start') {
      names.splice(event.data.nesting, Infinity, event.data.name);
    } else if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      const { file, message } = event.data;
      printed.set(file, (printed.get(file) ?? '') + message);
    } else if (event.type === 'test:pass' || event.type === 'test:fail') {
      const outcome = outcomeOf(event);
      names.splice(event.data.nesting, Infinity, event.data.name);
      if (outcome === 'counted below') continue;
      const file = path.relative(ROOT, event.data.file ?? '');
      if (file !== current.file) {
        if (brief) yield sum(current);
        else yield `${file}\n`;
        current = { file, passed: 0, ms: 0 };
      }
      const name = isFile(event) ? 'the file' : names.join(' › ');
      counts[outcome]++;
      if (outcome === 'passed') {
        current.passed++;
        current.ms += event.data.details.duration_ms;
      }
      if (outcome !== 'passed' || !brief) yield line(event, outcome, brief ? `${file}: ${name}` : name);
      if (event.type === 'test:fail' && outcome === 'failed') {
        const { error } = event.data.details;
        // What broke outside of tests says why in what it printed alone.
        const said = isFile(event) ? lastLines(printed.get(event.data.file ?? '') ?? '') : '';
        counts.failures.push({ name: `${file}: ${name}`, why: said === '' ? reasonOf(error) : said });
        yield indented(describe(error));
      }
    }
  }
  if (brief) yield sum(current);
  yield* output(counts, printed);
  const target = process.env['OPTIMETRICS_TEST_COUNTS'];
  if (target !== undefined) writeFileSync(target, JSON.stringify(counts));
}

/**
 * One line for all that passed in a file.
 *
 * @param {{ file: string, passed: number, ms: number }} file
 */
function sum({ file, passed, ms }) {
  return passed === 0 ? '' : `  ✓ ${file}: ${String(passed)} passed (${ms.toFixed(0)} ms)\n`;
}

/**
 * What a result counts as. A suite, and a test whose subtests failed, count through what is in them.
 *
 * @param {ResultEvent} event
 * @returns {'passed' | 'failed' | 'skipped' | 'counted below'}
 */
function outcomeOf(event) {
  const { data } = event;
  if (isSet(data.skip) || isSet(data.todo)) return 'skipped';
  if (event.type === 'test:pass') {
    if (isFile(event)) return 'skipped'; // it ended well and had no test in it
    return data.details.type === 'suite' ? 'counted below' : 'passed';
  }
  const { failureType } = /** @type {{ failureType?: string }} */ (event.data.details.error);
  return failureType === 'subtestsFailed' ? 'counted below' : 'failed';
}

/** @param {string | boolean | undefined} mark `skip` and `todo`: true or a reason */
const isSet = mark => mark !== undefined && mark !== false;

/**
 * Whether a result is that of a whole file: one without tests, or one that broke outside of its tests.
 *
 * @param {ResultEvent} event
 */
const isFile = ({ data }) =>
  data.nesting === 0 && data.file !== undefined && path.resolve(data.name) === data.file;

/**
 * @param {ResultEvent} event
 * @param {'passed' | 'failed' | 'skipped'} outcome
 * @param {string} name
 */
function line({ data }, outcome, name) {
  if (outcome === 'skipped') {
    const why = [data.skip, data.todo].find(mark => typeof mark === 'string' && mark !== '');
    return `  - ${name}${why === undefined ? ' (skipped)' : ` (skipped: ${String(why)})`}\n`;
  }
  return `  ${outcome === 'passed' ? '✓' : '✗'} ${name} (${data.details.duration_ms.toFixed(0)} ms)\n`;
}

/** @param {string} text */
const indented = text => `${text.replaceAll(/^/gm, '      ')}\n`;

/**
 * What the files with failures printed.
 *
 * @param {Counts} counts
 * @param {ReadonlyMap<string, string>} printed
 */
function* output(counts, printed) {
  for (const [file, text] of printed) {
    const name = path.relative(ROOT, file);
    if (counts.failures.some(failure => failure.name.startsWith(`${name}: `)))
      yield `\n${name} printed:\n${indented(text.trimEnd())}`;
  }
}
