import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { csvLine, shownAsCsv } from '../../../webview/export/csv.ts';
import { setTemperatureUnit } from '../../../webview/temperature.ts';
import { shown } from '../support/shown.ts';
import { parseCsv } from '../support/parse-csv.ts';

const T0 = Date.UTC(2026, 10, 26, 8, 0, 0);
const NONE = Number.NaN;

describe('CSV as RFC 4180 has it', () => {
  test('any fields are read back as they were written', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ' ', ',', '"', '\r', '\n', ';', 'ß', '=') });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(table, rows => {
        assert.deepEqual(parseCsv(rows.map(csvLine).join('')), rows);
      }),
    );
  });

  test('only what needs quotes has them, and lines end with CR and LF', () => {
    assert.equal(
      csvLine(['1.5', 'a b', '', 'say "x"', 'a,b', 'a\nb']),
      '1.5,a b,,"say ""x""","a,b","a\nb"\r\n',
    );
  });
});

describe('what is shown as CSV', () => {
  test('samples: the moment in UTC, the class, and the columns under their names in the log', () => {
    const data = shown({
      times: [T0 - 1000, T0, T0 + 1000, T0 + 2000, T0 + 3000],
      from: T0,
      mean: {
        total_utilization: [1, 12.5, NONE, 100, NONE],
        ram_used_mb: [1, 15_000, 15_001, NONE, NONE],
        gpu0_temperature: [1, 2, 3, 4, NONE],
      },
      workload: [
        { category: 'idle', from: T0 - 1000, to: T0 + 1000 },
        { category: 'secret_project', from: T0 + 1000, to: T0 + 2000 },
      ],
    });
    assert.equal(
      shownAsCsv(data, ['total_utilization', 'ram_used_mb', 'swap_percent', 'total_utilization']),
      'timestamp,session_category,total_utilization,ram_used_mb\r\n' +
        '2026-11-26T08:00:00.000Z,idle,12.5,15000\r\n' +
        // A class of the user’s own profiles is not named.
        '2026-11-26T08:00:01.000Z,profile,,15001\r\n' +
        '2026-11-26T08:00:02.000Z,profile,100,\r\n',
    );
  });

  test('temperatures in °F are called so, as no column of the log is', t => {
    setTemperatureUnit('fahrenheit');
    t.after(() => {
      setTemperatureUnit('celsius');
    });
    const data = shown({
      times: [T0],
      stepMs: 60_000,
      mean: { temperature: [122], gpu0_temperature: [140.5], gpu0_fan_speed: [40] },
      min: { temperature: [120], gpu0_temperature: [140], gpu0_fan_speed: [40] },
    });
    assert.equal(
      shownAsCsv(data, ['temperature', 'gpu0_temperature', 'gpu0_fan_speed']),
      'timestamp,session_category,temperature_fahrenheit,temperature_fahrenheit_min,' +
        'gpu0_temperature_fahrenheit,gpu0_temperature_fahrenheit_min,gpu0_fan_speed,gpu0_fan_speed_min\r\n' +
        '2026-11-26T08:00:00.000Z,,122,120,140.5,140,40,40\r\n',
    );
  });

  test('means: with their least and greatest values', () => {
    const data = shown({
      times: [T0, T0 + 60_000],
      stepMs: 60_000,
      mean: { total_utilization: [10, 20.123_456_789] },
      min: { total_utilization: [1, 2] },
      max: { total_utilization: [NONE, 99] },
    });
    assert.equal(
      shownAsCsv(data, ['total_utilization']),
      'timestamp,session_category,total_utilization,total_utilization_min,total_utilization_max\r\n' +
        '2026-11-26T08:00:00.000Z,,10,1,\r\n' +
        '2026-11-26T08:01:00.000Z,,20.12346,2,99\r\n',
    );
  });
});
