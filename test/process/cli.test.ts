import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TestHome, until } from './harness/home.ts';
import { logFiles, readLog } from './harness/log.ts';

interface SampleJson {
  timestamp: string;
  hardware_id: string;
  metrics: Record<string, number>;
  unavailable: Record<string, string>;
}

describe('optimetrics on the command line', () => {
  let home: TestHome;
  before(() => {
    home = new TestHome();
  });
  after(() => home.end());

  test('sample --json prints one reading with a reason for every column without a value', async () => {
    const { code, stdout, stderr } = await home.run(['sample', '--json']);
    assert.equal(code, 0, stderr);
    const sample = JSON.parse(stdout) as SampleJson;
    assert.ok(Math.abs(Date.parse(sample.timestamp) - Date.now()) < 60_000);
    assert.match(sample.hardware_id, /^[0-9a-f]{32}$/);
    assert.ok((sample.metrics['ram_total_mb'] ?? 0) > 100);
    assert.ok((sample.metrics['total_utilization'] ?? -1) >= 0);
    const reasons = new Set(Object.values(sample.unavailable));
    for (const reason of reasons)
      assert.ok(['unsupported', 'asleep', 'denied', 'failed'].includes(reason), reason);
    for (const column of Object.keys(sample.unavailable)) assert.ok(!(column in sample.metrics), column);
  });

  test('sample without --json prints a table', async () => {
    const { code, stdout } = await home.run(['sample']);
    assert.equal(code, 0);
    assert.match(stdout, /^ram_percent +\d+(\.\d)? % +Memory$/m);
  });

  test('doctor says what each adapter found', async () => {
    const { code, stdout } = await home.run(['doctor', '--json']);
    assert.equal(code, 0);
    const diagnosis = JSON.parse(stdout) as {
      adapters: { name: string; state: string; remedy?: string }[];
      running_sampler: unknown;
    };
    const states = Object.fromEntries(diagnosis.adapters.map(adapter => [adapter.name, adapter.state]));
    const system = { cpu: 'ok', memory: 'ok', disk: 'ok', network: 'ok' };
    assert.deepEqual(states, {
      ...system,
      nvidia: 'unsupported',
      amd: 'unsupported',
      intel: 'unsupported',
    });
    assert.ok(diagnosis.adapters.find(adapter => adapter.name === 'nvidia')?.remedy);
    assert.equal(diagnosis.running_sampler, null);
  });

  test('sample and doctor leave no process and no folder behind', () => {
    assert.deepEqual(home.samplerPids, []);
    assert.deepEqual(fs.readdirSync(path.join(home.root, 'tmp')), []);
  });

  test('run --duration logs one row a second and ends', async () => {
    const directory = path.join(home.root, 'elsewhere');
    const { code, stdout, stderr } = await home.run(['run', '--duration', '3', '--log-dir', directory]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    assert.match(stdout, /^3 samples, log metrics_[0-9a-f]{8}_\d{4}-\d\d-\d\d\.csv/m);
    assert.equal(readLog(directory).length, 3);
    assert.equal(fs.statSync(logFiles(directory)[0] ?? '').mode & 0o077, 0, 'the log is the user’s alone');
    // It ends by itself once it has answered, with the log on the disk.
    await until('the sampler ends', () => home.samplerPids.length === 0);
  });

  test('a run that ends before the machine’s id is known has its samples in the log', async () => {
    const slow = new TestHome();
    try {
      // The programs from which the names of the hardware come, each slower than the run.
      for (const program of ['lspci', 'dmidecode', 'lscpu', 'cat'])
        fs.chmodSync(slow.write(`bin/${program}`, '#!/bin/sh\nsleep 3\n'), 0o755);
      const env = { PATH: `${path.join(slow.root, 'bin')}:${process.env['PATH'] ?? ''}` };
      const { code, stdout, stderr } = await slow.run(['run', '--duration', '1'], env);
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stdout, /log metrics_/, 'the id was not known yet');
      await until('the sampler ends', () => slow.samplerPids.length === 0);
      assert.equal(readLog(slow.logDirectory).length, 1);
    } finally {
      await slow.end();
    }
  });

  test('run --test prints what was read', async () => {
    const { code, stdout } = await home.run(['run', '--test', '--duration', '2']);
    assert.equal(code, 0);
    assert.match(stdout, /^total_utilization +[\d.]+ % +CPU$/m);
  });

  test('run ends with 0 on Ctrl+C, and the rows up to then are there', async () => {
    const running = home.start([
      'run',
      ...home.everySample,
      '--log-dir',
      path.join(home.root, 'interrupted'),
    ]);
    await new Promise<void>(resolve => {
      running.child.stdout?.on('data', () => {
        if (running.stdout().split('\n').length > 2) resolve();
      });
    });
    running.child.kill('SIGINT');
    const { code, stdout } = await running.finished;
    assert.equal(code, 0);
    const samples = Number(/^(\d+) samples/m.exec(stdout)?.[1]);
    assert.ok(samples >= 2);
    assert.ok(readLog(path.join(home.root, 'interrupted')).length >= samples);
  });

  const wrongUsage: [title: string, args: string[], message: RegExp][] = [
    ['no command', [], /^optimetrics: no command was given; try optimetrics --help\n$/],
    ['an unknown command', ['fly'], /^optimetrics: there is no command “fly”; try optimetrics --help\n$/],
    [
      'an unknown option',
      ['sample', '--yaml'],
      /^optimetrics: Unknown option '--yaml'; try optimetrics --help\n$/,
    ],
    [
      'an argument too many',
      ['run', 'now'],
      /^optimetrics: Unexpected argument 'now'.*; try optimetrics --help\n$/,
    ],
    [
      'a duration that is no number',
      ['run', '--duration', 'soon'],
      /^optimetrics: --duration takes a number of seconds above 0, not “soon”\n$/,
    ],
    ['a duration of nothing', ['run', '--duration', '0'], /^optimetrics: --duration takes a number/],
    [
      'a configuration that is not there',
      ['run', '--config', 'no.yaml'],
      /^optimetrics: --config no\.yaml: not found \(ENOENT\); give the path of a YAML file that can be read\n$/,
    ],
  ];
  for (const [title, args, message] of wrongUsage) {
    test(`exit code 2 and one line on standard error for ${title}`, async () => {
      const { code, stdout, stderr } = await home.run(args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, message);
    });
  }

  test('--help and --version print and end with 0', async () => {
    const help = await home.run(['--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /optimetrics doctor \[--json\]/);
    const version = await home.run(['--version']);
    const manifest = JSON.parse(
      fs.readFileSync(path.join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
    ) as { version: string };
    assert.equal(version.stdout, `${manifest.version}\n`);
  });
});
