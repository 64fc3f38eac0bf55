import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { DamageReport, formatDamage } from '../../../src/log/reader/damage.ts';
import { readHeader, readRows } from '../../../src/log/reader/read-rows.ts';
import { rowTimeAt, seekRow } from '../../../src/log/reader/seek.ts';
import { temporaryDirectory } from '../../runtime/temporary-directory.ts';
import { HARDWARE_ID } from '../frames.ts';
import { DAY, logText, rowsOf, type TestRow } from './log-text.ts';

const COLUMNS = ['total_utilization', 'temperature', 'net_bytes_sent'];

interface Read {
  readonly rows: TestRow[];
  readonly offsets: number[];
  readonly ids: Set<string>;
  readonly damage: string[];
}

/** Whether both unpack to the same. */
function isWhole(bytes: Buffer, other: Buffer): boolean {
  try {
    return gunzipSync(bytes).equals(gunzipSync(other));
  } catch {
    return false;
  }
}

async function read(
  file: string,
  options: Partial<Parameters<typeof readRows>[1]> & { columns?: readonly string[] } = {},
): Promise<Read> {
  const damage = new DamageReport();
  const found: Read = { rows: [], offsets: [], ids: new Set(), damage: [] };
  const columns = options.columns ?? COLUMNS;
  for await (const batch of readRows(file, { ...options, columns, damage })) {
    for (let row = 0; row < batch.length; row++) {
      const values = columns.map((column, slot) => {
        const value = batch.values[row * batch.width + slot] ?? Number.NaN;
        return [column, Number.isNaN(value) ? undefined : value];
      });
      found.rows.push({
        time: batch.times[row] ?? 0,
        category: batch.categories[row] ?? '',
        values: Object.fromEntries(values) as TestRow['values'],
      });
      found.offsets.push(batch.offsets[row] ?? 0);
      found.ids.add(batch.hardwareIds[row] ?? '');
    }
  }
  found.damage.push(...damage.list.map(formatDamage));
  return found;
}

describe('reading a log', () => {
  const file = (directory: string, content: string | Buffer, name = 'log.csv'): string => {
    const full = path.join(directory, name);
    fs.writeFileSync(full, content);
    return full;
  };

  test('gives every row and value, plain or compressed, with LF or CRLF, with or without byte order mark', async t => {
    const directory = temporaryDirectory(t);
    const property = fc.asyncProperty(
      rowsOf(COLUMNS, 700),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      async (rows, isGzip, isCrlf, hasMark) => {
        let text = logText(COLUMNS, rows);
        if (isCrlf) text = text.replaceAll('\n', '\r\n');
        if (hasMark) text = `\uFEFF${text}`;
        const found = await read(
          isGzip ? file(directory, gzipSync(text), 'log.csv.gz') : file(directory, text),
          { isClosed: true },
        );
        assert.deepEqual(found.damage, []);
        assert.deepEqual(found.rows, rows);
        assert.deepEqual([...found.ids], [HARDWARE_ID]);
        const bytes = Buffer.from(text);
        for (const [row, at] of found.offsets.entries())
          assert.equal(bytes.toString('latin1', at, at + 24), new Date(rows[row]?.time ?? 0).toISOString());
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test('finds columns by name, whatever their order, and leaves out those not asked for', async t => {
    const text =
      'session_category,temperature,novel_column,timestamp,total_utilization\n' +
      'gaming,61.5,7,2026-02-27T01:02:03.004Z,12\n';
    const { rows, damage } = await read(file(temporaryDirectory(t), text));
    assert.deepEqual(damage, []);
    assert.deepEqual(rows, [
      {
        time: Date.UTC(2026, 1, 27, 1, 2, 3, 4),
        category: 'gaming',
        values: { total_utilization: 12, temperature: 61.5, net_bytes_sent: undefined },
      },
    ]);
  });

  test('whatever bytes stand between the rows, the rows are read, and each bad line is told by its number', async t => {
    const directory = temporaryDirectory(t);
    const good = logText(COLUMNS, [
      { time: DAY, category: 'idle', values: { total_utilization: 1.5, temperature: 40, net_bytes_sent: 9 } },
    ]);
    const [header = '', row = ''] = good.split('\n');
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes.filter(byte => byte !== 10))),
      fc
        .constantFrom(
          '',
          header,
          `${row},1`,
          row.slice(0, -3),
          row.replace('1.5', '1.5.5'),
          row.replace('1.5', 'NaN'),
          row.replace('1.5', '1e999'),
          row.replace('1.5', '.5'),
          row.replace('02-27', '02-30'),
          row.replace('00:00:00.000Z', '24:00:00.000Z'),
          row.replace('.000Z', ''),
          row.replace('idle', '"idle"'),
          `${'9'.repeat(70_000)},`,
        )
        .map(text => Buffer.from(text)),
    );
    const lines = fc.array(fc.oneof(fc.constant(undefined), hostile), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async (list, isGzip) => {
        // A line of random bytes that happens to be a row would be one; it never is.
        const content = Buffer.concat([
          Buffer.from(`${header}\n`),
          ...list.flatMap(line => [line ?? Buffer.from(row), Buffer.from('\n')]),
        ]);
        const found = await read(
          isGzip ? file(directory, gzipSync(content), 'log.csv.gz') : file(directory, content),
        );
        assert.equal(found.rows.length, list.filter(line => line === undefined).length);
        assert.deepEqual(
          found.damage.map(text => Number(/:(\d+) /.exec(text)?.[1])),
          list.flatMap((line, k) => (line === undefined ? [] : [k + 2])),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('a file cut anywhere gives the whole rows before the cut', async t => {
    const directory = temporaryDirectory(t);
    await fc.assert(
      fc.asyncProperty(rowsOf(COLUMNS), fc.nat(), fc.boolean(), async (rows, where, isClosed) => {
        const text = logText(COLUMNS, rows);
        const cut = text.slice(0, where % (text.length + 1));
        const found = await read(file(directory, cut), { isClosed });
        const whole = cut.split('\n').length - 2;
        assert.deepEqual(found.rows, rows.slice(0, Math.max(0, whole)));
        const isPartial = cut !== '' && !cut.endsWith('\n');
        assert.equal(found.damage.length, isClosed && (isPartial || cut === '') ? 1 : 0);
      }),
      { numRuns: 200 },
    );
  });

  test('a compressed file that is cut or damaged gives rows of the log, from its beginning on, and says so', async t => {
    const directory = temporaryDirectory(t);
    await fc.assert(
      fc.asyncProperty(
        rowsOf(COLUMNS, 400),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        async (rows, where, bits) => {
          const bytes = gzipSync(logText(COLUMNS, rows));
          // Beyond the head, of which a few bytes mean nothing.
          const at = 10 + (where % (bytes.length - 10));
          if (bits !== 0) bytes[at] = (bytes[at] ?? 0) ^ bits;
          const found = await read(file(directory, bits === 0 ? bytes.subarray(0, at) : bytes, 'log.csv.gz'));
          // A bit may mean nothing, see below; then nothing is missing.
          if (bits !== 0 && found.damage.length === 0) assert.deepEqual(found.rows, rows);
          else assert.ok(found.damage.length > 0);
          if (bits === 0) assert.deepEqual(found.rows, rows.slice(0, found.rows.length));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a compressed file with other bits behind the end of its last block is whole', async t => {
    const directory = temporaryDirectory(t);
    const rows: TestRow[] = [];
    // The data ends somewhere in a byte; the rest of it is not used. Checksum and length follow, 8 bytes.
    const unused = Array.from({ length: 20 }, (_, n) => {
      rows.push({
        time: DAY + n * 1_000,
        category: '',
        values: { total_utilization: n, temperature: undefined, net_bytes_sent: undefined },
      });
      const bytes = gzipSync(logText(COLUMNS, rows));
      const at = bytes.length - 9;
      const bits = [128, 64, 32, 16, 8, 4, 2].filter(bit => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ bit;
        return isWhole(changed, bytes);
      });
      return { bytes, at, bits, rows: [...rows] };
    }).filter(({ bits }) => bits.length > 0);
    assert.ok(unused.length > 0);
    for (const { bytes, at, bits, rows: written } of unused) {
      for (const bit of bits) bytes[at] = (bytes[at] ?? 0) ^ bit;
      const found = await read(file(directory, bytes, 'log.csv.gz'));
      assert.deepEqual(found.rows, written);
      assert.deepEqual(found.damage, []);
    }
  });

  test('a file of another program is not taken for a log', async t => {
    const directory = temporaryDirectory(t);
    const { rows, damage } = await read(file(directory, 'a,b\n1,2\n3,4\n'));
    assert.deepEqual(rows, []);
    assert.deepEqual(damage, [
      'log.csv:1 the first line is not a header with a timestamp column',
      'log.csv:2 has no UTC timestamp',
      'log.csv:3 has no UTC timestamp',
    ]);
    assert.equal(await readHeader(file(directory, '')), undefined);
    const doubled = await read(file(directory, 'timestamp,a,a\n2026-02-27T00:00:00.000Z,1,2\n'));
    assert.match(doubled.damage[0] ?? '', /names a column twice/);
  });

  test('a line of megabytes takes no memory and hides no row after it', async t => {
    const header = `timestamp,${COLUMNS.join()}`;
    const row = '2026-02-27T00:00:00.000Z,1,2,3';
    const text = `${header}\n${row}\n${'x'.repeat(5_000_000)}\n${row}\n`;
    const { rows, damage } = await read(file(temporaryDirectory(t), text));
    assert.equal(rows.length, 2);
    assert.deepEqual(damage, ['log.csv:3 is too long to be a row']);
  });

  test('numbers are those that the runtime reads', async t => {
    const directory = temporaryDirectory(t);
    const number = fc.oneof(
      fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(String),
      fc
        .tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 9 }))
        .map(([value, digits]) => (value / 10 ** digits).toFixed(digits)),
      fc.constantFrom(
        '0',
        '0.0',
        '007',
        '123456789012345',
        '1234567890123456',
        '-1.5',
        '1e-7',
        '9007199254740991',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 50 }), async list => {
        const lines = list.map(text => `2026-02-27T00:00:00.000Z,${text}`);
        const { rows } = await read(file(directory, `timestamp,temperature\n${lines.join('\n')}\n`), {
          columns: ['temperature'],
        });
        assert.deepEqual(
          rows.map(({ values }) => values['temperature']),
          list.map(Number),
        );
      }),
    );
  });

  test('bisection finds a place from which nothing of the range is missing', async t => {
    const directory = temporaryDirectory(t);
    const property = fc.asyncProperty(
      rowsOf(COLUMNS, 700),
      fc.integer({ min: 0, max: 86_400_000 }),
      fc.constantFrom(0, 500, 16_384),
      async (unordered, at, margin) => {
        const rows = [...unordered, ...unordered, ...unordered].sort((a, b) => a.time - b.time);
        const log = file(directory, logText(COLUMNS, rows));
        const header = (await readHeader(log)) ?? [];
        const from = seekRow(log, header, DAY + at, margin);
        if (from > 0) assert.ok(!Number.isNaN(rowTimeAt(log, from)));
        const found = await read(log, { from, header });
        assert.deepEqual(found.damage, []);
        assert.deepEqual(found.rows, rows.slice(-found.rows.length));
        const needed = rows.findIndex(({ time }) => time > DAY + at);
        assert.ok(rows.length - found.rows.length <= (needed < 0 ? rows.length : needed));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
