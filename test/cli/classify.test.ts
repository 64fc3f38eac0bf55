import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MODEL_FILE } from '../../scripts/train/model-file.ts';
import { readModel } from '../../src/classify/model.ts';
import { answersText, classifyFiles } from '../../src/cli/classify.ts';
import { profileConfig } from '../../src/cli/profile-config.ts';

const HEADER =
  'timestamp,total_utilization,gpu0_utilization,gpu0_vram_percent,gpu0_vram_used_mb,gpu0_memory_utilization\n';

/** Two minutes without work, then two of a full GPU. */
function twoKinds(): string {
  const rows = Array.from({ length: 240 }, (_, at) => {
    const time = new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();
    const noise = (at * 7) % 5;
    return at < 120
      ? `${time},${String(1.5 + noise / 10)},0,1,400,0`
      : `${time},${String(5 + noise / 10)},${String(95 + noise)},80,64000,${String(55 + noise)}`;
  });
  return `${HEADER}${rows.join('\n')}\n`;
}

describe('optimetrics classify', () => {
  let folder = '';
  const file = (name: string) => path.join(folder, name);
  const options = () => ({ model: readModel(MODEL_FILE), ...profileConfig(undefined, () => undefined) });
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'classify-'));
    fs.writeFileSync(file('two.csv'), twoKinds());
    fs.writeFileSync(file('two.csv.gz'), gzipSync(twoKinds()));
    fs.writeFileSync(file('broken.csv'), 'timestamp,total_utilization\n2026-01-01T00:00:00Z,much\n');
    fs.writeFileSync(file('broken.csv.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  test('answers each file in order, with a timeline without gaps', () => {
    const { answers, errors } = classifyFiles([file('two.csv.gz'), file('two.csv')], options());
    assert.deepEqual(errors, []);
    assert.deepEqual(
      answers.map(answer => path.basename(answer.file)),
      ['two.csv.gz', 'two.csv'],
    );
    const [packed, plain] = answers;
    assert.ok(packed && plain);
    assert.deepEqual({ ...packed, file: '' }, { ...plain, file: '' });
    assert.equal(plain.seconds, 239);
    assert.deepEqual(
      [...new Set(plain.timeline.map(({ category }) => category))].filter(name => name !== 'unknown'),
      ['idle', 'ai_training'],
    );
    plain.timeline.forEach((stretch, at) => {
      assert.equal(stretch.start, plain.timeline[at - 1]?.end ?? 0);
      assert.ok(stretch.end > stretch.start && stretch.confidence >= 0 && stretch.confidence <= 1);
    });
    assert.equal(plain.timeline.at(-1)?.end, 239);
    const held = (name: string) =>
      plain.timeline
        .filter(({ category, end }) => category === name && end > 30)
        .reduce((sum, { start, end }) => sum + end - Math.max(30, start), 0);
    for (const { category } of plain.timeline) assert.ok(held(category) <= held(plain.category), category);
    assert.deepEqual(Object.keys(plain), [
      'file',
      'seconds',
      'category',
      'confidence',
      'timeline',
      'reasons',
    ]);
  });

  test('says what is wrong with a file, and answers the others', () => {
    const { answers, errors } = classifyFiles(
      [file('broken.csv'), file('two.csv'), file('missing.csv'), file('broken.csv.gz'), folder],
      options(),
    );
    assert.equal(answers.length, 1);
    assert.equal(errors[0], `${file('broken.csv')}: line 2: total_utilization is not a number`);
    assert.ok(errors[1]?.startsWith(`${file('missing.csv')}: `) && errors[1].includes('ENOENT'));
    assert.match(errors[2] ?? '', /line 1: it is compressed and cannot be unpacked$/);
    assert.equal(errors.length, 4);
  });

  test('prints lines for people', () => {
    const text = answersText(classifyFiles([file('two.csv')], options()).answers);
    assert.match(text, /^two\.csv: (idle|ai training), \d+ % sure, 239 s\n {2}because of .*\d/);
    assert.match(text, /\n {2}0:00–0:\d\d {2}unknown/);
  });

  test('uses the profiles of a file, reports bad ones with their place, and takes the rest', () => {
    fs.writeFileSync(
      file('profiles.yaml'),
      'profiles:\n  rendering: { gpu_utilization: [90, 100], vram_percent: [50, 100] }\n  bad: { gpu: [1, 2] }\n',
    );
    const told: string[] = [];
    const config = profileConfig(file('profiles.yaml'), line => told.push(line));
    assert.equal(told.length, 1);
    assert.match(
      told[0] ?? '',
      /^profiles\.yaml:3:15: session_classification\.profiles\.bad\.gpu: unknown metric/,
    );
    const { answers } = classifyFiles([file('two.csv')], { model: readModel(MODEL_FILE), ...config });
    assert.ok(answers[0]?.timeline.some(({ category }) => category === 'rendering'));
    assert.throws(() => profileConfig(file('none.yaml'), () => undefined), /--profile .*ENOENT/);
  });
});
