// `npm test`: everything that is checked, from a fresh clone; closes with a line `N passed, N failed`.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { exitOf, start } from './lib/children.mjs';
import { add, closingLine, noCounts } from './lib/counts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { failureList, lastLines } from './lib/failures.mjs';
import { main } from './lib/main.mjs';
import { ROOT } from './lib/paths.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { UserError } from './lib/terminal.mjs';
import { ensureHost } from './lib/vscode-host.mjs';

/** @typedef {import('./lib/counts.mjs').Counts} Counts */

const HELP = `npm test -- [options] [filter …]

Installs what it needs, builds, and runs lint, type check, unit, process and end-to-end tests.

  --only STAGE  lint, types, unit, process or e2e; can be given more than once
  filter        only the test files with this in their path
  --help        this text

Exit code: 0 when nothing failed, 1 otherwise, 2 for wrong usage.`;

const CHECKS = /** @type {const} */ (['lint', 'types']);
const TESTS = /** @type {const} */ (['unit', 'process', 'e2e']);

/** @typedef {typeof CHECKS[number] | typeof TESTS[number]} Stage */
/** @type {readonly string[]} */
const STAGES = [...CHECKS, ...TESTS];

/** No test may take longer. Far above what any takes: it ends a test that hangs. */
const TEST_TIMEOUT_MS = 600_000;

/**
 * Tests that measure the machine, or fill it: one at a time, with nothing beside them. All other process tests wait most of
 * the time, for seconds to pass and processes to end.
 */
const ALONE = /\/process\/(accuracy|cgroup|independent-tools|sync-servers|windows-gpu|wine)\.test\.ts$/;
const PROCESS_TESTS_AT_ONCE = 4;

/** Tests of scripts that build: nothing may use what is built beside them. */
const BUILDING = /\/e2e\/(package|start)\.test\.ts$/;

/** @param {string} name */
const bin = name => path.join(ROOT, 'node_modules', ...name.split('/'));

/** @returns {{ stages: readonly string[], filters: readonly string[], help: boolean }} */
function options() {
  try {
    const { values, positionals } = parseArgs({
      options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const unknown = values.only?.find(stage => !STAGES.includes(stage));
    if (unknown !== undefined)
      throw new UserError(`--only ${unknown}: the stages are ${STAGES.join(', ')}.`, 2);
    const stages = values.only ?? (positionals.length > 0 ? TESTS : STAGES);
    return { stages, filters: positionals, help: values.help };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError(`${message}. See the options with: npm test -- --help`, 2);
  }
}

/** @param {string} title */
function heading(title) {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`);
}

/**
 * Runs commands one after the other as one check: all of them, so that one run shows everything. What they print is shown at
 * their end, for tests may be running beside them.
 *
 * @param {string} name
 * @param {readonly (readonly string[])[]} commands arguments for Node
 * @returns {Promise<Counts>}
 */
async function check(name, commands) {
  const startedAt = performance.now();
  const said = [];
  let shown = '';
  for (const args of commands) {
    const { code, output } = await outputOf(args);
    shown += output;
    if (code !== 0) said.push(output.trimEnd());
  }
  heading(name);
  process.stdout.write(shown);
  const failed = said.length > 0;
  console.log(`${failed ? '✗' : '✓'} ${name} (${secondsSince(startedAt)})`);
  return failed ? failure(name, lastLines(said.join('\n'))) : { ...noCounts(), passed: 1 };
}

/** @param {number} startedAt */
const secondsSince = startedAt => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;

/**
 * Runs Node and keeps what it prints.
 *
 * @param {readonly string[]} args
 */
async function outputOf(args) {
  const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : process.env;
  const child = start(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (/** @type {string} */ text) => (output += text);
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const code = await exitOf(child);
  return { code, output };
}

/**
 * @param {string} name
 * @param {string} why
 * @returns {Counts}
 */
const failure = (name, why) => ({ ...noCounts(), failed: 1, failures: [{ name, why }] });

/**
 * Files of a stage: test/process and test/e2e hold theirs, all others are unit tests.
 *
 * @param {string} stage
 * @param {readonly string[]} filters
 */
function testFiles(stage, filters) {
  return readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map(file => path.posix.join('test', ...file.split(path.sep)))
    .filter(file => file.endsWith('.test.ts'))
    .filter(file => stage === (/^test\/(process|e2e)\//.exec(file)?.[1] ?? 'unit'))
    .filter(file => filters.length === 0 || filters.some(filter => file.includes(filter)))
    .sort();
}

/**
 * @param {string} stage
 * @param {readonly string[]} files
 * @param {number} atOnce how many files
 * @returns {Promise<Counts>}
 */
async function runTests(stage, files, atOnce) {
  if (files.length === 0) return noCounts();
  const startedAt = performance.now();
  heading(`${stage} tests`);
  const folder = mkdtempSync(path.join(tmpdir(), 'optimetrics-test-'));
  const target = path.join(folder, 'counts.json');
  try {
    const reporter = pathToFileURL(path.join(ROOT, 'scripts', 'test-reporter.mjs')).href;
    const args = ['--import', 'tsx', '--test', `--test-reporter=${reporter}`];
    args.push(`--test-concurrency=${String(atOnce)}`, `--test-timeout=${String(TEST_TIMEOUT_MS)}`);
    const env = {
      ...process.env,
      OPTIMETRICS_TEST_COUNTS: target,
      OPTIMETRICS_TEST_BRIEF: stage === 'unit' ? '1' : '0',
    };
    const code = await exitOf(start(process.execPath, [...args, ...files], { cwd: ROOT, env }));
    const counts = /** @type {Counts} */ (JSON.parse(readFileSync(target, 'utf8')));
    console.log(`The ${stage} tests took ${secondsSince(startedAt)}.`);
    if (code !== 0 && counts.failed === 0) {
      add(counts, failure(`the ${stage} tests`, `They ended with exit code ${String(code)}.`));
    }
    return counts;
  } catch (error) {
    console.error(error);
    return failure(`the ${stage} tests`, `They broke off: ${String(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Lint and types, one after the other: while process tests wait there is a core for them.
 *
 * @param {Counts} total
 * @param {readonly string[]} stages
 */
async function runChecks(total, stages) {
  if (stages.includes('lint')) {
    const eslint = [bin('eslint/bin/eslint.js'), '.'];
    const prettier = [bin('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn'];
    add(total, await check('lint', [eslint, prettier]));
  }
  if (stages.includes('types')) add(total, await check('types', [[bin('typescript/bin/tsc'), '-b']]));
}

/**
 * @param {Counts} total
 * @param {readonly string[]} stages
 * @param {readonly string[]} filters
 */
async function runStages(total, stages, filters) {
  await ensureDependencies();
  const files = new Map(TESTS.map(stage => [stage, stages.includes(stage) ? testFiles(stage, filters) : []]));
  const count = (/** @type {typeof TESTS[number]} */ stage) => files.get(stage)?.length ?? 0;
  if (filters.length > 0 && TESTS.every(stage => count(stage) === 0))
    throw new UserError(`No test file has ${filters.join(' or ')} in its path.`, 2);
  if (TESTS.some(stage => count(stage) > 0)) await ensureSystemPackages();
  let isBuilt = true;
  if (['process', 'e2e'].some(stage => stages.includes(stage))) {
    const built = await check('build', [[path.join(ROOT, 'esbuild.mjs')]]);
    add(total, built);
    isBuilt = built.failed === 0;
  }
  const run = async (
    /** @type {typeof TESTS[number]} */ stage,
    /** @type {number} */ atOnce,
    /** @type {(file: string) => boolean} */ isWanted = () => true,
  ) => {
    const wanted = (files.get(stage) ?? []).filter(isWanted);
    if (stage === 'unit' || isBuilt) add(total, await runTests(stage, wanted, atOnce));
    else if (wanted.length > 0) console.log(`\nThe ${stage} tests are not run, because the build failed.`);
  };

  await run('unit', 2);
  const beside = runChecks(total, stages).then(() =>
    isBuilt && count('e2e') > 0 ? ensureHost() : undefined,
  );
  const ended = await Promise.allSettled([
    run('process', PROCESS_TESTS_AT_ONCE, file => !ALONE.test(file)),
    beside,
  ]);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  await run('process', 1, file => ALONE.test(file));
  await run('e2e', 1, file => BUILDING.test(file));
  await run('e2e', 2, file => !BUILDING.test(file));
}

async function body() {
  const { stages, filters, help } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  const total = noCounts();
  try {
    await runStages(total, stages, filters);
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === 2) throw error;
    console.error(error.message);
    add(total, failure('setting up', error.message));
  }
  if (total.failures.length > 0) console.log(`\nFailed:\n${failureList(total.failures).join('\n')}`);
  console.log(`\n${closingLine(total)}`);
  return total.failed === 0 ? 0 : 1;
}

await main(body);
