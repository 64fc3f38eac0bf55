import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROOT } from '../../scripts/lib/paths.mjs';
import { koffiFile, vsixTarget } from '../../scripts/lib/platform.mjs';
import { packageVsix } from '../../scripts/lib/vsix.mjs';
import { readZip, type ZipEntry } from './harness/zip.ts';

/** Everything that may be in the package, and must be, but for the texts that a clone may be without. */
const CONTENTS = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/changelog.md',
  'extension/configs/config.yaml',
  'extension/configs/workload-model.json',
  'extension/dist/ThirdPartyNotices.txt',
  'extension/dist/cli.js',
  'extension/dist/extension.js',
  'extension/dist/hardware-names.js',
  'extension/dist/koffi.node',
  'extension/dist/sampler.js',
  'extension/dist/webview/dashboard.css',
  'extension/dist/webview/dashboard.js',
  'extension/media/icon.png',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
];

/** A package that is larger has something in it that does not belong there. */
const LARGEST_PACKAGE = 2 * 2 ** 20;

/** What systeminformation uses on a Mac where the user has it, and does without otherwise. */
const OPTIONAL_IMPORTS = ['osx-temperature-sensor', 'macos-temperature-sensor'];

interface Manifest {
  readonly main: string;
  readonly bin: Record<string, string>;
  readonly icon: string;
  readonly version: string;
}

describe('the VSIX of this platform', () => {
  let folder: string;
  let file: string;
  let entries: ZipEntry[];

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'om-vsix-'));
    file = await packageVsix(folder);
    entries = readZip(file);
  });
  after(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const content = (name: string): Buffer => {
    const entry = entries.find(candidate => candidate.name === `extension/${name}`);
    assert.ok(entry, `${name} is in the package`);
    return entry.read();
  };
  const manifest = (): Manifest => JSON.parse(content('package.json').toString('utf8')) as Manifest;

  test('holds what runs, and nothing else', () => {
    assert.deepEqual(entries.map(({ name }) => name).sort(), CONTENTS);
  });

  test('is named after the platform and the version', () => {
    assert.equal(path.basename(file), `optimetrics-${vsixTarget()}-${manifest().version}.vsix`);
    const description =
      entries
        .find(({ name }) => name === 'extension.vsixmanifest')
        ?.read()
        .toString('utf8') ?? '';
    assert.ok(description.includes(`TargetPlatform="${vsixTarget()}"`), description);
  });

  test('is small', () => {
    assert.ok(fs.statSync(file).size < LARGEST_PACKAGE, `${fs.statSync(file).size} bytes`);
  });

  test('has the one binary of koffi for this platform', () => {
    const binaries = entries.filter(({ name }) => name.endsWith('.node'));
    assert.deepEqual(
      binaries.map(({ name }) => name),
      ['extension/dist/koffi.node'],
    );
    assert.ok(content('dist/koffi.node').equals(fs.readFileSync(koffiFile())));
  });

  test('has every file that the manifest names', () => {
    const { main, bin, icon } = manifest();
    for (const name of [main, icon, ...Object.values(bin)]) {
      assert.ok(content(path.posix.normalize(name)).length > 0, name);
    }
  });

  test('has bundles without source maps, without paths of the machine that built them, and that import only Node', () => {
    for (const name of ['extension', 'sampler', 'cli']) {
      const code = content(`dist/${name}.js`).toString('utf8');
      assert.ok(!code.includes('sourceMappingURL'), name);
      assert.ok(!code.includes(ROOT), name);
      for (const [, imported = ''] of code.matchAll(/\brequire\("([^"]+)"\)/g)) {
        const isThere = isBuiltin(imported) || imported === 'vscode' || OPTIONAL_IMPORTS.includes(imported);
        assert.ok(isThere, `${name} imports ${imported}`);
      }
    }
    assert.ok(!content('dist/webview/dashboard.js').includes('sourceMappingURL'));
  });

  test('has the licence of each package that is bundled', () => {
    const notices = content('dist/ThirdPartyNotices.txt').toString('utf8');
    for (const name of ['koffi', 'systeminformation', 'valibot', 'vscode-jsonrpc', 'yaml', 'chart.js']) {
      assert.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
    assert.match(notices, /^@microsoft\/fast-element /m);
  });

  test('has a command-line tool that runs from where it was unpacked', () => {
    for (const entry of entries) {
      const target = path.join(folder, 'unpacked', entry.name);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, entry.read());
    }
    const cli = path.join(folder, 'unpacked', 'extension', 'dist', 'cli.js');
    assert.ok(fs.readFileSync(cli, 'utf8').startsWith('#!/usr/bin/env node\n'));
    const version = execFileSync(process.execPath, [cli, '--version'], { encoding: 'utf8', cwd: folder });
    assert.ok(version.includes(manifest().version), version);
  });
});
