// Bundles what runs into dist/. `node esbuild.mjs` builds for release (minified); with `--watch` it builds with source
// maps and again on every change.
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { DIST, ROOT } from './scripts/lib/paths.mjs';
import { koffiFile } from './scripts/lib/platform.mjs';
import { thirdPartyNotices } from './scripts/lib/third-party-notices.mjs';

const manifest = /** @type {{ version: string }} */ (
  JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'))
);

const { values: flags } = parseArgs({ options: { watch: { type: 'boolean', default: false } } });

/** @type {import('esbuild').BuildOptions} */
const everywhere = {
  absWorkingDir: ROOT,
  bundle: true,
  metafile: true,
  minify: !flags.watch,
  sourcemap: flags.watch,
  legalComments: 'none', // ThirdPartyNotices.txt has the licences in full
  logLevel: 'silent', // the reporter below prints
  treeShaking: true,
};

/**
 * CommonJS, because VS Code before 1.100 and Node's own `require` of a `.node` file need it. `import.meta` is rewritten
 * to what CommonJS has in its place.
 *
 * @type {import('esbuild').BuildOptions}
 */
const node = {
  ...everywhere,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'],
  inject: [path.join(ROOT, 'scripts', 'lib', 'import-meta-url.cjs.mjs')],
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    'import.meta.url': 'importMetaUrl',
    'OPTIMETRICS_VERSION': JSON.stringify(manifest.version),
  },
};

/** @type {Record<string, import('esbuild').BuildOptions>} */
const bundles = {
  'extension': {
    ...node,
    entryPoints: { extension: 'src/extension/extension.ts' },
    outdir: DIST,
    external: ['vscode'],
  },
  // What is needed only once somebody uploads: loaded then, so that every window's start stays as short as it is.
  'upload': {
    ...node,
    entryPoints: { upload: 'src/extension/upload/main.ts' },
    outdir: DIST,
    external: ['vscode'],
  },
  'sampler': { ...node, entryPoints: { sampler: 'src/sampler/main.ts' }, outdir: DIST },
  'hardware-names': {
    ...node,
    entryPoints: { 'hardware-names': 'src/sampler/names-process/main.ts' },
    outdir: DIST,
  },
  'rollups': { ...node, entryPoints: { rollups: 'src/log/rollup-process/main.ts' }, outdir: DIST },
  'sync': { ...node, entryPoints: { sync: 'src/sync/process/main.ts' }, outdir: DIST },
  'cli': {
    ...node,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: DIST,
    banner: { js: '#!/usr/bin/env node' },
  },
  'webview': {
    ...everywhere,
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
    entryPoints: { dashboard: 'webview/main.ts' },
    outdir: path.join(DIST, 'webview'),
  },
};

/**
 * Writes a file beside and renames it into place: a running sampler has the old koffi.node mapped, and writing into that
 * would crash it.
 *
 * @param {string} source
 * @param {string} target
 */
async function replaceFile(source, target) {
  const beside = `${target}.${String(process.pid)}`;
  await copyFile(source, beside);
  await rename(beside, target);
}

/**
 * What goes with the bundles: koffi's binary for this platform, the licences, and esbuild's own account of each bundle
 * (`dist/meta/`, for the bench; not packaged).
 *
 * @param {Record<string, import('esbuild').Metafile>} metafiles
 */
async function writeCompanions(metafiles) {
  await replaceFile(koffiFile(), path.join(DIST, 'koffi.node'));
  await chmod(path.join(DIST, 'cli.js'), 0o755);
  await writeFile(
    path.join(DIST, 'ThirdPartyNotices.txt'),
    await thirdPartyNotices(Object.values(metafiles)),
  );
  await mkdir(path.join(DIST, 'meta'), { recursive: true });
  for (const [name, metafile] of Object.entries(metafiles)) {
    await writeFile(path.join(DIST, 'meta', `${name}.json`), JSON.stringify(metafile));
  }
}

/**
 * Removes what an older build left in dist/, after the new one is complete: there is no moment without a working dist/.
 *
 * @param {Record<string, import('esbuild').Metafile>} metafiles
 */
async function removeStale(metafiles) {
  const written = new Set(['koffi.node', 'ThirdPartyNotices.txt']);
  for (const [name, metafile] of Object.entries(metafiles)) {
    written.add(path.join('meta', `${name}.json`));
    for (const output of Object.keys(metafile.outputs))
      written.add(path.relative(DIST, path.join(ROOT, output)));
  }
  for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const isBeingWritten = entry.name.startsWith('koffi.node.');
    if (entry.isFile() && !isBeingWritten && !written.has(path.relative(DIST, file))) await rm(file);
  }
}

/** Bundles that are being built. */
let building = 0;

/**
 * Prints errors and warnings, and while watching the two lines between which `.vscode/tasks.json` looks for them.
 *
 * @param {string} name
 * @returns {import('esbuild').Plugin}
 */
const reporter = name => ({
  name: 'reporter',
  setup(build) {
    build.onStart(() => {
      if (building++ === 0 && flags.watch) console.log('[watch] build started');
    });
    build.onEnd(({ errors, warnings }) => {
      for (const message of errors) print(name, 'error', message);
      for (const message of warnings) print(name, 'warning', message);
      if (--building === 0 && flags.watch) console.log('[watch] build finished');
    });
  },
});

/**
 * @param {string} bundle
 * @param {'error' | 'warning'} severity
 * @param {import('esbuild').Message} message
 */
function print(bundle, severity, { text, location }) {
  const where = location === null ? bundle : `${location.file}:${location.line}:${location.column + 1}`;
  console.error(`${where}: ${severity}: ${text}`);
}

const named = Object.entries(bundles).map(([name, options]) => ({
  name,
  options: { ...options, plugins: [reporter(name)] },
}));

if (flags.watch) {
  await mkdir(DIST, { recursive: true });
  await replaceFile(koffiFile(), path.join(DIST, 'koffi.node'));
  const contexts = await Promise.all(named.map(({ options }) => esbuild.context(options)));
  await Promise.all(contexts.map(context => context.watch()));
} else {
  /** @type {Record<string, import('esbuild').Metafile>} */
  const metafiles = {};
  const builds = named.map(async ({ name, options }) => {
    const { metafile } = await esbuild.build(options);
    if (metafile !== undefined) metafiles[name] = metafile;
  });
  const results = await Promise.allSettled(builds);
  if (results.some(result => result.status === 'rejected')) process.exit(1);
  await writeCompanions(metafiles);
  await removeStale(metafiles);
}
