import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './paths.mjs';

/** Shipped beside the bundles, or taken over by `npm run generate`, so that no metafile names them. */
const ALWAYS = ['node_modules/koffi', 'node_modules/@vscode/codicons'];

/**
 * What a licence wants to be said besides its text.
 *
 * @type {Readonly<Record<string, string>>}
 */
const CREDITS = {
  '@vscode/codicons':
    'Icons by Microsoft Corporation, https://github.com/microsoft/vscode-codicons. The outlines of some of them are in the dashboard, unchanged.',
};

/** Compiled into koffi's binary, and brought by koffi without a manifest of its own. */
const IN_KOFFI = {
  heading: 'node-addon-api, in koffi (MIT)',
  folder: 'node_modules/koffi/vendor/node-addon-api',
};

/** @param {string} owner */
const mitLicense = owner => `MIT License

Copyright (c) ${owner}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/**
 * Licences of everything of others that is in the bundles.
 *
 * @param {readonly import('esbuild').Metafile[]} metafiles of all bundles
 * @returns {Promise<string>} rejects when that of a package cannot be found: it must not be shipped without
 */
export async function thirdPartyNotices(metafiles) {
  const packages = new Set(ALWAYS);
  for (const input of metafiles.flatMap(metafile => Object.keys(metafile.inputs))) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) packages.add(folder);
  }
  const notices = await Promise.all([...packages].sort().map(notice));
  notices.push(section(IN_KOFFI.heading, await licenseText(IN_KOFFI.folder, { name: 'node-addon-api' })));
  return `OptiMetrics contains the following software of others.\n\n${notices.join('\n\n')}\n`;
}

/** @param {string} folder */
async function notice(folder) {
  const manifest = /** @type {Manifest} */ (
    JSON.parse(await readFile(path.join(ROOT, folder, 'package.json'), 'utf8'))
  );
  const heading = `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`;
  const credit = CREDITS[manifest.name];
  const text = await licenseText(folder, manifest);
  return section(heading, credit === undefined ? text : `${credit}\n\n${text}`);
}

/**
 * @param {string} heading
 * @param {string} text
 */
const section = (heading, text) => `${'='.repeat(80)}\n${heading}\n${'='.repeat(80)}\n\n${text.trim()}`;

/**
 * @typedef {{ name: string, version?: string, license?: string, author?: string | { name: string } }} Manifest
 * @param {string} folder
 * @param {Manifest} manifest
 */
async function licenseText(folder, manifest) {
  // Sorted: of a package with a licence for its code besides, the main one.
  const file = (await readdir(path.join(ROOT, folder))).sort().find(name => /^licen[cs]e/i.test(name));
  if (file !== undefined) return readFile(path.join(ROOT, folder, file), 'utf8');
  const owner = typeof manifest.author === 'object' ? manifest.author.name : manifest.author;
  if (manifest.license === 'MIT' && owner !== undefined) return mitLicense(owner);
  throw new Error(`${manifest.name} brings no licence text`);
}
