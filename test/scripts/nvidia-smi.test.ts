/** The comparison with nvidia-smi, on what both said of an NVIDIA H200 idle, under a load, and at its power limit. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { readLogFile, type LogRow } from '../process/harness/log.ts';
import { agrees, compareGpus, compareProcesses, gpuTable } from '../process/harness/tools/gpu-compare.ts';
import {
  parsePmon,
  parseSmi,
  SMI_FIELDS,
  smiArguments,
  type SmiSample,
} from '../process/harness/tools/nvidia-smi.ts';

const FIXTURES = path.resolve(import.meta.dirname, '..', 'fixtures', 'nvidia-smi');
const text = (name: string): string => fs.readFileSync(path.join(FIXTURES, name), 'utf8');

describe('nvidia-smi beside our log', () => {
  let ours: readonly LogRow[];
  let theirs: readonly SmiSample[];

  before(() => {
    // nvidia-smi writes local time, and that machine's was UTC.
    process.env['TZ'] = 'UTC';
    ours = readLogFile(path.join(FIXTURES, 'log.csv'));
    theirs = parseSmi(text('nvidia-smi.csv'));
  });

  test('lines become samples', () => {
    assert.equal(theirs.length, text('nvidia-smi.csv').trimEnd().split('\n').length);
    assert.deepEqual(theirs[0], {
      timeMs: Date.parse('2026-11-26T11:31:08.094Z'),
      gpu: 0,
      values: {
        utilization: 0,
        memory_utilization: 0,
        vram_used_mb: 0,
        vram_total_mb: 143771,
        temperature: 32,
        power_watts: 75.85,
        power_limit_watts: 700,
        core_clock_mhz: 345,
        memory_clock_mhz: 3201,
        sm_clock_mhz: 345,
        fan_speed: Number.NaN,
        encoder_utilization: 0,
        decoder_utilization: 0,
        performance_state: 0,
        throttle_reasons: 1,
      },
    });
  });

  test('half a line, a heading and nonsense are left out', () => {
    const line = text('nvidia-smi.csv').split('\n')[0] ?? '';
    assert.equal(parseSmi(`${line}\n${line.slice(0, -30)}`).length, 1);
    assert.deepEqual(parseSmi('\nNo devices were found\nx, y'), []);
    assert.deepEqual(parseSmi(line.replace('2026/11/26', 'yesterday')), []);
  });

  test('asks for as many fields as it reads', () => {
    const query = smiArguments(200).find(argument => argument.startsWith('--query-gpu=')) ?? '';
    assert.equal(query.split(',').length, SMI_FIELDS.length + 2);
  });

  test('every column agrees', () => {
    const comparisons = compareGpus(ours, theirs);
    assert.equal(comparisons.length, SMI_FIELDS.length);
    assert.ok(comparisons.every(agrees), gpuTable(comparisons));
    assert.ok(comparisons.every(({ samples }) => samples >= 30));
    assert.ok((comparisons.find(({ column }) => column === 'power_watts')?.ours ?? 0) > 100);
  });

  for (const { column, tolerance } of SMI_FIELDS.filter(field => field.column !== 'fan_speed'))
    test(`a wrong ${column} is found`, () => {
      const name = `gpu0_${column}`;
      const wrong = ours.map(row => ({ ...row, [name]: String(Number(row[name]) + 1.1 * tolerance + 1) }));
      const off = compareGpus(wrong, theirs).filter(comparison => !agrees(comparison));
      // Where a value moves much between two readings, a small error hides: then a larger one is looked for.
      const far = ours.map(row => ({ ...row, [name]: String(Number(row[name]) * 1.5 + 200) }));
      const found = off.length > 0 ? off : compareGpus(far, theirs).filter(one => !agrees(one));
      assert.deepEqual(
        found.map(one => one.column),
        [column],
      );
    });

  test('a value that only one of the two has is found', () => {
    const missing = ours.map(row => ({ ...row, gpu0_temperature: '' }));
    const invented = ours.map(row => ({ ...row, gpu0_fan_speed: '30' }));
    for (const rows of [missing, invented])
      assert.equal(compareGpus(rows, theirs).filter(comparison => !agrees(comparison)).length, 1);
  });

  test('nothing at the same moment is no agreement', () => {
    const later = ours.map(row => ({ ...row, timestamp: '2027-01-01T00:00:00.000Z' }));
    assert.ok(!compareGpus(later, theirs).some(agrees));
  });

  test('processes are counted by kind', () => {
    assert.deepEqual(parsePmon(text('pmon.txt')), [{ gpu: 0, compute: 1, graphics: 0 }]);
    const lines = ['# gpu pid type', '    0   -   -  -', '    1   7   C+G  1', '    1   8   G  -'].join('\n');
    assert.deepEqual(parsePmon(lines), [
      { gpu: 0, compute: 0, graphics: 0 },
      { gpu: 1, compute: 1, graphics: 2 },
    ]);
    const row = { gpu0_compute_processes: '1', gpu0_graphics_processes: '0' };
    const counted = parsePmon(text('pmon.txt'));
    assert.ok(compareProcesses(row, counted).every(agrees));
    assert.ok(!compareProcesses({ ...row, gpu0_graphics_processes: '1' }, counted).every(agrees));
    assert.ok(!compareProcesses({}, counted).some(agrees));
  });
});
