import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './children.mjs';
import { koffiFor } from './koffi.mjs';
import { ROOT } from './paths.mjs';
import { vsixTarget } from './platform.mjs';

/** Where the packed files are among. `.vscodeignore` says which of them are packed. */
const SOURCES = [
  ...['package.json', 'package.nls.json', 'package.nls.de.json', '.vscodeignore'],
  ...['README.md', 'CHANGELOG.md', 'LICENSE', 'dist', 'l10n', 'media', 'configs'],
];

/** Bundles everything into dist/. Rejects with the bundler's messages when it fails. */
export async function build() {
  await run(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT });
}

/**
 * Name of the package of this version for a platform.
 *
 * @param {string} target
 */
function vsixName(target) {
  const file = path.join(ROOT, 'package.json');
  const { name, version } = /** @type {{ name: string, version: string }} */ (
    JSON.parse(readFileSync(file, 'utf8'))
  );
  return `${name}-${target}-${version}.vsix`;
}

/**
 * Packs dist/ and the manifest, as they are, into a VSIX. The bundles run everywhere; for another platform koffi's binary
 * for it takes the place of this one's, in the package alone.
 *
 * @param {string} folder where it goes
 * @param {string} [target] platform, as `TARGETS` has it; this one unless set
 * @returns {Promise<string>} its path. Rejects with the messages of `vsce` when it fails, and as `koffiFor` does
 */
export async function packageVsix(folder, target = vsixTarget()) {
  const file = path.join(folder, vsixName(target));
  mkdirSync(folder, { recursive: true });
  // In a copy, because vsce lists every file below its folder first, and an installed VS Code server has 60,000.
  const copy = mkdtempSync(path.join(tmpdir(), 'optimetrics-vsix-'));
  try {
    for (const name of SOURCES) {
      const source = path.join(ROOT, name);
      if (existsSync(source)) cpSync(source, path.join(copy, name), { recursive: true });
    }
    if (target !== vsixTarget()) copyFileSync(await koffiFor(target), path.join(copy, 'dist', 'koffi.node'));
    const vsce = path.join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
    // Everything is bundled; the repository field is left to forks; relative links of the README stay as they are.
    const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
    await run(process.execPath, [vsce, 'package', ...options, '--target', target, '--out', file], {
      cwd: copy,
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return file;
}
