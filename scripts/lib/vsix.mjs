import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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

/** @returns {{ name: string, version: string, repository?: unknown }} */
function manifest() {
  return JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
}

/**
 * Name of the package of this version for a platform.
 *
 * @param {string} target
 */
function vsixName(target) {
  const { name, version } = manifest();
  return `${name}-${target}-${version}.vsix`;
}

/**
 * A page without its pictures that lie beside it. They are not in the package, and VS Code and its marketplace show none but
 * from a server.
 *
 * @param {string} markdown
 */
export function withoutLocalPictures(markdown) {
  return markdown.replaceAll(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n+/gm, '');
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
    // With a repository, links and pictures of the README become ones to there.
    const hasRepository = manifest().repository !== undefined;
    const readme = path.join(copy, 'README.md');
    if (!hasRepository && existsSync(readme))
      writeFileSync(readme, withoutLocalPictures(readFileSync(readme, 'utf8')));
    const vsce = path.join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
    // Everything is bundled; the repository field is left to forks.
    const links = hasRepository ? [] : ['--allow-missing-repository', '--no-rewrite-relative-links'];
    const options = ['--no-dependencies', ...links, '--target', target, '--out', file];
    await run(process.execPath, [vsce, 'package', ...options], {
      cwd: copy,
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return file;
}
