import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { askForNames } from '../../src/sampler/names-process/ask.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';
import { ROOT } from './harness/home.ts';

const HELPER = path.join(ROOT, 'dist', 'hardware-names.js');

describe('the process that asks systeminformation for names', () => {
  test('knows the CPU by the name that the system has for it', async () => {
    const { cpu } = await askForNames(['cpu'], 30_000, HELPER);
    const told = /^model name\s*: (.+)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    const words = told.replaceAll(/\(R\)|\(TM\)/g, '').split(/\s+/);
    const isTold = words.some(word => word.length > 3 && cpu?.includes(word));
    assert.ok(told === '' || isTold, `${String(cpu)} is not ${told}`);
  });

  test('answers only what it is asked for', async () => {
    assert.deepEqual(await askForNames([], 30_000, HELPER), {});
    assert.deepEqual(Object.keys(await askForNames(['board', 'gpus'], 30_000, HELPER)).sort(), [
      'board',
      'gpus',
    ]);
  });

  test('one that hangs, fails, talks nonsense or is not there is an error without a path', async t => {
    const directory = temporaryDirectory(t);
    const helper = (name: string, code: string): string => {
      const file = path.join(directory, name);
      fs.writeFileSync(file, code);
      return file;
    };
    const fails = async (file: string, expected: RegExp): Promise<void> => {
      await assert.rejects(askForNames(['cpu'], 2_000, file), (error: Error) => {
        assert.match(error.message, expected);
        assert.ok(!error.message.includes(directory), error.message);
        return true;
      });
    };
    await fails(helper('hangs.js', 'setInterval(() => {}, 1000)'), /^no answer in 2000 ms$/);
    await fails(helper('fails.js', 'throw new Error(__filename)'), /^the helper failed$/);
    await fails(helper('nonsense.js', 'console.log("[")'), /JSON/);
    await fails(helper('wrong.js', 'console.log(JSON.stringify({ cpu: 1 }))'), /Expected string/);
    await fails(
      helper('flood.js', 'console.log("x".repeat(1e6))'),
      /^(the helper failed|no answer in 2000 ms)$/,
    );
    await fails(path.join(directory, 'missing.js'), /^the helper failed$/);
  });
});
