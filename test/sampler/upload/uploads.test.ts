import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import {
  type Config,
  type ConfigOverlay,
  DEFAULT_CONFIG,
  withOverlay,
} from '../../../src/common/config/schema.ts';
import { NO_UPLOADS } from '../../../src/common/upload.ts';
import type { StartJob } from '../../../src/sampler/upload/upload-process.ts';
import { UploadError, Uploads } from '../../../src/sampler/upload/uploads.ts';
import type { EndEvent, SyncJob } from '../../../src/sync/process/job.ts';
import type { RoundResult } from '../../../src/sync/round/result.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';

const MINUTE_MS = 60_000;
/** Seven minutes past a quarter of an hour. */
const START_MS = Date.UTC(2026, 1, 27, 12, 7);
const KEY = 'age1hkuazx9p2h6ngu8r5chht3rxykdss8tv5majcdsdx2unetrf53yqe8dd55';

interface FakeJob {
  readonly job: SyncJob;
  readonly tell: Parameters<StartJob>[1];
  readonly finish: (end: EndEvent) => Promise<void>;
  cancelled: number;
}

function result(over: Partial<RoundResult> = {}, confirmed = 0): EndEvent {
  const none = NO_UPLOADS;
  const counts = { sealed: none, sent: none, waiting: none, lost: none, total: none, spoolBytes: 0 };
  return {
    type: 'result',
    destination: '0123456789abcdef',
    result: {
      state: 'done',
      reason: '',
      remedy: '',
      counts: { ...counts, confirmed: { segments: confirmed, rows: 10 * confirmed, bytes: 100 * confirmed } },
      isSpoolFull: false,
      lost: [],
      released: {},
      ...over,
    },
  };
}

/** Uploads whose processes the test plays, and whose time it moves. */
class Bench {
  readonly jobs: FakeJob[] = [];
  readonly said: string[] = [];
  readonly dataDirectory: string;
  readonly uploads: Uploads;
  config: Config;
  rows = 0;
  statuses = 0;
  readonly #t: TestContext;

  constructor(t: TestContext, cloud: ConfigOverlay['cloud'] = {}) {
    this.#t = t;
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: START_MS });
    this.dataDirectory = temporaryDirectory(t);
    this.config = withOverlay(DEFAULT_CONFIG, {
      logging: { logDirectory: path.join(this.dataDirectory, 'logs') },
      cloud: { enabled: true, folder: { path: '/up' }, ...cloud },
    });
    this.uploads = this.renewed();
  }

  /** As after a restart of the sampler. */
  renewed(): Uploads {
    return new Uploads(
      {
        dataDirectory: this.dataDirectory,
        hasLog: true,
        start: (job, tell) => {
          let finish: (end: EndEvent) => void = () => undefined;
          const ended = new Promise<EndEvent>(resolve => (finish = resolve));
          const fake: FakeJob = {
            job,
            tell,
            cancelled: 0,
            finish: async end => {
              finish(end);
              await settled();
            },
          };
          this.jobs.push(fake);
          return { ended, cancel: () => fake.cancelled++ };
        },
        clock: { monotonicMs: () => Date.now(), utcMs: () => Date.now(), random: () => 0.5 },
        report: (_, message) => this.said.push(message),
        onStatus: () => this.statuses++,
        onRenewed: () => undefined,
        rowsWritten: () => this.rows,
      },
      this.config,
    );
  }

  /** Lets time go by, a row a second, until a job begins. */
  nextJob(minutes: number): FakeJob | undefined {
    const before = this.jobs.length;
    for (let second = 0; second < minutes * 60 && this.jobs.length === before; second++) {
      this.rows++;
      this.#t.mock.timers.tick(1000);
    }
    return this.jobs.length > before ? this.jobs.at(-1) : undefined;
  }

  job(minutes: number): FakeJob {
    return this.nextJob(minutes) ?? assert.fail(`a job within ${minutes} minutes`);
  }

  /** Minutes since the start. */
  get minutes(): number {
    return Math.round((Date.now() - START_MS) / MINUTE_MS);
  }

  configure(cloud: NonNullable<ConfigOverlay['cloud']>): void {
    this.config = withOverlay(this.config, { cloud });
    this.uploads.configure(this.config);
  }
}

/** All that follows from what is settled has been done. */
async function settled(): Promise<void> {
  for (let k = 0; k < 20; k++) await Promise.resolve();
}

describe('uploads', () => {
  test('that are off start nothing, write nothing and have no status', async t => {
    const bench = new Bench(t, { enabled: false });
    assert.equal(bench.nextJob(200), undefined);
    assert.equal(bench.uploads.status, undefined);
    assert.equal(bench.uploads.isHeld('metrics_476aa2f1_2026-02-27.csv'), false);
    bench.uploads.consent = 'no';
    await assert.rejects(bench.uploads.syncNow(), UploadError);
    assert.throws(() => bench.uploads.pause(true), UploadError);
    await bench.uploads.end();
    assert.deepEqual([bench.jobs.length, fs.readdirSync(bench.dataDirectory)], [0, []]);
  });

  test('seal every quarter of an hour what has come, and send at the interval', async t => {
    const bench = new Bench(t);
    const begun: [string, number][] = [];
    for (let k = 0; k < 8; k++) {
      const { job, finish } = bench.job(30);
      begun.push([job.action, bench.minutes]);
      assert.equal(job.includesOpen, false);
      await finish(result({}, 1));
    }
    // From 12:07 on: a catch-up, then a minute after each quarter, and each hour what has been sealed is sent.
    assert.deepEqual(begun, [
      ['seal', 1],
      ['sync', 1],
      ['seal', 9],
      ['seal', 24],
      ['seal', 39],
      ['seal', 54],
      ['sync', 61],
      ['seal', 69],
    ]);
  });

  test('start no process to seal where no rows have come', async t => {
    const bench = new Bench(t, { uploadIntervalMinutes: 600 });
    for (let k = 0; k < 2; k++) await bench.job(5).finish(result());
    const { rows } = bench;
    for (let second = 0; second < 7200; second++) {
      t.mock.timers.tick(1000);
      bench.rows = rows;
    }
    assert.equal(bench.jobs.length, 2);
    assert.equal(bench.job(20).job.action, 'seal');
  });

  test('are tried again after a fault, later each time, and never later than at the interval', async t => {
    const bench = new Bench(t, { uploadIntervalMinutes: 10 });
    const waits: number[] = [];
    let last = 0;
    while (waits.length < 7) {
      const { job, finish } = bench.job(30);
      const isSend = job.action === 'sync';
      if (isSend) {
        waits.push(Math.round((Date.now() - last) / 1000));
        last = Date.now();
      }
      await finish(isSend ? result({ state: 'waiting', reason: 'the network is down' }) : result());
      if (isSend) {
        assert.deepEqual(
          [bench.uploads.status?.state, bench.uploads.status?.why],
          ['waiting', 'the network is down'],
        );
      }
    }
    assert.deepEqual(waits.slice(1), [45, 90, 180, 360, 450, 450]);
    await bench.job(30).finish(result());
  });

  test('leave a target alone for as long as it asks', async t => {
    const bench = new Bench(t);
    let { job, finish } = bench.job(5);
    while (job.action !== 'sync') {
      await finish(result());
      ({ job, finish } = bench.job(5));
    }
    const nextTryMs = Date.now() + 25 * MINUTE_MS;
    await finish(result({ state: 'waiting', reason: 'too many requests', nextTryMs }));
    assert.equal(bench.uploads.status?.nextMs, nextTryMs);
  });

  test('that need somebody wait for the interval, and go on as soon as a window has handed over what they need', async t => {
    const bench = new Bench(t);
    await bench.job(5).finish(result());
    const sending = bench.job(5);
    assert.equal(sending.job.action, 'sync');
    await sending.finish(result({ state: 'sign-in', reason: 'nobody has signed in', remedy: 'Sign in' }));
    const { state, why, remedy } = bench.uploads.status ?? {};
    assert.deepEqual([state, why, remedy], ['sign-in', 'nobody has signed in', 'Sign in']);
    const sealing = bench.job(30);
    assert.equal(sealing.job.action, 'seal');
    await sealing.finish(result());
    assert.equal(bench.uploads.status?.state, 'sign-in', 'sealing has gone well, and that is not all');
    const credentials = {
      place: 'x',
      credentials: { provider: 'webdav', user: 'a', password: 'b' },
    } as const;
    bench.uploads.provide({ credentials });
    const next = bench.job(1);
    assert.deepEqual([next.job.action, next.job.secrets], ['sync', { credentials }]);
  });

  test('that are paused stay so over a restart, and what is under way ends', async t => {
    const bench = new Bench(t);
    const job = bench.job(5);
    bench.uploads.pause(true);
    assert.equal(job.cancelled, 1);
    await job.finish(result({ state: 'cancelled', reason: 'it was cancelled' }));
    assert.equal(bench.uploads.status?.state, 'paused');
    assert.equal(bench.nextJob(120), undefined);
    const renewed = bench.renewed();
    assert.equal(renewed.status?.state, 'paused');
    assert.equal(bench.nextJob(120), undefined);
    renewed.pause(false);
    assert.equal(bench.job(1).job.action, 'sync');
  });

  test('go on paused when what was said of them cannot be read', t => {
    const bench = new Bench(t);
    fs.mkdirSync(path.join(bench.dataDirectory, 'sync'));
    fs.writeFileSync(path.join(bench.dataDirectory, 'sync', 'switches.json'), '{"isPaused": fal');
    assert.equal(bench.renewed().status?.state, 'paused');
    assert.match(bench.said.join(), /^uploads are paused: what was said of them cannot be read/);
  });

  test('end at once when settings say off, another place or another purpose, and are not disturbed by others', async t => {
    for (const cloud of [
      { enabled: false },
      { mode: 'contribute' as const, recipients: [KEY] },
      { folder: { path: '/other' } },
    ]) {
      t.mock.timers.reset();
      const bench = new Bench(t);
      const job = bench.job(5);
      bench.uploads.configure(withOverlay(bench.config, { general: { loggingInterval: 5 } }));
      assert.equal(job.cancelled, 0);
      bench.configure(cloud);
      assert.equal(job.cancelled, 1);
      await job.finish(result({ counts: { ...counts(), total: { segments: 7, rows: 7, bytes: 7 } } }));
      assert.notEqual(
        bench.uploads.status?.confirmed.segments,
        7,
        'what is said of another place does not count',
      );
      bench.uploads.consent = 'yes';
      assert.equal(bench.nextJob(5) !== undefined, bench.config.cloud.enabled);
    }
  });

  test('of a study need a word of every window, and end when one says no', async t => {
    const bench = new Bench(t, { mode: 'contribute', recipients: [KEY] });
    bench.uploads.consent = 'unsaid';
    assert.equal(bench.uploads.status?.state, 'waiting');
    assert.equal(bench.nextJob(60), undefined);
    bench.uploads.consent = 'yes';
    const job = bench.job(5);
    bench.uploads.consent = 'unsaid';
    assert.equal(job.cancelled, 0, 'a window that has just come ends nothing');
    bench.uploads.consent = 'no';
    assert.equal(job.cancelled, 1);
    await job.finish(result({ state: 'cancelled' }));
    assert.deepEqual(statusOf(bench.uploads), [
      'off',
      'telemetry is off in VS Code, and nothing is contributed then',
    ]);
    assert.equal(bench.uploads.isHeld('metrics_476aa2f1_2026-02-27.csv'), false);
    assert.equal((await bench.uploads.syncNow()).state, 'off');
    assert.equal(bench.renewed().status?.state, 'off', 'the last word holds');
  });

  test('to storage of one’s own do not ask for telemetry', t => {
    const bench = new Bench(t);
    bench.uploads.consent = 'no';
    assert.equal(bench.job(5).cancelled, 0);
  });

  test('that cannot be say which setting is wrong', t => {
    const bench = new Bench(t, { provider: 's3' });
    assert.deepEqual(
      [bench.uploads.status?.state, bench.uploads.status?.why],
      ['off', 'cloud.s3.bucket must be set for the provider s3: the name of the bucket'],
    );
    assert.equal(bench.nextJob(120), undefined);
  });

  test('that are asked for begin when what is under way is over, and are one for all who ask', async t => {
    const bench = new Bench(t);
    const sealing = bench.job(5);
    const asked = [bench.uploads.syncNow(), bench.uploads.syncNow()];
    await settled();
    assert.equal(bench.jobs.length, 1);
    await sealing.finish(result());
    const { job, finish } = bench.jobs.at(-1) ?? assert.fail();
    assert.deepEqual([bench.jobs.length, job.action, job.includesOpen], [2, 'sync', true]);
    await finish(result({}, 3));
    for (const { state, confirmed } of await Promise.all(asked))
      assert.deepEqual([state, confirmed.segments], ['done', 3]);
    assert.equal(bench.uploads.status?.lastConfirmedMs, Date.now());
  });

  test('hold what is in no segment yet, and let go of what is', async t => {
    const bench = new Bench(t);
    const { logDirectory } = bench.config.logging;
    const name = 'metrics_476aa2f1_2026-02-27.csv';
    fs.mkdirSync(logDirectory);
    fs.writeFileSync(path.join(logDirectory, name), 'four');
    assert.equal(bench.uploads.isHeld(name), true, 'nothing is known yet');
    await bench.job(5).finish(result({ released: { [name]: 4 } }));
    assert.equal(bench.uploads.isHeld(name), false);
    fs.appendFileSync(path.join(logDirectory, name), 'more');
    assert.equal(bench.uploads.isHeld(name), true);
    assert.equal(bench.uploads.isHeld('metrics_476aa2f1_2026-02-28.csv'), true);
  });

  test('seal what is open at the end, and wait for that no longer than a moment', async t => {
    const bench = new Bench(t);
    bench.rows = 5;
    const ended = bench.uploads.end();
    await settled();
    const last = bench.jobs.at(-1) ?? assert.fail();
    assert.deepEqual([last.job.action, last.job.includesOpen], ['seal', true]);
    t.mock.timers.tick(3_000);
    assert.equal(last.cancelled, 0);
    t.mock.timers.tick(2_000);
    assert.equal(last.cancelled, 1);
    await last.finish(result({ state: 'cancelled' }));
    await ended;
  });

  test('pause when what was sent is to be deleted: they would send it again', async t => {
    const bench = new Bench(t);
    const sealing = bench.job(5);
    const asked = bench.uploads.removeSent();
    assert.ok(sealing.cancelled > 0);
    await sealing.finish(result({ state: 'cancelled' }));
    const { job, finish } = bench.jobs.at(-1) ?? assert.fail();
    assert.equal(job.action, 'remove-sent');
    const removal = { state: 'done', why: '', remedy: '', removed: 4, left: 0 } as const;
    await finish({ type: 'removal', removal });
    assert.deepEqual([await asked, bench.uploads.status?.state], [removal, 'paused']);
  });

  test('tell progress within a step now and then only', t => {
    const bench = new Bench(t);
    const { tell } = bench.job(5);
    const before = bench.statuses;
    for (let bytes = 0; bytes < 1000; bytes++)
      tell({ type: 'progress', progress: { step: 'sending', confirmed: 0, left: 1, bytes, ofBytes: 1000 } });
    assert.equal(bench.statuses, before + 1);
    assert.deepEqual([bench.uploads.status?.state, bench.uploads.status?.progress?.bytes], ['sending', 999]);
  });
});

/** Its state and why. A call, since the compiler takes a property for what it was. */
function statusOf({ status }: Uploads): (string | undefined)[] {
  return [status?.state, status?.why];
}

function counts(): RoundResult['counts'] {
  const end = result();
  return end.type === 'result' ? end.result.counts : assert.fail();
}
