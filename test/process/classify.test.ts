import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT, TestHome } from './harness/home.ts';

interface Stretch {
  start: number;
  end: number;
  category: string;
  confidence: number;
}

interface Answer {
  file: string;
  seconds: number;
  category: string;
  confidence: number;
  timeline: Stretch[];
  reasons: string[];
}

const COLUMNS =
  'total_utilization,gpu0_utilization,gpu0_memory_utilization,gpu0_vram_used_mb,gpu0_vram_percent';
const START = Date.UTC(2026, 0, 1);

/** Column values in a second: nobody there, or a GPU that trains. */
type Work = (second: number) => string;
const idle: Work = second => `${String(1 + ((second * 7) % 5) / 10)},0,0,400,0.5`;
const training: Work = second =>
  `${String(5 + ((second * 7) % 5) / 10)},${String(95 + (second % 5))},58,64000,80`;

const iso = (second: number): string => new Date(START + second * 1000).toISOString();

/** A recording of some seconds, as `optimetrics classify` takes it. */
function recording(seconds: readonly number[], work: Work, time: (second: number) => string = iso): string {
  return `timestamp,${COLUMNS}\n${seconds.map(second => `${time(second)},${work(second)}\n`).join('')}`;
}

const upTo = (count: number, every = 1): number[] => Array.from({ length: count }, (_, at) => at * every);
const idleThenTraining = recording(upTo(300), second => (second < 100 ? idle(second) : training(second)));

describe('optimetrics classify', () => {
  let home: TestHome;
  before(() => {
    home = new TestHome();
    home.write('two.csv', idleThenTraining);
    home.write('idle.csv', recording(upTo(200), idle));
    home.write('train.csv.gz', gzipSync(recording(upTo(200), training)));
  });
  after(() => home.end());

  /** What it prints for files in the home, when nothing is wrong. */
  async function answers(...args: readonly string[]): Promise<Answer[]> {
    const { code, stdout, stderr } = await home.run(['classify', '--json', ...args]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    return JSON.parse(stdout) as Answer[];
  }

  async function answer(...args: readonly string[]): Promise<Answer> {
    const [first, ...others] = await answers(...args);
    assert.ok(first && others.length === 0);
    return first;
  }

  const named = ({ timeline }: Answer): string[] =>
    timeline.map(({ category }) => category).filter(category => category !== 'unknown');

  test('--json prints one array with an object a file, in the order given', async () => {
    const files = ['two.csv', path.join(home.root, 'train.csv.gz'), './idle.csv', 'two.csv'];
    const { code, stdout, stderr } = await home.run(['classify', ...files, '--json']);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.equal(stdout.indexOf('\n'), stdout.length - 1, 'one line');
    const all = JSON.parse(stdout) as Answer[];
    assert.deepEqual(
      all.map(({ file }) => file),
      files,
    );
    for (const one of all) {
      assert.deepEqual(Object.keys(one), [
        'file',
        'seconds',
        'category',
        'confidence',
        'timeline',
        'reasons',
      ]);
      assert.ok(one.confidence > 0 && one.confidence <= 1);
      assert.ok(one.reasons.length <= 3 && one.reasons.every(reason => typeof reason === 'string'));
      assert.equal(one.timeline[0]?.start, 0);
      assert.equal(one.timeline.at(-1)?.end, one.seconds);
      one.timeline.forEach((stretch, at) => {
        assert.deepEqual(Object.keys(stretch), ['start', 'end', 'category', 'confidence']);
        assert.equal(stretch.start, one.timeline[at - 1]?.end ?? 0);
        assert.ok(stretch.end > stretch.start && stretch.confidence >= 0 && stretch.confidence <= 1);
        assert.notEqual(stretch.category, one.timeline[at - 1]?.category);
      });
    }
    const [two, train, quiet, again] = all;
    assert.deepEqual(again, two);
    assert.ok(two && train && quiet);
    assert.deepEqual([...new Set(named(two))], ['idle', 'ai_training']);
    assert.deepEqual(
      [two.seconds, two.category, train.category, quiet.category],
      [299, 'ai_training', 'ai_training', 'idle'],
    );
    assert.ok(train.reasons.length > 0);
  });

  test('without --json it says the same to people', async () => {
    const { code, stdout, stderr } = await home.run(['classify', 'two.csv', 'idle.csv']);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(
      stdout,
      /^two\.csv: ai training, \d+ % sure, 299 s\n {2}because of .+\n {2}0:00–\d:\d\d {2}unknown/,
    );
    assert.match(stdout, /^idle\.csv: idle, \d+ % sure, 199 s$/m);
  });

  test('a file that is no recording costs its own answer: a line on standard error, exit code 1', async () => {
    const cases: readonly (readonly [
      name: string,
      content: string | Uint8Array | undefined,
      message: RegExp,
    ])[] = [
      ['missing.csv', undefined, /not found \(ENOENT\)/],
      ['empty.csv', '', /line 1: there is no column “timestamp”/],
      ['header.csv', `timestamp,${COLUMNS}\n`, /line 2: there are no rows/],
      ['no-time.csv', 'time,total_utilization\n1,2\n', /line 1: there is no column “timestamp”/],
      [
        'bytes.csv',
        Uint8Array.from({ length: 5000 }, (_, at) => (at * 167 + 13) % 256),
        /line 1: there is no column/,
      ],
      [
        'nul.csv',
        `timestamp,total_utilization\n${iso(0)},1\n${iso(1)},\0\0\n${iso(2)},2\n`,
        /line 3: total_utilization is not a number/,
      ],
      ['cells.csv', `timestamp,total_utilization\n${iso(0)},1,2\n`, /line 2: 3 cells under 2 columns/],
      ['when.csv', 'timestamp,total_utilization\nyesterday,1\n', /line 2: the timestamp is not a time/],
      [
        'cut.csv.gz',
        gzipSync(recording(upTo(200), idle)).subarray(0, 300),
        /line 1: it is compressed and cannot be unpacked/,
      ],
    ];
    for (const [name, content] of cases) if (content !== undefined) home.write(name, content);
    fs.mkdirSync(path.join(home.root, 'folder'));
    const names = [...cases.map(([name]) => name), 'folder'];
    const { code, stdout, stderr } = await home.run(['classify', '--json', 'idle.csv', ...names, 'two.csv']);
    assert.equal(code, 1);
    assert.deepEqual(
      (JSON.parse(stdout) as Answer[]).map(({ file }) => file),
      ['idle.csv', 'two.csv'],
    );
    const lines = stderr.trimEnd().split('\n');
    assert.equal(lines.length, names.length);
    [...cases.map(([, , message]) => message), /is a folder \(EISDIR\)/].forEach((message, at) => {
      const prefix = `optimetrics: ${names[at] ?? ''}: `;
      assert.ok(lines[at]?.startsWith(prefix), lines[at]);
      assert.match(lines[at] ?? '', message);
    });
  });

  test('a name with control characters is told without them', async () => {
    const { code, stderr } = await home.run(['classify', 'a\u001b[31m\nb.csv']);
    assert.equal(code, 1);
    assert.equal(stderr, 'optimetrics: a\\u{1b}[31m\\u{a}b.csv: not found (ENOENT)\n');
  });

  test('wrong usage is told in a line, with exit code 2 and no output', async () => {
    for (const [args, message] of [
      [[], /^optimetrics: classify takes one or more files; try optimetrics --help\n$/],
      [['two.csv', '--yaml'], /^optimetrics: Unknown option '--yaml'; try optimetrics --help\n$/],
      [
        ['two.csv', '--profile', 'none.yaml'],
        /^optimetrics: --profile none\.yaml: not found \(ENOENT\); .+\n$/,
      ],
      [['two.csv', '--profile'], /^optimetrics: Option '--profile <value>' argument missing; .+\n$/],
    ] as const) {
      const { code, stdout, stderr } = await home.run(['classify', ...args]);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
      assert.match(stderr, message);
    }
  });

  test('a pipe and a compressed file are read as a plain one', async () => {
    home.write('same.csv', recording(upTo(200), training));
    const [packed, plain] = await answers('train.csv.gz', 'same.csv');
    assert.deepEqual({ ...packed, file: '' }, { ...plain, file: '' });
    const { stdout } = await home.startCommand('sh', [
      '-c',
      'cat same.csv | "$0" "$1" classify --json /dev/stdin',
      process.execPath,
      path.join(ROOT, 'dist', 'cli.js'),
    ]).finished;
    assert.deepEqual({ ...(JSON.parse(stdout) as Answer[])[0], file: '' }, { ...plain, file: '' });
  });

  test('times may be written in any form of ISO 8601; without a zone they are UTC', async () => {
    const forms: readonly ((second: number) => string)[] = [
      second => iso(second).replace('.000Z', 'Z'),
      second => iso(second).replace('.000Z', ''),
      second => iso(second).replace('T', ' ').replace('Z', ''),
      second => iso(second).replace('.000Z', '.000417+00:00'),
      second => new Date(START + (second + 7200) * 1000).toISOString().replace('Z', '+02:00'),
      second => new Date(START + (second - 3600) * 1000).toISOString().replace('Z', '-0100'),
    ];
    const names = forms.map((form, at) =>
      path.basename(home.write(`form-${String(at)}.csv`, recording(upTo(120), training, form))),
    );
    home.write(
      'mixed.csv',
      recording(upTo(120), training, second => forms[second % forms.length]?.(second) ?? ''),
    );
    const [first, ...others] = await answers(...names, 'mixed.csv');
    assert.equal(first?.category, 'ai_training');
    for (const { file, ...other } of others)
      assert.deepEqual({ ...other, file: first.file }, { ...first }, file);
  });

  test('samples every 5 s, unknown columns, other line ends and a byte order mark are read', async () => {
    home.write('slow.csv', recording(upTo(60, 5), training));
    home.write('windows.csv', `\uFEFF${recording(upTo(120), training).replaceAll('\n', '\r\n')}`);
    const [header = '', ...rows] = recording(upTo(120), training).trimEnd().split('\n');
    home.write('more.csv', [`${header},room,"a, b"`, ...rows.map(row => `${row},"x ""y"", z",`)].join('\n'));
    home.write(
      'other.csv',
      `timestamp,room\n${upTo(60)
        .map(second => `${iso(second)},7`)
        .join('\n')}\n`,
    );
    const [slow, windows, more, other] = await answers('slow.csv', 'windows.csv', 'more.csv', 'other.csv');
    assert.deepEqual([slow?.seconds, slow?.category], [295, 'ai_training']);
    assert.deepEqual([windows?.seconds, windows?.category], [119, 'ai_training']);
    assert.deepEqual([more?.seconds, more?.category], [119, 'ai_training']);
    assert.deepEqual([other?.seconds, other?.category], [59, 'unknown'], 'of columns that nobody knows');
  });

  test('a gap of hours belongs to no class, and what was before it is forgotten', async () => {
    const seconds = [...upTo(120), ...upTo(180).map(second => 36_000 + second)];
    home.write(
      'gap.csv',
      recording(seconds, second => (second < 120 ? idle(second) : training(second))),
    );
    const { seconds: all, category, timeline } = await answer('gap.csv');
    assert.equal(all, 36_179);
    assert.equal(category, 'ai_training', 'two minutes of the other do not count for ten hours');
    const gap = timeline.find(({ start, end }) => end - start > 30_000);
    assert.equal(gap?.category, 'unknown');
    assert.ok(gap.start >= 119 && gap.start <= 120, String(gap.start));
  });

  test('rows that the log left out count as long as the row before them', async () => {
    const held = [0, 1, 2, 30, 60, 61, 120, 121, 180, 240];
    home.write('held.csv', recording(held, training));
    const { seconds, category, timeline } = await answer('held.csv');
    assert.deepEqual([seconds, category], [240, 'ai_training']);
    assert.ok((timeline.find(one => one.category === 'ai_training')?.start ?? 240) < 60);
  });

  test('rows of a clock that was set back are passed over', async () => {
    const back = [
      ...upTo(120),
      ...upTo(60).map(second => second + 40),
      ...upTo(100).map(second => second + 120),
    ];
    home.write('back.csv', recording(back, training));
    home.write('straight.csv', recording(upTo(220), training));
    const [wound, straight] = await answers('back.csv', 'straight.csv');
    assert.deepEqual({ ...wound, file: '' }, { ...straight, file: '' });
  });

  test('a last line that was cut off is left out', async () => {
    home.write('crash.csv', `${recording(upTo(120), training)}2026-01-01T00:02:0`);
    assert.equal((await answer('crash.csv')).seconds, 119);
  });

  test('ends quietly when nobody reads on', async () => {
    home.write('short.csv', recording(upTo(15), training));
    // More than a pipe holds.
    const many = Array.from({ length: 1000 }, () => 'short.csv');
    const { stdout, stderr, code } = await home.startCommand('sh', [
      '-c',
      'cli="$1"; shift; "$0" "$cli" classify --json "$@" | head -c 20; exit "$?"',
      process.execPath,
      path.join(ROOT, 'dist', 'cli.js'),
      ...many,
    ]).finished;
    assert.deepEqual({ stdout: stdout.length, stderr, code }, { stdout: 20, stderr: '', code: 0 });
  });

  describe('with --profile', () => {
    test('a class of the user’s is the answer where its ranges hold; a bad profile costs itself only', async () => {
      home.write(
        'profiles.yaml',
        'profiles:\n  rendering: { gpu_utilization: [90, 100], vram_percent: [50, 100], cpu_utilization: [0, 20] }\n' +
          '  bad: { gpu: [1, 2] }\n  backwards: { gpu_utilization: [9, 1] }\n  unknown: { gpu_utilization: [0, 100] }\n',
      );
      const { code, stdout, stderr } = await home.run([
        'classify',
        '--json',
        'two.csv',
        '--profile',
        'profiles.yaml',
      ]);
      assert.equal(code, 0);
      const lines = stderr.trimEnd().split('\n');
      assert.equal(lines.length, 3);
      assert.match(
        lines[0] ?? '',
        /^optimetrics: profiles\.yaml:3:\d+: session_classification\.profiles\.bad\.gpu: unknown metric/,
      );
      assert.match(lines[1] ?? '', /^optimetrics: profiles\.yaml:4:\d+: .*backwards.*least and the greatest/);
      assert.match(lines[2] ?? '', /^optimetrics: profiles\.yaml:5:\d+: .*unknown.*taken/);
      const [two] = JSON.parse(stdout) as Answer[];
      assert.equal(two?.category, 'rendering');
      assert.match(two.reasons[0] ?? '', /your profile/);
    });

    test('threshold and categories of a configuration hold, and a wrong one is told', async () => {
      home.write('sure.yaml', 'session_classification: { confidence_threshold: 1 }\n');
      home.write(
        'few.yaml',
        'session_classification: { categories: [idle, gaming], confidence_threshold: 0 }\n',
      );
      const [never] = await answers('two.csv', '--profile', 'sure.yaml');
      assert.deepEqual([never?.category, never?.timeline.length], ['unknown', 1]);
      const few = await answers('two.csv', 'train.csv.gz', '--profile', 'few.yaml');
      for (const { timeline, file } of few)
        for (const { category, end } of timeline)
          assert.ok(
            ['idle', 'gaming'].includes(category) || (category === 'unknown' && end <= 15),
            `${file}: ${category}`,
          );
      home.write(
        'wrong.yaml',
        'session_classification: { confidence_threshold: 2, categories: [sleeping] }\n',
      );
      const { code, stderr } = await home.run(['classify', 'two.csv', '--profile', 'wrong.yaml']);
      assert.equal(code, 0);
      assert.match(
        stderr,
        /wrong\.yaml:1:\d+: session_classification\.confidence_threshold: must be a number from 0 to 1.*using 0\.6$/m,
      );
      assert.match(stderr, /wrong\.yaml:1:\d+: session_classification\.categories.*sleeping/m);
    });

    test('between two update intervals the confidence of the same class stays as it was told', async () => {
      home.write('long.csv', recording(upTo(240), training));
      home.write('minute.csv', recording(upTo(60), training));
      const confidences = async (interval: number): Promise<number[]> => {
        home.write('interval.yaml', `session_classification: { update_interval: ${String(interval)} }\n`);
        const both = await answers('long.csv', 'minute.csv', '--profile', 'interval.yaml');
        return both.map(
          ({ timeline }) => timeline.find(one => one.category === 'ai_training')?.confidence ?? Number.NaN,
        );
      };
      const [once, onceShort] = await confidences(3600);
      assert.equal(once, onceShort, 'told once');
      const [often, oftenShort] = await confidences(3);
      assert.notEqual(often, oftenShort, 'told anew as it is believed more');
      assert.notEqual(often, once);
    });

    test('a file that is no YAML changes nothing and is told', async () => {
      home.write('broken.yaml', 'profiles: [1, 2\n  }: :\n');
      const { code, stdout, stderr } = await home.run([
        'classify',
        '--json',
        'idle.csv',
        '--profile',
        'broken.yaml',
      ]);
      assert.equal(code, 0);
      assert.match(stderr, /^optimetrics: broken\.yaml:\d+:\d+: .*the whole file is ignored$/m);
      assert.equal((JSON.parse(stdout) as Answer[])[0]?.category, 'idle');
    });
  });
});
