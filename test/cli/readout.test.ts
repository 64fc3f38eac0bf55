import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Readout, readingsTable, readoutLine } from '../../src/cli/readout.ts';
import type { Absence } from '../../src/common/frame.ts';
import { gpusNamed, readingsOf } from '../common/readings-of.ts';

const COLUMNS: Record<string, number | Absence> = {
  total_utilization: 12.4,
  ram_percent: 56.5,
  gpu0_utilization: 87,
  gpu0_vram_percent: 33.3,
  gpu1_utilization: 'asleep',
  disk_read_rate_mbps: 1.25,
  disk_write_rate_mbps: 'failed',
  net_recv_rate_mbps: 980.44,
  net_send_rate_mbps: 0,
};

/** A stream that keeps what is written, and is a terminal of this width or none. */
function stream(columns?: number): NodeJS.WriteStream & { readonly text: string } {
  const chunks: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  Object.defineProperty(sink, 'text', { get: () => chunks.join('') });
  return Object.assign(sink, columns === undefined ? {} : { isTTY: true, columns }) as unknown as ReturnType<
    typeof stream
  >;
}

describe('readoutLine', () => {
  test('has the headline metrics, a GPU only where there is one', () => {
    assert.equal(
      readoutLine(readingsOf(COLUMNS)),
      'CPU 12%  RAM 57%  disk r   1.3 w     – MB/s  net in 980.4 out   0.0 Mbit/s',
    );
    assert.equal(
      readoutLine(readingsOf(COLUMNS, { gpus: gpusNamed('A') })),
      'CPU 12%  GPU 87% VRAM 33%  RAM 57%  disk r   1.3 w     – MB/s  net in 980.4 out   0.0 Mbit/s',
    );
    assert.match(
      readoutLine(readingsOf(COLUMNS, { gpus: gpusNamed('A', 'B') })),
      / {2}GPU0 87% VRAM 33% {2}GPU1 {2}–% VRAM {2}–% {2}/,
    );
  });

  test('keeps its columns in place', () => {
    const percent = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constant<Absence>('failed'));
    const rate = fc.oneof(fc.double({ min: 0, max: 9999.9, noNaN: true }), fc.constant<Absence>('denied'));
    const lengths = new Set<number>();
    fc.assert(
      fc.property(
        percent,
        percent,
        rate,
        rate,
        (total_utilization, ram_percent, disk_read_rate_mbps, net_send_rate_mbps) => {
          lengths.add(
            readoutLine(
              readingsOf({ total_utilization, ram_percent, disk_read_rate_mbps, net_send_rate_mbps }),
            ).length,
          );
        },
      ),
      { numRuns: 300 },
    );
    assert.equal(lengths.size, 1);
  });
});

describe('Readout', () => {
  test('is a line for each reading where there is no terminal', () => {
    const out = stream();
    const readout = new Readout(out);
    readout.show(readingsOf(COLUMNS));
    readout.show(readingsOf(COLUMNS));
    readout.end();
    const lines = out.text.split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[1] ?? '', /^2024-02-29T23:59:59\.999Z {2}CPU 12% /);
  });

  test('is one line written over on a terminal, never broken, and ended once', () => {
    for (const width of [1, 2, 20, 80, 500]) {
      const out = stream(width);
      const readout = new Readout(out);
      readout.show(readingsOf(COLUMNS));
      readout.show(readingsOf(COLUMNS));
      readout.end();
      readout.end();
      const [before = '', first = '', second = ''] = out.text.split('\r');
      assert.equal(before, '');
      assert.equal(first, second.slice(0, -1));
      assert.ok(second.endsWith('\u001b[K\n'));
      assert.ok(first.length - '\u001b[K'.length < width, String(width));
      assert.equal(out.text.split('\n').length, 2);
    }
  });

  test('ends no line that was not begun', () => {
    const out = stream(80);
    new Readout(out).end();
    assert.equal(out.text, '');
  });
});

test('readingsTable has every column with its unit and title, or why it has no value', () => {
  const lines = readingsTable(
    readingsOf({
      total_utilization: 12.5,
      power_watts: 'denied',
      gpu3_vram_used_mb: 8192,
      load_avg_1m: 0.5,
      novel: 1,
    }),
  ).split('\n');
  assert.deepEqual(
    lines.map(line => line.split(/ {2,}/)),
    [
      ['total_utilization', '12.5 %', 'CPU'],
      ['power_watts', 'denied', 'CPU power'],
      ['gpu3_vram_used_mb', '8192 MiB', 'GPU 3 VRAM'],
      ['load_avg_1m', '0.5', 'Load 1 min'],
      ['novel', '1'],
      [''],
    ],
  );
});
