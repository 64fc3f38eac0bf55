import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { type StartFault, startFaultOf } from '../../src/client/start-fault.ts';
import { stateWords } from '../../src/client/state-words.ts';
import { english } from '../../src/common/translate.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

/** The fault of a real Node that runs this program. */
function faultOf(t: TestContext, code: string | undefined): StartFault {
  const file = path.join(temporaryDirectory(t), 'sampler.cjs');
  if (code !== undefined) fs.writeFileSync(file, code);
  const { stderr, status, signal } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  return startFaultOf(stderr, signal ?? `exit code ${String(status)}`);
}

describe('why a sampler does not start', () => {
  test('is in its own words where it has some', t => {
    const told =
      'process.stderr.write("a warning\\noptimetrics sampler: no room in /home/Jane.\\n"); process.exit(1)';
    assert.deepEqual(faultOf(t, told), { kind: 'told', text: 'no room in …' });
  });

  test('is that its program is damaged or missing', t => {
    const missing = faultOf(t, undefined);
    assert.deepEqual(missing, { kind: 'damaged', text: 'Error: Cannot find module …' });
    assert.equal(
      stateWords.notStarted(english, missing),
      'The sampler does not start: its program cannot be run (Error: Cannot find module …). ' +
        'Install OptiMetrics again. Another try follows; “OptiMetrics: Start” tries at once.',
    );
    assert.equal(faultOf(t, 'require("./not-there.js")').kind, 'damaged');
    const half = faultOf(t, 'function half() {');
    assert.deepEqual(half, { kind: 'damaged', text: 'SyntaxError: Unexpected end of input' });
  });

  test('is the error that nobody caught, without its stack and without names', t => {
    const fault = faultOf(t, 'function inner() { throw new TypeError("broken in /home/Jane Doe") } inner()');
    assert.deepEqual(fault, { kind: 'crashed', text: 'TypeError: broken in …' });
    assert.deepEqual(faultOf(t, 'process.stderr.write("no luck\\nmore\\n"); process.exit(1)'), {
      kind: 'crashed',
      text: 'no luck',
    });
    const long = faultOf(t, 'throw new Error("x ".repeat(5000))');
    assert.ok(long.kind === 'crashed' && long.text.length <= 201);
  });

  test('is a want of memory', t => {
    const fault = startFaultOf(
      '\n<--- Last few GCs --->\n[1:0x2] 5 ms: Scavenge\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n 1: 0xb7 node::Abort()',
      'SIGABRT',
    );
    assert.deepEqual(fault, {
      kind: 'memory',
      text: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    });
    assert.deepEqual(faultOf(t, 'process.kill(process.pid, "SIGKILL")'), { kind: 'memory', text: 'SIGKILL' });
  });

  test('is that it ended without a word', t => {
    assert.deepEqual(faultOf(t, 'process.exit(7)'), { kind: 'silent', how: 'exit code 7' });
    assert.deepEqual(startFaultOf(' \n', 'SIGTERM'), { kind: 'silent', how: 'SIGTERM' });
  });

  test('has words of every kind, with what can be done', () => {
    for (const fault of [
      { kind: 'damaged', text: 'x' },
      { kind: 'memory', text: 'x' },
      { kind: 'crashed', text: 'x' },
      { kind: 'silent', how: 'x' },
      { kind: 'late', seconds: 15 },
      { kind: 'refused', text: 'x' },
    ] as const)
      assert.match(
        stateWords.notStarted(english, fault),
        /^The sampler does not start: [^.]+\. \S.*\. Another try follows; “OptiMetrics: Start” tries at once\.$/,
      );
  });
});
