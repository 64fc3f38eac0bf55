/**
 * Writes what follows from tables. From that of the configuration (src/common/config/table.ts): the settings and
 * capabilities in package.json, their texts in package.nls.json, configs/config.yaml, and the table of settings in
 * README.md. From that of the metrics (src/common/metrics.ts): the columns in docs/metrics.md. From that of the status
 * bar's values (src/common/status-template/tokens.ts): their table in docs/status-bar.md. From the manifest of the
 * recordings (test/fixtures/traces/manifest.json): their table in docs/classification.md. From the drawings of codicons: the
 * outlines in webview/icons/codicons.ts. Everything else in those files stays.
 *
 *   node --import tsx scripts/generate.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { documentedConfig } from '../src/common/config/document.ts';
import { manifestParts, TEXT_PREFIXES } from '../src/common/config/manifest.ts';
import { settingsTable } from '../src/common/config/settings-table.ts';
import { withSection } from '../src/common/markdown-section.ts';
import { METRICS } from '../src/common/metrics.ts';
import { ICON_NAMES } from '../webview/icons/icon-names.ts';
import { codiconsModule } from './docs/codicons.ts';
import { GPU_SOURCES } from './docs/gpu-sources.ts';
import { metricTables } from './docs/metric-tables.ts';
import { recordingsTable } from './docs/recordings-table.ts';
import { statusTokensTable } from './docs/status-tokens.ts';
import { SYSTEM_SOURCES } from './docs/system-sources.ts';

const { configuration, capabilities, texts } = manifestParts();

await update('package.json', manifest => ({
  ...manifest,
  capabilities,
  contributes: { ...manifest.contributes, configuration },
}));
await update('package.nls.json', all => ({
  ...Object.fromEntries(
    Object.entries(all).filter(([key]) => !TEXT_PREFIXES.some(prefix => key.startsWith(prefix))),
  ),
  ...texts,
}));
write('configs/config.yaml', documentedConfig());
writeSection('README.md', 'settings', settingsTable());
writeSection('docs/status-bar.md', 'tokens', statusTokensTable());
writeSection('docs/metrics.md', 'columns', metricTables(METRICS, SYSTEM_SOURCES, GPU_SOURCES));
writeSection(
  'docs/classification.md',
  'recordings',
  recordingsTable(JSON.parse(read('test/fixtures/traces/manifest.json') ?? '[]')),
);

const icons = 'webview/icons/codicons.ts';
const drawing = name => read(`node_modules/@vscode/codicons/src/icons/${name}.svg`) ?? '';
write(icons, await formatted(icons, codiconsModule(ICON_NAMES, drawing)));

function writeSection(name, section, contents) {
  write(name, withSection(read(name) ?? '', section, contents));
}

async function update(name, change) {
  const before = read(name) ?? '{}';
  const text = JSON.stringify(change(JSON.parse(before)), null, 2);
  write(name, await formatted(name, text));
}

async function formatted(name, text) {
  const options = await prettier.resolveConfig(pathOf(name));
  return prettier.format(text, { ...options, filepath: pathOf(name) });
}

function write(name, text) {
  if (read(name) === text) return;
  writeFileSync(pathOf(name), text);
  console.log(`${name} written`);
}

function read(name) {
  try {
    return readFileSync(pathOf(name), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function pathOf(name) {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
