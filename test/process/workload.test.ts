import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../../src/client/connection.ts';
import { CorrectWorkload, ForgetCorrections, Subscribe } from '../../src/common/protocol.ts';
import { runtimePaths } from '../../src/runtime/runtime-paths.ts';
import { TestHome, until } from './harness/home.ts';
import { type LogRow, readLog } from './harness/log.ts';

/** A class whose ranges hold whatever a machine that runs these tests is doing, and a profile that is wrong. */
const KNOWN = `logging: { enable_delta_filtering: false }
session_classification:
  profiles:
    known_load: { cpu_utilization: [0, 101], busiest_core_utilization: [0, 101], ram_percent: [0, 101], network_kbps: [0, 1000000000] }
    bad: { gpu: [1, 2] }
`;

const classOf = (row: LogRow): string =>
  `${row['session_category'] ?? '?'} ${row['session_confidence'] ?? '?'}`;

describe('the workload class of a running sampler', () => {
  let home: TestHome;
  before(() => {
    home = new TestHome();
  });
  after(() => home.end());

  const workloadFile = (name: string): string =>
    path.join(home.root, 'data', 'optimetrics', 'workload', name);
  const secondsKept = (): number => {
    const { days } = JSON.parse(fs.readFileSync(workloadFile('times.json'), 'utf8')) as {
      days: Record<string, Record<string, number>>;
    };
    return Object.values(days).reduce((sum, day) => sum + (day['known_load'] ?? 0), 0);
  };

  test('is in the log once there is an answer, with its confidence, and its time is kept', async () => {
    const config = home.write('known.yaml', KNOWN);
    const run = home.start(['run', '--config', config]);
    const rows = await until(
      'the log to have the class for five seconds',
      () => {
        const all = readLog(home.logDirectory);
        return all.filter(row => row['session_category'] === 'known_load').length >= 5 && all;
      },
      120,
    );
    const first = rows.findIndex(row => row['session_category'] !== '');
    assert.ok(first >= 5, `no answer in the first seconds, and after ${String(first)} one`);
    assert.ok(rows.slice(0, first).every(row => classOf(row) === ' '));
    for (const row of rows.slice(first)) {
      assert.match(classOf(row), /^(known_load|unknown|[a-z0-9_]+) \d{1,3}$/);
      assert.ok(Number(row['session_confidence']) <= 100);
    }
    assert.ok(Number(rows.at(-1)?.['session_confidence']) >= 60);
    const told =
      /^optimetrics: known\.yaml:5:\d+: session_classification\.profiles\.bad\.gpu: unknown metric/;
    assert.match(run.stderr(), told);
    assert.match((await home.run(['doctor', '--config', config])).stderr, told);
    run.child.kill('SIGINT');
    assert.equal((await run.finished).code, 0);
    await until('the sampler to end', () => home.samplerPid === undefined);
    assert.ok(secondsKept() >= 5);
    assert.equal(fs.statSync(workloadFile('times.json')).mode & 0o777, 0o600);
  });

  test('is corrected by a client: features in a file that only this user reads, gone when forgotten', async () => {
    const config = home.write('known.yaml', KNOWN);
    const run = home.start(['run', '--config', config]);
    await until('a sampler', () => run.stdout().includes('CPU') || run.stdout().length > 0);
    const connection = await connect(runtimePaths(home.runtimeDirectory), 'terminal', 5_000);
    const { rpc } = connection;
    const { workload } = await rpc.sendRequest(Subscribe);
    assert.ok(workload);
    assert.ok(workload.categories.includes('known_load'));
    assert.ok((workload.times.week['known_load'] ?? 0) >= 5, 'the time of the sampler before');
    let corrections = 0;
    const deadline = Date.now() + 120_000;
    while (corrections === 0) {
      // Refused, with words, until there is something to learn from.
      corrections = await rpc.sendRequest(CorrectWorkload, { category: 'ai_training' }).then(
        result => result.corrections,
        (error: unknown) => {
          assert.match(String(error), /the correction was not kept: .*wait/);
          return 0;
        },
      );
      assert.ok(Date.now() < deadline, 'a correction within two minutes');
      await new Promise(resolve => setTimeout(resolve, 500));
    }
    assert.equal(corrections, 1);
    assert.equal(fs.statSync(workloadFile('corrections.json')).mode & 0o777, 0o600);
    const kept = fs.readFileSync(workloadFile('corrections.json'), 'utf8');
    assert.match(kept, /"ai_training"/);
    for (const secret of [home.root, 'known.yaml', path.basename(home.root)])
      assert.ok(!kept.includes(secret));
    assert.equal((await rpc.sendRequest(Subscribe)).status.workload?.corrections, 1);
    assert.deepEqual(await rpc.sendRequest(ForgetCorrections), { forgotten: 1 });
    assert.ok(!fs.existsSync(workloadFile('corrections.json')));
    connection.close();

    // A crash: what is on the disk is whole, and a new sampler goes on from it.
    const before = secondsKept();
    const pid = home.samplerPid;
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await until('another sampler', () => home.samplerPid !== undefined && home.samplerPid !== pid);
    assert.ok(secondsKept() >= before);
    run.child.kill('SIGINT');
    await run.finished;
  });

  test('is one of the categories that are chosen, and unknown below the threshold', async () => {
    await until('the sampler to end', () => home.samplerPid === undefined, 60);
    const logs = path.join(home.root, 'few');
    const config = home.write(
      'few.yaml',
      `session_classification: { categories: [idle, gaming], confidence_threshold: 1, update_interval: 5 }\nlogging: { log_directory: ${logs}, enable_delta_filtering: false }\n`,
    );
    const run = home.start(['run', '--config', config]);
    const named = await until(
      'three rows with an answer',
      () => {
        const rows = readLog(logs).filter(row => row['session_category'] !== '');
        return rows.length >= 3 && rows;
      },
      120,
    );
    // Of two classes one has at least a half.
    for (const row of named) {
      assert.equal(row['session_category'], 'unknown');
      assert.ok(Number(row['session_confidence']) >= 50 && Number(row['session_confidence']) <= 100);
    }
    const connection = await connect(runtimePaths(home.runtimeDirectory), 'terminal', 5_000);
    const { workload } = await connection.rpc.sendRequest(Subscribe);
    assert.deepEqual(workload?.categories, ['idle', 'gaming']);
    assert.deepEqual(Object.keys(workload.current?.probabilities ?? {}), ['idle', 'gaming']);
    connection.close();
    run.child.kill('SIGINT');
    await run.finished;
  });

  test('is empty when classification is switched off', async () => {
    await until('the sampler to end', () => home.samplerPid === undefined, 60);
    const logs = path.join(home.root, 'off');
    const config = home.write(
      'off.yaml',
      `general: { enable_session_classification: false }\nlogging: { log_directory: ${logs}, enable_delta_filtering: false }\n`,
    );
    assert.equal((await home.run(['run', '--config', config, '--duration', '14'])).code, 0);
    const rows = readLog(logs);
    assert.ok(rows.length >= 10);
    assert.deepEqual([...new Set(rows.map(classOf))], [' ']);
  });
});
