import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfigMessage } from '../../../src/common/config/message.ts';
import { formatProblem } from '../../../src/common/config/problem.ts';
import { DEFAULT_CONFIG } from '../../../src/common/config/schema.ts';
import { parseYamlConfig } from '../../../src/common/config/yaml.ts';

test('a profile with a name that means something else is told, and the others hold', () => {
  const range = '{ gpu_utilization: [80, 100] }';
  const { config, problems } = parseYamlConfig(
    `session_classification: { profiles: { unknown: ${range}, constructor: ${range}, prototype: ${range}, good: ${range} } }`,
    'config.yaml',
  );
  assert.deepEqual(config.sessionClassification?.profiles, { good: { gpu_utilization: [80, 100] } });
  assert.deepEqual(
    problems.map(problem => formatProblem(problem).replace(/^config\.yaml:\d+:\d+: /, '')),
    ['unknown', 'constructor', 'prototype'].map(
      name => `session_classification.profiles.${name}: is a name that is taken; choose another; ignored`,
    ),
  );
});

test('profiles reach the sampler whole, and it says which key is wrong in a message with a bad one', () => {
  const message = (profiles: unknown) => ({
    ...DEFAULT_CONFIG,
    logging: { ...DEFAULT_CONFIG.logging, logDirectory: '/logs' },
    sessionClassification: { ...DEFAULT_CONFIG.sessionClassification, profiles },
  });
  const profiles = { rendering: { gpu_utilization: [80, 100] } };
  const sent = parseConfigMessage(message(profiles));
  assert.deepEqual(typeof sent === 'string' ? sent : sent.sessionClassification.profiles, profiles);
  const refused = parseConfigMessage(message({ rendering: { gpu_utilization: ['x', 100] } }));
  assert.ok(typeof refused === 'string');
  assert.match(refused, /^session_classification\.profiles must be at most 32 classes/);
});

test('aliases that multiply each other are read as far as a profile can hold them', () => {
  const names = Array.from({ length: 900 }, (_, number) => `p${String(number)}`);
  const text = `session_classification: { profiles: { a: &a { ${names.join(': 1, ')}: 1 }, ${names.map(name => `${name}x: *a`).join(', ')} } }`;
  const { config, problems } = parseYamlConfig(text, 'config.yaml');
  assert.deepEqual(config.sessionClassification?.profiles, {});
  assert.ok(problems.length > 0);
});
