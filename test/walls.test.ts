import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { ROOT } from '../scripts/lib/paths.mjs';

/** The linter as `npm test` configures it, with the one rule that needs no types, so that a file need not exist. */
const linter = new ESLint({
  cwd: ROOT,
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  ruleFilter: ({ ruleId }) => ruleId === 'house/walls',
});

/** What the linter says about `code` in the file `file` of the clone. */
async function lint(file: string, code: string): Promise<string[]> {
  const results = await linter.lintText(code, { filePath: path.join(ROOT, file) });
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

/** Declarations of packages, parsed once for all projects. */
const libraries = new Map<string, ts.SourceFile>();

/** What the compiler says about `code` as the file `file` of the project in the folder `project`. Writes nothing. */
function compile(project: string, file: string, code: string): string[] {
  const added = path.join(ROOT, file);
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic: ts.Diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  };
  const config = ts.getParsedCommandLineOfConfigFile(path.join(ROOT, project, 'tsconfig.json'), {}, host);
  assert.ok(config, `${project} has a tsconfig.json`);
  const compilerHost = ts.createCompilerHost(config.options);
  const original = { ...compilerHost };
  // The rooms that it knows as they stand in the sources, as editors have it: on a fresh clone nothing has been built. The
  // compiler's declarations leave the method out.
  Object.assign(compilerHost, { useSourceOfProjectReferenceRedirect: () => true });
  compilerHost.fileExists = name => name === added || original.fileExists(name);
  compilerHost.getSourceFile = (name, options, ...rest) => {
    if (name === added) return ts.createSourceFile(name, code, options);
    const parsed = libraries.get(name) ?? original.getSourceFile(name, options, ...rest);
    if (parsed && name.includes('node_modules')) libraries.set(name, parsed);
    return parsed;
  };
  const program = ts.createProgram({
    rootNames: [added],
    options: config.options,
    projectReferences: config.projectReferences ?? [],
    host: compilerHost,
  });
  const source = program.getSourceFile(added);
  return [...program.getOptionsDiagnostics(), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

/** An import that must be refused: from a file, of something. */
const REFUSED: readonly (readonly [file: string, imported: string])[] = [
  // vscode outside of src/extension
  ['src/common/x.ts', 'vscode'],
  ['src/client/x.ts', 'vscode'],
  ['src/sampler/x.ts', 'vscode'],
  ['src/cli/x.ts', 'vscode'],
  ['webview/x.ts', 'vscode'],
  ['test/x.test.ts', 'vscode'],
  // Node where there is none
  ['src/common/x.ts', 'node:fs'],
  ['src/common/config/x.ts', 'path'],
  ['webview/x.ts', 'node:path'],
  // room into room
  ['src/common/x.ts', '../runtime/token.ts'],
  ['src/common/config/x.ts', '../../sampler/sysroot.ts'],
  ['src/runtime/x.ts', '../client/launch.ts'],
  ['src/log/x.ts', '../sampler/history.ts'],
  ['src/classify/x.ts', '../sampler/sampler.ts'],
  ['src/classify/x.ts', '../log/row.ts'],
  ['src/classify/x.ts', '../runtime/token.ts'],
  ['src/extension/x.ts', '../classify/classifier.ts'],
  ['src/log/x.ts', '../classify/classifier.ts'],
  ['src/client/x.ts', '../sampler/sampler.ts'],
  ['src/client/x.ts', '../log/row.ts'],
  ['src/sampler/x.ts', '../client/launch.ts'],
  ['src/sampler/x.ts', '../extension/settings.ts'],
  ['src/extension/x.ts', '../sampler/sampler.ts'],
  ['src/extension/dashboard/x.ts', '../../log/row.ts'],
  ['src/extension/x.ts', '../../webview/model.ts'],
  ['src/cli/x.ts', '../extension/settings.ts'],
  ['src/cli/x.ts', '../sampler/adapters/cpu/linux.ts'],
  ['webview/x.ts', '../src/client/launch.ts'],
  ['webview/charts/x.ts', '../../src/extension/settings.ts'],
  ['src/extension/x.ts', '../../test/walls.test.ts'],
  ['src/sync/envelope/x.ts', '../../log/row.ts'],
  ['src/sync/x.ts', '../classify/classifier.ts'],
  ['src/sync/x.ts', '../sampler/sampler.ts'],
  ['src/log/x.ts', 'hyparquet'],
  ['src/log/x.ts', '../sync/envelope/seal.ts'],
  ['src/extension/x.ts', '../sync/envelope/seal.ts'],
  ['src/extension/x.ts', '../sync/keys/key-folder.ts'],
  ['src/extension/x.ts', './upload/set-up.ts'],
  ['src/extension/status/x.ts', '../upload/set-up.ts'],
  ['src/extension/upload/x.ts', '../../sync/envelope/seal.ts'],
  ['src/extension/upload/x.ts', '../../sync/targets/target.ts'],
  ['src/extension/upload/x.ts', '../../log/row.ts'],
  ['webview/x.ts', '../src/sync/envelope/seal.ts'],
  ['src/sampler/adapters/cpu/x.ts', '../../../sync/envelope/seal.ts'],
  // adapter into adapter, and into the sampler
  ['src/sampler/adapters/cpu/x.ts', '../memory/linux.ts'],
  ['src/sampler/adapters/gpu/nvidia/x.ts', '../amd/adapter.ts'],
  ['src/sampler/adapters/gpu/nvidia/x.ts', '../../cpu/linux.ts'],
  ['src/sampler/adapters/disk/x.ts', '../all.ts'],
  ['src/sampler/adapters/network/x.ts', '../../sampler.ts'],
  ['src/sampler/adapters/cpu/x.ts', '../../../log/row.ts'],
  // what adapters share knows neither them nor the sampler
  ['src/sampler/cgroup/x.ts', '../adapters/cpu/linux.ts'],
  ['src/sampler/cgroup/x.ts', '../adapters/base.ts'],
  ['src/sampler/cgroup/x.ts', '../sampler.ts'],
  // packages in the wrong place
  ['src/extension/x.ts', 'koffi'],
  ['src/sampler/history.ts', 'koffi'],
  ['src/extension/x.ts', 'systeminformation'],
  ['src/common/x.ts', 'chart.js/auto'],
  ['src/cli/x.ts', 'age-encryption'],
  ['webview/dashboard.ts', '@vscode/webview-ui-toolkit'],
];

/** Imports as the architecture has them. */
const ACCEPTED: typeof REFUSED = [
  ['src/common/x.ts', './metrics.ts'],
  ['src/common/config/x.ts', '../metrics.ts'],
  ['src/common/x.ts', 'valibot'],
  ['src/runtime/x.ts', '../common/frame.ts'],
  ['src/client/x.ts', '../runtime/token.ts'],
  ['src/classify/x.ts', '../common/frame.ts'],
  ['src/classify/x.ts', 'node:fs'],
  ['src/sampler/x.ts', '../log/row.ts'],
  ['src/sampler/x.ts', '../classify/classifier.ts'],
  ['src/cli/x.ts', '../classify/classifier.ts'],
  ['src/sampler/x.ts', './adapters/cpu/linux.ts'],
  ['src/sampler/adapters/all.ts', './gpu/nvidia/adapter.ts'],
  ['src/sampler/adapters/cpu/x.ts', './proc-stat.ts'],
  ['src/sampler/adapters/cpu/x.ts', '../base.ts'],
  ['src/sampler/adapters/cpu/x.ts', '../../sysroot.ts'],
  ['src/sampler/adapters/cpu/x.ts', '../../proc/kept-file.ts'],
  ['src/sampler/adapters/cpu/x.ts', '../../cgroup/cpu-limit.ts'],
  ['src/sampler/cgroup/x.ts', '../proc/kept-file.ts'],
  ['src/sampler/cgroup/x.ts', '../container.ts'],
  ['src/sampler/adapters/gpu/nvidia/x.ts', '../../../native/koffi.ts'],
  ['src/sampler/adapters/gpu/nvidia/x.ts', '../gpu-record.ts'],
  ['src/sampler/adapters/gpu/nvidia/x.ts', '../../../../common/frame.ts'],
  ['src/sampler/x.ts', 'node:fs'],
  ['src/sampler/x.ts', '../sync/envelope/seal.ts'],
  ['src/cli/x.ts', '../sync/envelope/unseal.ts'],
  ['src/sync/x.ts', '../common/faults.ts'],
  ['src/sync/segments/x.ts', '../../log/row.ts'],
  ['src/sync/keys/x.ts', '../envelope/seal.ts'],
  ['src/sync/envelope/x.ts', 'age-encryption'],
  ['src/extension/x.ts', 'vscode'],
  ['src/extension/dashboard/x.ts', '../../client/launch.ts'],
  ['src/extension/upload/x.ts', '../../sync/keys/key-folder.ts'],
  ['src/extension/upload/x.ts', '../../sync/envelope/local-key.ts'],
  ['src/extension/upload/x.ts', '../disposable.ts'],
  ['src/extension/upload/x.ts', 'vscode'],
  ['src/cli/x.ts', '../client/launch.ts'],
  ['src/cli/x.ts', '../log/reader/read-rows.ts'],
  ['webview/x.ts', '../src/common/metrics.ts'],
  ['webview/toolkit.ts', '@vscode/webview-ui-toolkit'],
  ['test/sampler/x.test.ts', '../../src/sampler/sampler.ts'],
];

describe('the linter refuses', () => {
  for (const [file, imported] of REFUSED) {
    test(`${imported} in ${file}`, async () => {
      assert.equal((await lint(file, `import { x } from '${imported}';`)).length, 1);
    });
  }
  const forms = {
    'for its type': "import type { Uri } from 'vscode';",
    'for its effects': "import 'vscode';",
    'in a type': "export type Uri = import('vscode').Uri;",
    'at run time': "export const vscode = import('vscode');",
    'through require': "export const vscode = require('vscode');",
    'through an import of TypeScript': "import vscode = require('vscode');",
    'to export it': "export { Uri } from 'vscode';",
    'to export all of it': "export * from 'vscode';",
    'as a template': 'export const vscode = import(`vscode`);',
  };
  for (const [form, code] of Object.entries(forms)) {
    test(`an import ${form}`, async () => {
      assert.equal((await lint('src/client/x.ts', code)).length, 1);
    });
  }
});

describe('the linter accepts', () => {
  for (const [file, imported] of ACCEPTED) {
    test(`${imported} in ${file}`, async () => {
      assert.deepEqual(await lint(file, `import { x } from '${imported}';`), []);
    });
  }
});

describe('the compiler refuses', () => {
  const dom = 'export const element: HTMLElement = document.body;';
  for (const room of [
    'src/common',
    'src/runtime',
    'src/log',
    'src/classify',
    'src/client',
    'src/sync',
    'src/sampler',
    'src/extension',
    'src/cli',
  ]) {
    test(`a DOM type in ${room}`, () => {
      const [first, ...rest] = compile(room, `${room}/violation.ts`, dom);
      assert.match(first ?? '', /Cannot find name 'HTMLElement'/);
      assert.equal(rest.length, 1, 'and document');
    });
  }
  for (const room of ['src/common', 'webview']) {
    test(`Node in ${room}`, () => {
      const code =
        "import fs from 'node:fs';\nexport const files = fs.readdirSync(process.cwd()) as Buffer[];";
      const messages = compile(room, `${room}/violation.ts`, code).join('\n');
      assert.match(messages, /'node:fs'/);
      assert.match(messages, /'process'/);
      assert.match(messages, /'Buffer'/);
    });
  }
  test('vscode in the sampler', () => {
    const messages = compile(
      'src/sampler',
      'src/sampler/violation.ts',
      'export const uri = vscode.Uri.parse("");',
    );
    assert.match(messages.join('\n'), /'vscode'/);
  });
  test('a room that a project does not refer to', () => {
    const code = "export { Sysroot } from '../sampler/sysroot.ts';";
    const messages = compile('src/extension', 'src/extension/violation.ts', code);
    assert.match(messages.join('\n'), /sysroot\.ts' is not listed within the file list of project/);
  });
});

describe('the compiler accepts', () => {
  test('the DOM in the webview', () => {
    assert.deepEqual(
      compile('webview', 'webview/sample.ts', 'export const body: HTMLElement = document.body;'),
      [],
    );
  });
  test('Node in the sampler', () => {
    const code = "import fs from 'node:fs';\nexport const files = fs.readdirSync('/');";
    assert.deepEqual(compile('src/sampler', 'src/sampler/sample.ts', code), []);
  });
  test('the common room in the extension', () => {
    const code = "export { METRICS } from '../common/metrics.ts';";
    assert.deepEqual(compile('src/extension', 'src/extension/sample.ts', code), []);
  });
});
