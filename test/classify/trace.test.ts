import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { playTrace, readTrace, TraceError } from '../../src/classify/trace.ts';

function played(text: string): { at: number; values: (number | undefined)[] }[] {
  const trace = readTrace(text);
  const frames: { at: number; values: (number | undefined)[] }[] = [];
  playTrace(trace, frame => {
    frames.push({
      at: (frame.utcMs - (trace.times[0] ?? 0)) / 1000,
      values: trace.layout.columns.map(({ name }) => frame.value(name)),
    });
  });
  return frames;
}

describe('a trace', () => {
  test('has the known columns, in any order, with empty cells as missing', () => {
    const text =
      'total_utilization,timestamp,other,gpu0_utilization\n' +
      '12.5,2026-01-01T00:00:00Z,x,\n' +
      '13.5,2026-01-01T00:00:01.000Z,"a, ""b""",40\r\n';
    assert.deepEqual(played(text), [
      { at: 0, values: [12.5, undefined] },
      { at: 1, values: [13.5, 40] },
    ]);
  });

  test('may have times without a zone, which are UTC, or with another', () => {
    for (const time of ['2026-03-01T10:00:00', '2026-03-01 10:00:00.000', '2026-03-01T12:00:00+02:00'])
      assert.equal(readTrace(`timestamp\n${time}\n`).times[0], Date.UTC(2026, 2, 1, 10), time);
  });

  test('in which rows were left out holds the last one, but not its counters', () => {
    const row = (second: number, cpu: number, reads: number) =>
      `2026-01-01T00:00:${String(second).padStart(2, '0')}Z,${String(cpu)},${String(reads)}\n`;
    const text = `timestamp,total_utilization,disk_read_count\n${row(0, 5, 10)}${row(1, 6, 20)}${row(2, 7, 30)}${row(6, 8, 70)}`;
    assert.deepEqual(played(text), [
      { at: 0, values: [5, 10] },
      { at: 1, values: [6, 20] },
      { at: 2, values: [7, 30] },
      { at: 3, values: [7, undefined] },
      { at: 4, values: [7, undefined] },
      { at: 5, values: [7, undefined] },
      { at: 6, values: [8, 70] },
    ]);
  });

  test('of a log that left out nearly all of its rows is held at the rate of its samples', () => {
    const seconds = [0, 1, 60, 90, 150, 210, 240, 300];
    const row = (second: number) => `${new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()},5\n`;
    const frames = played(`timestamp,total_utilization\n${seconds.map(row).join('')}`);
    assert.deepEqual(
      frames.map(({ at }) => at),
      Array.from({ length: 301 }, (_, at) => at),
    );
  });

  test('of another rate, or with a long gap, is not filled', () => {
    const at = (second: number) => `${new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()},5\n`;
    const times = (seconds: readonly number[]) =>
      played(`timestamp,total_utilization\n${seconds.map(at).join('')}`).map(frame => frame.at);
    assert.deepEqual(times([0, 5, 10, 15]), [0, 5, 10, 15]);
    assert.deepEqual(times([0, 1, 2, 200, 201]), [0, 1, 2, 200, 201]);
  });

  test('passes over rows that are not later, as after a clock was set back', () => {
    const text =
      'timestamp,total_utilization\n2026-01-01T00:00:05Z,1\n2026-01-01T00:00:04Z,2\n2026-01-01T00:00:06Z,3\n';
    assert.deepEqual(
      played(text).map(({ values }) => values[0]),
      [1, 3],
    );
  });

  test('may be cut off in its last line', () => {
    for (const rest of ['2026', '2026-01-01T00:00:01Z', '2026-01-01T00:00:01Z,4.'])
      assert.equal(
        readTrace(`timestamp,total_utilization,ram_percent\n2026-01-01T00:00:00Z,1,2\n${rest}`).rows.length,
        1,
      );
  });

  test('that is none says in which line', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /^line 1: there is no column “timestamp”$/],
      ['time,total_utilization\n', /^line 1: /],
      ['timestamp,total_utilization\n', /^line 2: there are no rows$/],
      [
        'timestamp,total_utilization\n2026-01-01T00:00:00Z,1\nyesterday,2\n',
        /^line 3: the timestamp is not a time/,
      ],
      [
        'timestamp,total_utilization\n2026-01-01T00:00:00Z,high\n',
        /^line 2: total_utilization is not a number$/,
      ],
      ['timestamp,total_utilization\n2026-01-01T00:00:00Z,1,2\n', /^line 2: 3 cells under 2 columns$/],
      ['timestamp,total_utilization\n2026-13-01T00:00:00Z,1\n', /^line 2: the timestamp is not a time/],
    ];
    for (const [text, message] of cases)
      assert.throws(
        () => readTrace(text),
        error => error instanceof TraceError && message.test(error.message),
        text,
      );
  });

  test('of any text is read or refused with a line', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'timestamp',
        'total_utilization',
        ',',
        '\n',
        '"',
        '2026-01-01T00:00:00Z',
        '5',
        'nan',
        '\r\n',
        '',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        try {
          playTrace(readTrace(pieces.join('')), () => undefined);
        } catch (error) {
          assert.ok(error instanceof TraceError && /^line \d+: /.test(error.message), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
