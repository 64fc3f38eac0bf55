import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import type { Content } from '../../src/sync/envelope/content.ts';
import { seal } from '../../src/sync/envelope/seal.ts';
import { KeyFolder } from '../../src/sync/keys/key-folder.ts';
import { sealingKey } from '../../src/sync/keys/key-store.ts';
import { pack } from '../../src/sync/segments/pack.ts';
import { segmentContent } from '../../src/sync/segments/segment-content.ts';
import { segmentPath } from '../../src/sync/segments/segment-path.ts';
import { collect } from '../sync/envelope/collect.ts';
import { NOON, plainLog, rangesOf, write } from '../sync/segments/generated-log.ts';
import { TestHome } from './harness/home.ts';

describe('optimetrics decrypt, of segments', () => {
  let home: TestHome;
  let parquet: Buffer;
  let csv: string;
  before(async () => {
    home = new TestHome();
    const directory = path.join(home.root, 'log');
    fs.mkdirSync(directory);
    const log = plainLog([NOON, NOON + 1000, NOON + 2000]);
    write(directory, log);
    csv = log.header + log.lines.join('');
    const [range = assert.fail()] = await rangesOf(directory);
    parquet = (await segmentContent(directory, range, { mode: 'backup' })).bytes;
    assert.equal((await home.run(['keys', 'rotate'])).code, 0);
  });
  after(() => home.end());

  const read = (...names: string[]) => fs.readFileSync(path.join(home.root, ...names));

  async function sealed(
    name: string,
    bytes: Uint8Array,
    content: Content,
    recipients: string[] = [],
  ): Promise<string> {
    const { key } = await sealingKey(new KeyFolder(path.join(home.root, 'data', 'optimetrics')));
    fs.mkdirSync(path.dirname(path.join(home.root, name)), { recursive: true });
    return home.write(name, await collect(seal([bytes], { key, content, recipients })));
  }

  test('writes Parquet, or the log’s CSV of it, below the folders that the segment lies in', async () => {
    const device = '0123456789abcdef'.repeat(2);
    const at = segmentPath({
      study: 'backup',
      device,
      date: '2026-02-27',
      sha256: 'ab'.repeat(32),
      isSealed: true,
    });
    const packed = pack(parquet);
    await sealed(at, packed.bytes, packed.content);
    await sealed('plain.sealed', parquet, 'parquet');
    const asIs = await home.run(['decrypt', at, 'plain.sealed', '-o', 'out']);
    assert.equal(asIs.code, 0, asIs.stderr);
    const written = at.replace('.sealed', '.parquet');
    assert.equal(asIs.stdout, `out/${written}\nout/plain.parquet\n`);
    assert.ok(read('out', written).equals(parquet) && read('out', 'plain.parquet').equals(parquet));
    assert.equal(Number(parquetMetadata(read('out', written)).num_rows), 3);
    const asked = await home.run(['decrypt', at, '-o', 'parquet', '--format', 'parquet']);
    assert.equal(asked.stdout, `parquet/${written}\n`, asked.stderr);

    const converted = await home.run(['decrypt', at, 'plain.sealed', '-o', 'csv', '--format', 'csv']);
    assert.equal(converted.code, 0, converted.stderr);
    assert.equal(read('csv', at.replace('.sealed', '.csv')).toString(), csv);
    assert.equal(read('csv', 'plain.csv').toString(), csv);
    assert.equal(fs.statSync(path.join(home.root, 'csv', 'plain.csv')).mode & 0o777, 0o600);
  });

  test('keeps no folders of other names', async () => {
    for (const folder of [
      'study=a/device=b/date=c',
      'study=../device=../date=..',
      'study=ok/device=xx/date=2026-02-27',
    ])
      await sealed(`in/${folder}/x.sealed`, parquet, 'parquet');
    const files = fs
      .readdirSync(path.join(home.root, 'in'), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.sealed'));
    for (const [at, file] of files.entries()) {
      const { stdout, stderr } = await home.run(['decrypt', path.join('in', file), '-o', `flat-${at}`]);
      assert.equal(stdout, `flat-${at}/x.parquet\n`, stderr);
    }
  });

  test('leaves nothing of what is no segment, and says why', async () => {
    const damaged = Buffer.from(parquet);
    damaged.fill(0xff, 10, 200);
    await sealed('damaged.sealed', damaged, 'parquet');
    await sealed('cut.sealed', pack(parquet).bytes.subarray(0, -20), 'parquet.gz');
    await sealed('bomb.sealed', gzipSync(Buffer.alloc(200 * 2 ** 20)), 'parquet.gz');
    await sealed('rows.sealed', Buffer.from(csv), 'csv');
    const names = ['damaged.sealed', 'cut.sealed', 'bomb.sealed'];
    const { code, stdout, stderr } = await home.run(['decrypt', ...names, '-o', 'none', '--format', 'csv']);
    assert.deepEqual([code, stdout], [1, '']);
    const lines = stderr.trimEnd().split('\n');
    assert.match(
      lines[0] ?? '',
      /^optimetrics: damaged\.sealed: it holds no segment as OptiMetrics writes it: a page /,
    );
    assert.match(lines[1] ?? '', /^optimetrics: cut\.sealed: .*cannot be decompressed$/);
    assert.match(lines[2] ?? '', /^optimetrics: bomb\.sealed: .*it is too large$/);
    assert.equal(lines.length, 3);
    assert.deepEqual(fs.readdirSync(path.join(home.root, 'none')), []);
    const other = await home.run(['decrypt', 'rows.sealed', '--format', 'parquet']);
    assert.equal(
      other.stderr,
      'optimetrics: rows.sealed: it holds csv, not parquet; leave --format out to have that\n',
    );
  });

  test('makes CSV of what a study gets, with its identity alone', async () => {
    const identity = path.join(home.root, 'study.txt');
    execFileSync('age-keygen', ['-o', identity], { stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', identity], { encoding: 'utf8' }).trim();
    const packed = pack(parquet);
    const file = await sealed('contributed.sealed', packed.bytes, packed.content, [recipient]);
    const study = new TestHome();
    try {
      const { code, stderr } = await study.run(['decrypt', file, '--identity', identity, '--format', 'csv']);
      assert.equal(code, 0, stderr);
      assert.equal(fs.readFileSync(path.join(study.root, 'contributed.csv'), 'utf8'), csv);
    } finally {
      await study.end();
    }
  });
});
