import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ROOT = path.resolve(import.meta.dirname, '..');

test('the adapter of CONTRIBUTING.md compiles and passes its test', () => {
  const guide = fs.readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  fs.mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });
  // Inside the repository, so that node_modules is found.
  const copy = fs.mkdtempSync(path.join(ROOT, 'test-results', 'contributing-'));
  try {
    fs.cpSync(path.join(ROOT, 'src'), path.join(copy, 'src'), { recursive: true });
    fs.copyFileSync(path.join(ROOT, 'tsconfig.base.json'), path.join(copy, 'tsconfig.base.json'));
    const [imports = '', list = ''] = block(guide, 'all').split('\n\n');
    change(copy, 'src/common/metrics.ts', text =>
      text.replace(/\n\];\n*$/, `\n  ...rows('memory', 'machine', [\n${block(guide, 'metric')}  ]),\n];\n`),
    );
    change(
      copy,
      'src/sampler/adapters/all.ts',
      text => `${imports}\n${text.replace(/^ {2}const linux = .*\n/m, list)}`,
    );
    write(copy, 'src/sampler/adapters/files/linux.ts', block(guide, 'adapter'));
    write(copy, 'test/sampler/adapters/files/linux.test.ts', block(guide, 'test'));
    write(copy, 'test/package.json', '{ "type": "module" }');

    run(copy, [path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', 'src/sampler']);
    const output = run(copy, [
      '--import',
      'tsx',
      '--test',
      '--test-reporter=tap',
      'test/sampler/adapters/files/linux.test.ts',
    ]);
    assert.match(output, /^# pass 1$/m);
  } finally {
    fs.rmSync(copy, { recursive: true, force: true });
  }
});

/** The code block of the guide that is marked `ts <name>`. */
function block(guide: string, name: string): string {
  const found = new RegExp(`^\`\`\`ts ${name}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(guide)?.[1];
  assert.ok(found, `CONTRIBUTING.md has a code block “ts ${name}”`);
  return found;
}

function change(copy: string, file: string, edit: (text: string) => string): void {
  const before = fs.readFileSync(path.join(copy, file), 'utf8');
  const after = edit(before);
  assert.notEqual(after, before, `${file} has the place that the guide names`);
  fs.writeFileSync(path.join(copy, file), after);
}

function write(copy: string, file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
  fs.writeFileSync(path.join(copy, file), text);
}

function run(copy: string, args: readonly string[]): string {
  // The outer test runner's marks in the environment would make the inner one report to it.
  const env = { ...process.env };
  delete env['NODE_TEST_CONTEXT'];
  try {
    return execFileSync(process.execPath, args, { cwd: copy, encoding: 'utf8', env, stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`);
  }
}
