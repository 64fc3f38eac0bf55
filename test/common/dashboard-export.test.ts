import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  EXPORT_CHUNK_BYTES,
  ExportCollector,
  exportChunks,
  isExportAnswer,
  isExportRequest,
} from '../../src/common/dashboard-export.ts';

describe('messages of an export', () => {
  test('only those of the form that is declared count', () => {
    const bytes = new Uint8Array(4);
    for (const right of [
      { type: 'exportChunk', request: 1, bytes },
      { type: 'exportEnd', request: 0 },
      { type: 'exportFailed', request: 2, fault: 'large' },
    ])
      assert.ok(isExportAnswer(right), JSON.stringify(right));
    for (const wrong of [
      { type: 'exportChunk', request: 1, bytes: [1, 2] },
      { type: 'exportChunk', request: 1, bytes: new Uint8Array(EXPORT_CHUNK_BYTES + 1) },
      { type: 'exportChunk', request: -1, bytes },
      { type: 'exportEnd', request: '1' },
      { type: 'exportEnd' },
      { type: 'exportFailed', request: 2, fault: 'other' },
      { type: 'export', request: 2, kind: 'png' },
    ])
      assert.ok(!isExportAnswer(wrong), JSON.stringify(wrong));
    assert.ok(isExportRequest({ type: 'export', request: 2, kind: 'png' }));
    assert.ok(!isExportRequest({ type: 'export', request: 2, kind: 'exe' }));
    assert.ok(!isExportRequest({ type: 'export', request: 0.5, kind: 'csv' }));
  });

  test('what is cut into chunks is put together as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * EXPORT_CHUNK_BYTES }), length => {
        const bytes = Uint8Array.from({ length }, (_, at) => (at * 31) % 251);
        const collector = new ExportCollector();
        for (const chunk of exportChunks(bytes)) {
          assert.ok(chunk.byteLength > 0 && chunk.byteLength <= EXPORT_CHUNK_BYTES);
          assert.ok(collector.add(chunk));
        }
        assert.ok(Buffer.from(collector.bytes()).equals(bytes));
      }),
      { numRuns: 20 },
    );
  });

  test('what is too large is dropped, and stays so', () => {
    const collector = new ExportCollector(10);
    assert.equal(collector.add(new Uint8Array(10)), true);
    assert.equal(collector.add(new Uint8Array(1)), false);
    assert.equal(collector.add(new Uint8Array(1)), false);
    assert.equal(collector.bytes().byteLength, 0);
  });
});
