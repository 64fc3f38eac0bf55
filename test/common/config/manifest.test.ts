import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { manifestParts, TEXT_PREFIXES } from '../../../src/common/config/manifest.ts';
import { KEYS } from '../../../src/common/config/schema.ts';
import { CATEGORIES } from '../../../src/common/workload.ts';

const HINT = 'run: node --import tsx scripts/generate.mjs';

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: { readonly supported: boolean };
  };
  readonly contributes: {
    readonly configuration: readonly {
      readonly title: string;
      readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    }[];
  };
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8'));
}

const manifest = readJson('package.json') as Manifest;
const texts = readJson('package.nls.json') as Record<string, string>;
const properties = Object.assign(
  {},
  ...manifest.contributes.configuration.map(group => group.properties),
) as Record<string, Readonly<Record<string, unknown>>>;

describe('the manifest', () => {
  test('says about settings what the configuration table says', () => {
    const parts = JSON.parse(JSON.stringify(manifestParts())) as ReturnType<typeof manifestParts>;
    assert.deepEqual(manifest.contributes.configuration, parts.configuration, HINT);
    assert.deepEqual(manifest.capabilities, parts.capabilities, HINT);
    const ours = Object.entries(texts).filter(([key]) =>
      TEXT_PREFIXES.some(prefix => key.startsWith(prefix)),
    );
    assert.deepEqual(Object.fromEntries(ours), parts.texts, HINT);
  });

  test('has a text for every reference and a reference for every text of the settings', () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(match => match[1] ?? '');
    for (const key of used) assert.ok(texts[key], key);
    for (const key of Object.keys(texts)) {
      if (TEXT_PREFIXES.some(prefix => key.startsWith(prefix))) assert.ok(used.includes(key), key);
    }
  });

  test('offers these settings, with these scopes and defaults', () => {
    assert.deepEqual(
      Object.entries(properties).map(([id, { scope, default: initial }]) => [id, scope, initial]),
      [
        ['optimetrics.configFile', 'machine', ''],
        ['optimetrics.temperatureUnit', 'window', 'celsius'],
        ['optimetrics.statusBar.enabled', 'window', true],
        ['optimetrics.statusBar.form', 'window', 'full'],
        [
          'optimetrics.statusBar.template',
          'window',
          '$(pulse) CPU {cpu}[ {gpuLabel} {gpu}] RAM {ram}[ {class}]',
        ],
        ['optimetrics.statusBar.compactTemplate', 'window', '$(pulse) {cpu}[ {gpu}] {ram}[ {class:icon}]'],
        ['optimetrics.statusBar.showWorkload', 'window', true],
        ['optimetrics.statusBar.showWarnings', 'window', true],
        ['optimetrics.statusBar.alignment', 'window', 'right'],
        ['optimetrics.statusBar.priority', 'window', 100],
        ['optimetrics.dashboard.showCores', 'window', true],
        ['optimetrics.general.loggingInterval', 'machine', 1],
        ['optimetrics.general.collectCpu', 'machine', true],
        ['optimetrics.general.collectGpu', 'machine', true],
        ['optimetrics.general.collectRam', 'machine', true],
        ['optimetrics.general.collectDisk', 'machine', true],
        ['optimetrics.general.collectNetwork', 'machine', true],
        ['optimetrics.general.collectPower', 'machine', true],
        ['optimetrics.general.perCoreColumns', 'machine', 'auto'],
        ['optimetrics.general.enableSessionClassification', 'machine', true],
        ['optimetrics.logging.logDirectory', 'machine', 'logs'],
        ['optimetrics.logging.rollingLogs', 'machine', true],
        ['optimetrics.logging.maxFileSizeMb', 'machine', 50],
        ['optimetrics.logging.maxFilesPerDay', 'machine', 10],
        ['optimetrics.logging.enableDeltaFiltering', 'machine', true],
        ['optimetrics.logging.deltaThresholdPercent', 'machine', 2],
        ['optimetrics.logging.compressOldLogs', 'machine', true],
        ['optimetrics.logging.compressAfterDays', 'machine', 1],
        ['optimetrics.logging.retentionDays', 'machine', 0],
        ['optimetrics.logging.maxTotalMb', 'machine', 1024],
        ['optimetrics.hardwareId.hashAlgorithm', 'machine', 'sha256'],
        ['optimetrics.hardwareId.scheme', 'machine', 'sha256'],
        ['optimetrics.hardwareId.includeCpu', 'machine', true],
        ['optimetrics.hardwareId.includeGpu', 'machine', true],
        ['optimetrics.hardwareId.includeMotherboard', 'machine', true],
        ['optimetrics.hardwareId.includeRam', 'machine', false],
        ['optimetrics.cloud.enabled', 'machine', false],
        ['optimetrics.cloud.mode', 'machine', 'backup'],
        ['optimetrics.cloud.provider', 'machine', 'folder'],
        ['optimetrics.cloud.encryptBeforeUpload', 'machine', true],
        ['optimetrics.cloud.uploadIntervalMinutes', 'machine', 60],
        ['optimetrics.cloud.maxSpoolMb', 'machine', 256],
        ['optimetrics.cloud.maxKbps', 'machine', 0],
        ['optimetrics.cloud.study', 'machine', ''],
        ['optimetrics.cloud.recipients', 'machine', []],
        ['optimetrics.cloud.folder.path', 'machine', 'uploads'],
        ['optimetrics.cloud.gdrive.folderName', 'machine', 'OptiMetrics_Logs'],
        ['optimetrics.cloud.gdrive.clientId', 'machine', ''],
        ['optimetrics.cloud.s3.endpoint', 'machine', ''],
        ['optimetrics.cloud.s3.bucket', 'machine', ''],
        ['optimetrics.cloud.s3.region', 'machine', 'us-east-1'],
        ['optimetrics.cloud.s3.prefix', 'machine', ''],
        ['optimetrics.cloud.webdav.url', 'machine', ''],
        ['optimetrics.sessionClassification.updateInterval', 'machine', 30],
        ['optimetrics.sessionClassification.confidenceThreshold', 'machine', 0.6],
        ['optimetrics.sessionClassification.categories', 'machine', [...CATEGORIES]],
        ['optimetrics.sessionClassification.profiles', 'machine', {}],
        ['optimetrics.performance.lowPriorityMode', 'machine', true],
        ['optimetrics.performance.maxBufferMemoryMb', 'machine', 50],
        ['optimetrics.performance.batchWriteSize', 'machine', 60],
        ['optimetrics.debug.verbose', 'machine', false],
        ['optimetrics.debug.logLevel', 'machine', 'INFO'],
      ],
    );
    const { pattern, patternErrorMessage } = properties['optimetrics.statusBar.template'] ?? {};
    assert.match('CPU {cpu}', new RegExp(String(pattern), 'u'));
    assert.equal(patternErrorMessage, '%settings.statusBar.template.wrong%');
    const { ['markdownDescription']: description, ...interval } =
      properties['optimetrics.general.loggingInterval'] ?? {};
    assert.equal(description, '%settings.general.loggingInterval%');
    assert.deepEqual(interval, {
      type: 'number',
      minimum: 0.1,
      maximum: 3600,
      default: 1,
      scope: 'machine',
      order: 1,
    });
  });

  test('leaves nothing about uploads to a workspace, trusted or not', () => {
    const uploads = KEYS.filter(({ path }) => path[0] === 'cloud').map(
      ({ setting }) => `optimetrics.${setting}`,
    );
    assert.ok(uploads.length > 15);
    for (const id of uploads) {
      assert.equal(properties[id]?.['scope'], 'machine', id);
      assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(id), id);
    }
  });

  test('keeps every setting of machine scope from an untrusted workspace', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.equal(virtualWorkspaces.supported, true);
    const machine = Object.entries(properties).filter(([, property]) => property['scope'] === 'machine');
    assert.deepEqual(
      untrustedWorkspaces.restrictedConfigurations,
      machine.map(([id]) => id),
    );
  });
});
