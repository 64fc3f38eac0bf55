import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { koffiFor } from '../../scripts/lib/koffi.mjs';
import { DIST, ROOT } from '../../scripts/lib/paths.mjs';
import { koffiFile, RELEASED_TARGETS, vsixTarget } from '../../scripts/lib/platform.mjs';
import { type NativeBinary, readNativeBinary } from './harness/native-binary.ts';
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
  'extension/dist/rollups.js',
  'extension/dist/sampler.js',
  'extension/dist/sync.js',
  'extension/dist/upload.js',
  'extension/dist/webview/dashboard.css',
  'extension/dist/webview/dashboard.js',
  'extension/l10n/bundle.l10n.de.json',
  'extension/media/icon.png',
  'extension/media/walkthrough/dashboard.svg',
  'extension/media/walkthrough/intent.svg',
  'extension/media/walkthrough/log.svg',
  'extension/media/walkthrough/privacy.svg',
  'extension/media/walkthrough/status-bar.svg',
  'extension/media/walkthrough/upload.svg',
  'extension/media/walkthrough/workload.svg',
  'extension/package.json',
  'extension/package.nls.de.json',
  'extension/package.nls.json',
  'extension/readme.md',
];

/** A package is 0.8 to 0.9 MiB, of which koffi's binary is about half. One of twice the size has something else in it. */
const LARGEST_PACKAGE = 2 * 2 ** 20;

/** What systeminformation uses on a Mac where the user has it, and does without otherwise. */
const OPTIONAL_IMPORTS = ['osx-temperature-sensor', 'macos-temperature-sensor'];

/** The oldest C library that the servers of VS Code run with. */
const OLDEST_GLIBC = 2.28;

/** Libraries of a binary for the C library of GNU, and for musl. */
const GLIBC = /^(libc\.so\.6|ld-linux-.*)$/;
const MUSL = /^libc\.musl-(x86_64|aarch64)\.so\.1$/;

const PACKAGE = path.join(ROOT, 'scripts', 'package.mjs');
const run = promisify(execFile);

interface Manifest {
  readonly main: string;
  readonly bin: Record<string, string>;
  readonly icon: string;
  readonly version: string;
}

/** A VSIX file, opened. */
class Package {
  readonly file: string;
  readonly entries: readonly ZipEntry[];

  constructor(folder: string, target: string) {
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
    this.file = path.join(folder, `optimetrics-${target}-${version}.vsix`);
    this.entries = readZip(this.file);
  }

  content(name: string): Buffer {
    const entry = this.entries.find(candidate => candidate.name === name);
    assert.ok(entry, `${name} is in the package`);
    return entry.read();
  }

  text(name: string): string {
    return this.content(name).toString('utf8');
  }

  manifest(): Manifest {
    return JSON.parse(this.text('extension/package.json')) as Manifest;
  }
}

let folder: string;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'om-vsix-'));
  await run(process.execPath, [PACKAGE, '--target', 'all', '--target', vsixTarget(), '--out', folder]);
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

test('there is a package for each platform, and the build of this one stays as it was', () => {
  assert.deepEqual(RELEASED_TARGETS, [
    ...['linux-x64', 'linux-arm64', 'alpine-x64'],
    ...['win32-x64', 'win32-arm64', 'darwin-x64', 'darwin-arm64'],
  ]);
  const packed = fs.readdirSync(folder).map(name => /^optimetrics-(.+)-\d+\.\d+\.\d+\.vsix$/.exec(name)?.[1]);
  assert.deepEqual(packed.sort(), [...new Set([...RELEASED_TARGETS, vsixTarget()])].sort());
  assert.ok(fs.readFileSync(path.join(DIST, 'koffi.node')).equals(fs.readFileSync(koffiFile())));
});

for (const target of RELEASED_TARGETS) {
  describe(`the VSIX for ${target}`, () => {
    let vsix: Package;
    before(() => {
      vsix = new Package(folder, target);
    });

    test('holds what runs, and nothing else', () => {
      assert.deepEqual(vsix.entries.map(({ name }) => name).sort(), CONTENTS);
    });

    test('says which platform it is for', () => {
      const identity = /<Identity [^>]*>/.exec(vsix.text('extension.vsixmanifest'))?.[0] ?? '';
      assert.ok(identity.includes(`TargetPlatform="${target}"`), identity);
      assert.ok(identity.includes(`Version="${vsix.manifest().version}"`), identity);
    });

    test('its page has no picture that is not there', () => {
      const pictures = [...vsix.text('extension/readme.md').matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)];
      for (const [, address = ''] of pictures) assert.match(address, /^https:/);
    });

    test('is small', () => {
      assert.ok(fs.statSync(vsix.file).size < LARGEST_PACKAGE, `${fs.statSync(vsix.file).size} bytes`);
    });

    test('has one native library, koffi’s, made for this processor and system', async () => {
      const binary = readNativeBinary(vsix.content('extension/dist/koffi.node'));
      checkBinary(binary, target);
      for (const entry of vsix.entries) {
        if (entry.name === 'extension/dist/koffi.node') continue;
        assert.throws(() => readNativeBinary(entry.read()), `${entry.name} is no native library`);
      }
      const official = fs.readFileSync(await koffiFor(target));
      assert.ok(vsix.content('extension/dist/koffi.node').equals(official), 'as koffi publishes it');
    });

    test('has every file that the manifest names', () => {
      const { main, bin, icon } = vsix.manifest();
      for (const name of [main, icon, ...Object.values(bin)])
        assert.ok(vsix.content(path.posix.join('extension', name)).length > 0, name);
    });

    test('has bundles without source maps, that import only Node', () => {
      for (const { name } of vsix.entries) {
        if (!/\.(js|css)$/.test(name)) continue;
        const code = vsix.text(name);
        assert.ok(!code.includes('sourceMappingURL'), name);
        for (const [, imported = ''] of code.matchAll(/\brequire\("([^"]+)"\)/g)) {
          const isThere = isBuiltin(imported) || imported === 'vscode' || OPTIONAL_IMPORTS.includes(imported);
          assert.ok(isThere, `${name} imports ${imported}`);
        }
      }
    });

    test('has no path of the machine that built it', () => {
      const places = [
        path.join(ROOT, '/'),
        path.join(os.homedir(), '/'),
        path.join(os.tmpdir(), 'optimetrics-vsix-'),
      ];
      for (const { name } of vsix.entries) {
        if (name === 'extension/dist/koffi.node') continue; // published with those of koffi's own machines
        for (const place of places) assert.ok(!vsix.content(name).includes(place), `${place} in ${name}`);
      }
    });

    test('has the licence of each package that is bundled', () => {
      const notices = sectionsOf(vsix.text('extension/dist/ThirdPartyNotices.txt'));
      const bundled = bundledPackages();
      assert.ok(bundled.size > 5, [...bundled].join());
      for (const name of [...bundled, 'node-addon-api, in koffi']) {
        const text = notices.get(name);
        assert.ok(text !== undefined, `${name} has a notice`);
        assert.match(text, /copyright/i, name);
        assert.match(text, /without warranty|“AS IS”|"AS IS"/i, name);
      }
      const [, icons = ''] = [...notices].find(([name]) => name.startsWith('@vscode/codicons ')) ?? [];
      assert.match(icons, /Icons by Microsoft Corporation, .*\n\n.*Attribution 4\.0 International/);
    });
  });
}

describe('the VSIX for this platform, unpacked', () => {
  let unpacked: string;
  let vsix: Package;
  before(() => {
    vsix = new Package(folder, vsixTarget());
    unpacked = path.join(folder, 'unpacked');
    for (const entry of vsix.entries) {
      const file = path.join(unpacked, entry.name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, entry.read());
    }
  });

  const inPackage = (...names: string[]): string => path.join(unpacked, 'extension', ...names);

  test('has a command-line tool that reads this machine', async () => {
    const cli = inPackage('dist', 'cli.js');
    assert.ok(fs.readFileSync(cli, 'utf8').startsWith('#!/usr/bin/env node\n'));
    const home = fs.mkdtempSync(path.join(folder, 'home-'));
    const options = { cwd: folder, env: { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: home } };
    const version = await run(process.execPath, [cli, '--version'], options);
    assert.ok(version.stdout.includes(vsix.manifest().version), version.stdout);
    const sample = await run(process.execPath, [cli, 'sample', '--json'], options);
    const { metrics } = JSON.parse(sample.stdout) as { metrics: Record<string, number> };
    assert.ok((metrics['ram_total_mb'] ?? 0) > 0, sample.stdout);
  });

  test('has a koffi that calls the system', async () => {
    const code = `const koffi = require(${JSON.stringify(inPackage('dist', 'koffi.node'))});
      console.log(koffi.load(null).func('int getpid()')(), process.pid);`;
    const { stdout } = await run(process.execPath, ['-e', code]);
    assert.match(stdout, /^(\d+) \1\n$/);
  });
});

describe('npm run package', () => {
  const packageWith = (...args: string[]): { code: number | null; stdout: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PACKAGE, ...args], { encoding: 'utf8' });
    return { code: status, stdout, stderr };
  };

  test('explains itself', () => {
    const { code, stdout, stderr } = packageWith('--help');
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const word of ['--target', '--out', ...RELEASED_TARGETS]) assert.ok(stdout.includes(word), word);
  });

  test('names the targets when one is unknown, in one line', () => {
    const { code, stdout, stderr } = packageWith('--target', 'linux-x64', '--target', 'amiga-m68k');
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^--target amiga-m68k: the targets are all, [^\n]*\n$/);
    for (const target of RELEASED_TARGETS) assert.ok(stderr.includes(target), target);
  });

  test('refuses what it does not know', () => {
    for (const args of [['--targets', 'all'], ['linux-x64'], ['--target']]) {
      const { code, stderr } = packageWith(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /^[^\n]+ See the options with: npm run package -- --help\n$/);
    }
  });
});

function checkBinary(binary: NativeBinary, target: string): void {
  const [os = '', cpu = ''] = target.split('-');
  assert.equal(binary.cpu, cpu);
  const libraries = [...binary.libraries.keys()];
  const needs = (name: RegExp): boolean => libraries.some(library => name.test(library));
  if (os === 'linux') {
    assert.equal(binary.format, 'ELF');
    assert.ok(needs(GLIBC) && !needs(MUSL), libraries.join());
    const wanted = (binary.libraries.get('libc.so.6') ?? []).map(glibcVersion);
    assert.ok(wanted.length > 0 && Math.max(...wanted) <= OLDEST_GLIBC, wanted.join());
  } else if (os === 'alpine') {
    assert.equal(binary.format, 'ELF');
    assert.ok(needs(MUSL) && !needs(GLIBC), libraries.join());
  } else if (os === 'win32') {
    assert.equal(binary.format, 'PE');
  } else {
    assert.equal(os, 'darwin');
    assert.equal(binary.format, 'Mach-O');
    if (cpu === 'arm64') assert.ok(binary.signed, 'Apple silicon loads nothing without a signature');
  }
}

/** 2.17 for `GLIBC_2.17` and `GLIBC_2.17.1`; glibc has not had more than two digits after the point so far. */
function glibcVersion(symbolVersion: string): number {
  const [, minor = ''] = /^GLIBC_2\.(\d+)/.exec(symbolVersion) ?? [];
  assert.ok(minor !== '', symbolVersion);
  return 2 + Number(minor) / 100;
}

/** Names of the notices' sections, without the version, and their texts. */
function sectionsOf(notices: string): Map<string, string> {
  const parts = notices.split(/^={80}$/m).map(part => part.trim());
  const sections = new Map<string, string>();
  for (let i = 1; i + 1 < parts.length; i += 2)
    sections.set((parts[i] ?? '').replace(/ \([^)]*\)$/, ''), parts[i + 1] ?? '');
  return sections;
}

/** Name and version of each package with code in a bundle, as the bundler accounts for it, and of koffi. */
function bundledPackages(): Set<string> {
  const folders = new Set([path.join('node_modules', 'koffi')]);
  for (const file of fs.readdirSync(path.join(DIST, 'meta'))) {
    const { outputs } = JSON.parse(fs.readFileSync(path.join(DIST, 'meta', file), 'utf8')) as {
      outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
    };
    for (const { inputs } of Object.values(outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const from = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
        if (from !== undefined && bytesInOutput > 0) folders.add(from);
      }
    }
  }
  return new Set(
    [...folders].map(from => {
      const file = path.join(ROOT, from, 'package.json');
      const { name, version } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
        name: string;
        version: string;
      };
      return `${name} ${version}`;
    }),
  );
}
