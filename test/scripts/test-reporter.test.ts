import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { failureList } from '../../scripts/lib/failures.mjs';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  failures: { name: string; why: string }[];
}

/** Runs a test file with the reporter of `npm test`; gives what it counts, and what it prints. */
function report(t: TestContext, source: string): Counts & { printed: string } {
  const directory = temporaryDirectory(t);
  const file = path.join(directory, 'some.test.mjs');
  fs.writeFileSync(
    file,
    `import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from ${JSON.stringify(import.meta.resolve('fast-check'))};
${source}`,
  );
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    OPTIMETRICS_TEST_COUNTS: path.join(directory, 'counts.json'),
    OPTIMETRICS_TEST_BRIEF: '1',
  };
  // The outer test runner's mark would make the inner one report to it.
  delete env['NODE_TEST_CONTEXT'];
  const reporter = pathToFileURL(path.join(ROOT, 'scripts', 'test-reporter.mjs')).href;
  const args = ['--test', `--test-reporter=${reporter}`, file];
  const { stdout } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
  const counts = fs.readFileSync(path.join(directory, 'counts.json'), 'utf8');
  return { ...(JSON.parse(counts) as Counts), printed: stdout };
}

test('of a property that failed, seed, counterexample, what failed for it and where are told at the end', t => {
  const { passed, failed, failures, printed } = report(
    t,
    `test('is small', () => fc.assert(fc.property(fc.nat(1000), n => assert.ok(n < 7, 'too large')), { seed: 42 }));
     test('is fine', () => undefined);`,
  );
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
  const lines = failureList(failures);
  assert.match(lines[0] ?? '', /^ {2}✗ .*some\.test\.mjs: is small$/);
  const text = lines.join('\n');
  assert.match(text, /\{ seed: 42, path: "[\d:]+", endOnFailure: true \}/);
  assert.match(text, /Counterexample: \[7\]/);
  assert.match(text, /Caused by: AssertionError.*: too large\n +at .*some\.test\.mjs:4:/);
  assert.doesNotMatch(text, /node_modules|node:internal/);
  assert.match(printed, /Counterexample: \[7\]/, 'and in its place');
});

test('of a file that breaks outside of its tests, what it printed', t => {
  const { failures } = report(t, `console.log('about to break'); throw new TypeError('a broken file');`);
  assert.equal(failures.length, 1);
  assert.match(failures[0]?.why ?? '', /about to break[^]*TypeError: a broken file/);
});

test('a failure has forty lines at most, of a thousand characters each, and says what is left out', t => {
  const { failures } = report(
    t,
    `test('long', () => { throw new Error('a'.repeat(3000) + '\\n' + 'line\\n'.repeat(100), { cause: new Error('the cause\\n'.repeat(100)) }); });`,
  );
  const [name, ...lines] = failureList(failures);
  assert.match(name ?? '', /long$/);
  assert.ok(lines.length <= 40, String(lines.length));
  assert.ok(lines.every(line => line.length < 1_100));
  assert.ok(lines.some(line => line.includes('characters)')));
  assert.equal(lines.filter(line => /… and \d+ more lines, see above/.test(line)).length, 2);
  assert.ok(lines.some(line => line.includes('Caused by: Error: the cause')));
});

test('many failures have fewer lines each, and a name in any case', () => {
  const why = 'line\n'.repeat(40);
  const list = failureList(Array.from({ length: 300 }, (_, k) => ({ name: `test ${String(k)}`, why })));
  assert.equal(list.filter(line => line.startsWith('  ✗ ')).length, 300);
  assert.ok(list.length <= 1_500);
  assert.deepEqual(failureList([{ name: 'lint', why: '' }]), ['  ✗ lint']);
});
