import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { TestHome } from './harness/home.ts';
import { readLog, times } from './harness/log.ts';

describe('a configuration that is wrong', () => {
  let home: TestHome;
  before(() => {
    home = new TestHome();
  });
  after(() => home.end());

  const bombs = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let level = 1; level < 12; level++) {
    const [name, below] = ['abcdefghijkl'[level] ?? '', 'abcdefghijkl'[level - 1] ?? ''];
    bombs.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(',')}]`);
  }

  const cases: [title: string, name: string, contents: string | Uint8Array, message: RegExp][] = [
    [
      'a wrong type',
      'type.yaml',
      'general:\n  logging_interval: fast\n',
      /^optimetrics: type\.yaml:2:21: general\.logging_interval: must be a number from 0\.1 to 3600, not "fast"; using 1$/m,
    ],
    [
      'an unknown key',
      'unknown.yaml',
      'general:\n  loging_interval: 2\n',
      /^optimetrics: unknown\.yaml:2:3: general\.loging_interval: .*logging_interval/m,
    ],
    [
      'a value out of range',
      'range.yaml',
      'general: { logging_interval: 0.01 }\n',
      /^optimetrics: range\.yaml:1:\d+: general\.logging_interval: must be a number from 0\.1 to 3600, not 0\.01; using 1$/m,
    ],
    [
      'no YAML',
      'broken.yaml',
      'general: [1, 2\n  }: : :\n',
      /^optimetrics: broken\.yaml:\d+:\d+: .*ignored$/m,
    ],
    [
      '10 MB',
      'large.yaml',
      `# ${'x'.repeat(10 * 2 ** 20)}\n`,
      /^optimetrics: large\.yaml: is larger than the 1 MiB .*ignored$/m,
    ],
    [
      'anchors that expand without end',
      'bomb.yaml',
      `${bombs.join('\n')}\ngeneral: { logging_interval: *l }\n`,
      /^optimetrics: bomb\.yaml:\d+:\d+: /m,
    ],
    [
      'bytes that are no text',
      'bytes.yaml',
      Uint8Array.from({ length: 4096 }, (_, i) => (i * 37) % 256),
      /^optimetrics: bytes\.yaml/m,
    ],
    [
      'a privacy switch that cannot be switched on',
      'privacy.yaml',
      'privacy:\n  collect_process_names: true\n',
      /^optimetrics: privacy\.yaml:2:\d+: privacy\.collect_process_names: .*no means to collect/m,
    ],
  ];
  for (const [title, name, contents, message] of cases) {
    test(`${title}: a message with file, line and key; the defaults hold`, async () => {
      const directory = `${home.root}/logs-${name}`;
      const args = ['run', '--config', home.write(name, contents), '--log-dir', directory, '--duration', '1'];
      const { code, stderr } = await home.run(args);
      assert.equal(code, 0, stderr);
      assert.match(stderr, message);
      assert.ok(!stderr.includes(home.root), 'no path is repeated');
      assert.equal(readLog(directory).length, 1);
    });
  }

  test('the good keys of a file with bad ones hold, and a relative log folder starts at the file', async () => {
    const file = home.write(
      'etc/mixed.yaml',
      'general:\n  logging_interval: 0.5\n  collect_network: false\n  collect_disk: perhaps\nlogging:\n  log_directory: my-logs\n  enable_delta_filtering: false\n',
    );
    const { code, stderr } = await home.run(['run', '--config', file, '--duration', '3']);
    assert.equal(code, 0);
    assert.match(stderr, /mixed\.yaml:4:\d+: general\.collect_disk/);
    const rows = readLog(`${home.root}/etc/my-logs`);
    const steps = times(rows)
      .map((time, k, all) => time - (all[k - 1] ?? 0))
      .slice(1)
      .sort((a, b) => a - b);
    // The one in the middle: a busy machine may hold one up.
    const step = steps[Math.floor(steps.length / 2)] ?? Number.NaN;
    assert.ok(step > 400 && step < 600, `two samples a second: ${steps.join(', ')} ms apart`);
    assert.ok(!('net_bytes_sent' in (rows[0] ?? {})), 'the network is not collected');
    assert.ok('disk_read_bytes' in (rows[0] ?? {}), 'the disk is, by default');
  });
});
