import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_WINDOW_SETTINGS } from '../../../src/common/config/schema.ts';
import type { Absence } from '../../../src/common/frame.ts';
import type { Readings } from '../../../src/common/readings.ts';
import { slotsOf } from '../../../src/common/readings.ts';
import { parseTemplate } from '../../../src/common/status-template/parse.ts';
import { TOKEN_NAMES } from '../../../src/common/status-template/tokens.ts';
import { CATEGORIES, UNKNOWN } from '../../../src/common/workload.ts';
import { ChosenTemplate } from '../../../src/extension/status/chosen-template.ts';
import { RecentValues } from '../../../src/extension/status/recent.ts';
import { templateFaultText } from '../../../src/extension/status/template-words.ts';
import {
  StatusLine,
  type StatusText,
  type TextContext,
  type TextOptions,
  withWarning,
} from '../../../src/extension/status/text.ts';
import { gpusNamed, readingsOf } from '../../common/readings-of.ts';

const { template: FULL, compactTemplate: COMPACT } = DEFAULT_WINDOW_SETTINGS.statusBar;

type Options = Partial<TextOptions> & Partial<Omit<TextContext, 'readings'>>;

/** What a template shows of readings. */
function show(readings: Readings, template = FULL, options: Options = {}): StatusText {
  const { temperatureUnit = 'celsius', showWorkload = true, ...context } = options;
  const parsed = parseTemplate(template);
  assert.ok(parsed.ok, template);
  const line = new StatusLine(parsed.template, readings.layout, { temperatureUnit, showWorkload });
  return line.show({
    readings,
    recent: undefined,
    workload: undefined,
    machine: { short: 'local', full: 'this machine' },
    nowMs: 0,
    ...context,
  });
}

/** The text without the spaces that only keep its width. */
const plain = (text: string): string => text.replaceAll('\u2007', '');

const COLUMNS = {
  total_utilization: 12.4,
  avg_freq_mhz: 4512,
  temperature: 66.4,
  power_watts: 65.2,
  load_avg_1m: 1.25,
  gpu0_utilization: 3,
  gpu0_vram_percent: 40,
  gpu0_vram_used_mb: 9830.4,
  gpu0_vram_total_mb: 24_576,
  gpu0_temperature: 50,
  gpu0_power_watts: 100.4,
  gpu1_utilization: 99,
  gpu1_vram_percent: 10,
  gpu1_vram_used_mb: 800,
  gpu1_vram_total_mb: 8192,
  gpu1_temperature: 81,
  gpu1_power_watts: 200.4,
  ram_percent: 56.5,
  ram_used_mb: 18_000,
  ram_available_mb: 14_000,
  ram_total_mb: 32_000,
  swap_percent: 'unsupported',
  cpu_pressure: 3.21,
  memory_pressure: 0.1,
  io_pressure: 12,
  disk_0_used_gb: 700,
  disk_0_total_gb: 1000,
  disk_0_percent: 70,
  disk_1_used_gb: 450,
  disk_1_total_gb: 500,
  disk_1_percent: 90,
  disk_read_rate_mbps: 12.34,
  net_recv_rate_mbps: 980.4,
  net_send_rate_mbps: 'failed',
  net_connections_established: 17,
  session_confidence: 82,
} as const;
const TWO = { gpus: gpusNamed('A', 'B'), category: 'coding_development' };

describe('the status bar text', () => {
  test('has CPU and memory, and the GPU where there is one', () => {
    const columns = { total_utilization: 12.4, ram_percent: 56.5, gpu0_utilization: 87 };
    const without = show(readingsOf(columns));
    assert.equal(plain(without.text), '$(pulse) CPU 12% RAM 57%');
    assert.equal(without.label, 'OptiMetrics, CPU 12 percent, memory 57 percent');
    const one = show(readingsOf(columns, { gpus: gpusNamed('A') }));
    assert.equal(plain(one.text), '$(pulse) CPU 12% GPU 87% RAM 57%');
    assert.equal(one.label, 'OptiMetrics, CPU 12 percent, GPU 87 percent, memory 57 percent');
  });

  test('has the busiest of several GPUs', () => {
    const columns = {
      total_utilization: 1,
      ram_percent: 2,
      gpu0_utilization: 3,
      gpu1_utilization: 'asleep',
      gpu2_utilization: 99,
    } as const;
    const { text, label } = show(readingsOf(columns, { gpus: gpusNamed('A', 'B', 'C') }));
    assert.equal(plain(text), '$(pulse) CPU 1% GPU×3 99% RAM 2%');
    assert.match(label, /busiest of 3 GPUs 99 percent/);
  });

  test('shows that a value is missing, never 0', () => {
    const columns = {
      total_utilization: 'failed',
      ram_percent: 'unsupported',
      gpu0_utilization: 'asleep',
    } as const;
    const { text, label } = show(readingsOf(columns, { gpus: gpusNamed('A') }));
    assert.equal(plain(text), '$(pulse) CPU – GPU – RAM –');
    assert.equal(label, 'OptiMetrics, CPU not known, GPU not known, memory not known');
    assert.doesNotMatch(show(readingsOf({})).text, /\d/);
  });

  test('leaves out what does not exist on this machine, and one space with it', () => {
    const text = (columns: Record<string, number | Absence>): string =>
      plain(show(readingsOf(columns), 'a [ {cpuTemp} ] b[ {cpuPower}]').text);
    assert.equal(text({ temperature: 'unsupported' }), 'a b');
    assert.equal(text({}), 'a b');
    assert.equal(text({ temperature: 'denied', power_watts: 4 }), 'a – b 4W');
  });

  test('ends with the workload class when there is one', () => {
    const readings = readingsOf({ total_utilization: 1, ram_percent: 2 }, { category: 'ai_training' });
    const { text, label } = show(readings);
    assert.ok(plain(text).endsWith('2% $(circuit-board) AI'));
    assert.ok(label.endsWith(', workload ai training'));
  });

  test('says so when the class is unknown, and nothing while there is no answer or it is not wanted', () => {
    const columns = { total_utilization: 1, ram_percent: 2 };
    const unknown = show(readingsOf(columns, { category: 'unknown' }));
    assert.ok(unknown.text.endsWith(' $(question) unknown'));
    assert.ok(unknown.label.endsWith(', workload unknown'));
    const none = show(readingsOf(columns));
    assert.ok(plain(none.text).endsWith('%') && none.label.endsWith('percent'));
    assert.deepEqual(show(readingsOf(columns, { category: 'gaming' }), FULL, { showWorkload: false }), none);
    const all = '{class} {class:name} {classTime} {confidence}';
    assert.equal(plain(show(readingsOf(COLUMNS, TWO), all, { showWorkload: false }).text), '– – – –');
  });

  test('has an icon for each class, and one for those of the user’s own', () => {
    const iconOf = (category: string): string =>
      /\$\(([a-z-]+)\) [^$]+$/.exec(show(readingsOf({}, { category })).text)?.[1] ?? '';
    const icons = [...CATEGORIES, UNKNOWN].map(iconOf);
    assert.equal(new Set(icons).size, CATEGORIES.length + 1);
    assert.ok(!icons.includes('') && !icons.includes('tag'));
    assert.equal(iconOf('my_renderer'), 'tag');
  });

  test('has its icon replaced by a warning, or one before it', () => {
    assert.equal(withWarning('$(pulse) CPU 1%'), '$(warning) CPU 1%');
    assert.equal(withWarning('CPU 1% $(code)'), '$(warning) CPU 1% $(code)');
  });

  test('has a short form', () => {
    assert.equal(plain(show(readingsOf(COLUMNS, TWO), COMPACT).text), '$(pulse) 12% 99% 57% $(code)');
    assert.equal(
      plain(show(readingsOf({ total_utilization: 1, ram_percent: 2 }), COMPACT).text),
      '$(pulse) 1% 2%',
    );
  });

  test('writes every value in its unit and its formats', () => {
    const workload = {
      current: {
        category: 'coding_development',
        confidence: 0.82,
        sinceMs: -24 * 60_000,
        reasons: [],
        probabilities: {},
      },
      categories: [],
      times: { atMs: 0, today: {}, week: {} },
    };
    const expected: Readonly<Record<string, string>> = {
      '{cpu:.1}': '12.4%',
      '{cpu:number}': '12',
      '{cpu:bar}': '▂',
      '{cpuTemp}': '66°C',
      '{cpuTemp:f}': '152°F',
      '{cpuTemp:number.1}': '66.4',
      '{cpuPower:.1}': '65.2W',
      '{cpuFreq}': '4.51GHz',
      '{cpuFreq:mhz}': '4512MHz',
      '{load}': '1.25',
      '{load:.1}': '1.3',
      '{load5}': '–',
      '{gpu}': '99%',
      '{gpu0}': '3%',
      '{gpu1Temp}': '81°C',
      '{gpuTemp}': '81°C',
      '{gpuPower}': '301W',
      '{vram}': '40%',
      '{vramPercent}': '40%',
      '{vram:gib}': '9.6GiB',
      '{vramUsed}': '9.6GiB',
      '{vramTotal}': '24.0GiB',
      '{gpu1Vram:mib}': '800MiB',
      '{gpu2}': '–',
      '{gpuLabel}': 'GPU×2',
      '{ram:gib}': '17.6GiB',
      '{ram:gib.2}': '17.58GiB',
      '{ramFree:mib}': '14000MiB',
      '{ramTotal:gib.0}': '31GiB',
      '{swap}': '–',
      '{disk}': '90%',
      '{disk:gib}': '450.0GiB',
      '{diskFree}': '50.0GiB',
      '{diskRead}': '12.3MB/s',
      '{diskRead:mib.2}': '11.77MiB/s',
      '{netDown}': '980Mbit/s',
      '{netDown:mb}': '123MB/s',
      '{netUp}': '–',
      '{connections}': '17',
      '{pressure}': '12%',
      '{memoryPressure:.1}': '0.1%',
      '{class}': '$(code) Coding',
      '{class:icon}': '$(code)',
      '{class:short}': 'Coding',
      '{classTime}': '24 min',
      '{confidence}': '82%',
      '{machine}': 'local',
      '{machine:full}': 'this machine',
    };
    for (const [template, text] of Object.entries(expected))
      assert.equal(plain(show(readingsOf(COLUMNS, TWO), template, { workload }).text), text, template);
  });

  test('speaks in words, in the units that are shown', () => {
    const label = (template: string): string =>
      show(readingsOf(COLUMNS, TWO), template, { temperatureUnit: 'fahrenheit' }).label;
    assert.equal(
      label(
        '{cpuTemp} {cpuFreq} {ram:gib} {gpu1Temp:c} {netDown} {diskRead} {gpu0Power} {class} {cpu:bar} {netUp}',
      ),
      'OptiMetrics, CPU temperature 152 degrees Fahrenheit, CPU clock 4.51 gigahertz, memory 17.6 gibibytes, ' +
        'GPU 1 temperature 81 degrees Celsius, network in 980 megabits per second, ' +
        'disk read 12.3 megabytes per second, GPU 0 power 100 watts, workload coding, CPU 12 percent, network out not known',
    );
    for (const name of TOKEN_NAMES) assert.doesNotMatch(label(`{${name}}`), /undefined|NaN|[{}]/, name);
  });

  test('has the last samples as blocks, with gaps', () => {
    const readings = readingsOf(COLUMNS, TWO);
    const recent = new RecentValues(['gpu0_utilization', 'gpu1_utilization'], slotsOf(readings.layout), 1000);
    recent.add(readings.frame);
    assert.equal(show(readings, '{gpu:spark3}', { recent }).text, '┈┈█');
    assert.equal(show(readings, '{gpu0:spark}', { recent }).text, '┈┈┈┈┈┈┈▁');
    assert.match(show(readings, '{gpu:spark3}', { recent }).label, /busiest of 2 GPUs 99 percent/);
  });

  test('keeps its width, whatever the values', () => {
    const value = fc.oneof(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.constantFrom<Absence>('asleep', 'denied', 'failed'),
    );
    const template = `${FULL} {cpu:.1} {cpuTemp} {cpuPower} {diskRead} {ram:number} {cpu:bar}`;
    for (const gpus of [gpusNamed(), gpusNamed('A'), gpusNamed('A', 'B')]) {
      const lengths = new Set<number>();
      fc.assert(
        fc.property(
          fc.record({
            total_utilization: value,
            ram_percent: value,
            gpu0_utilization: value,
            gpu1_utilization: value,
            temperature: value,
            power_watts: value,
            disk_read_rate_mbps: value,
          }),
          columns => {
            lengths.add(show(readingsOf(columns, { gpus }), template).text.length);
          },
        ),
        { numRuns: 200 },
      );
      assert.equal(lengths.size, 1);
    }
  });
});

describe('the template in use', () => {
  test('is the last right one while the user’s is wrong', () => {
    const chosen = new ChosenTemplate(FULL);
    const text = (): string => {
      const line = new StatusLine(chosen.template, readingsOf({}).layout, {
        temperatureUnit: 'celsius',
        showWorkload: false,
      });
      const machine = { short: 'local', full: 'this machine' };
      const context = { readings: readingsOf({}), recent: undefined, workload: undefined, machine, nowMs: 0 };
      return plain(line.show(context).text);
    };
    assert.equal(text(), '$(pulse) CPU – RAM –');
    chosen.set('a {cpu}');
    assert.deepEqual([text(), chosen.fault], ['a –', undefined]);
    chosen.set('b {cpu');
    assert.deepEqual([text(), chosen.fault?.at], ['a –', 3]);
    chosen.set(5);
    assert.deepEqual([text(), chosen.fault?.kind], ['a –', 'empty']);
    chosen.set('a {cpu}');
    assert.equal(chosen.fault, undefined);
  });

  test('is said to be wrong with where, why and what to write', () => {
    const text = (template: string): string => {
      const parsed = parseTemplate(template);
      assert.ok(!parsed.ok);
      return templateFaultText(parsed.fault);
    };
    for (const [template, expected] of [
      ['', 'The template is empty. Turn off statusBar.enabled to hide the item.'],
      ['{cpx}', 'Character 1 of the template: there is no value {cpx}. Did you mean {cpu}?'],
      ['{CPUTEMP}', 'Character 1 of the template: there is no value {CPUTEMP}. Did you mean {cpuTemp}?'],
      [
        'a {nothing like it}',
        'Character 3 of the template: there is no value {nothing like it}; docs/status-bar.md lists them. Write {{ for a brace.',
      ],
      ['{class:big}', 'Character 8 of the template: class has no format “big”, but icon, short, name.'],
      ['{classTime:x}', 'Character 12 of the template: classTime has no formats; write {classTime}.'],
      ['{cpu', 'Character 1 of the template: { is not closed. Write } after the name, or {{ for a brace.'],
      ['}', 'Character 1 of the template: } closes nothing. Write }} for a brace.'],
      [
        '{cpu}[',
        'Character 6 of the template: [ is not closed. Write ] after the part, or [[ for a bracket.',
      ],
      [']', 'Character 1 of the template: ] closes nothing. Write ]] for a bracket.'],
      [
        '[[[{cpu}[',
        'Character 9 of the template: a part in brackets cannot be in another one. Write [[ for a bracket.',
      ],
      [
        '[x]',
        'Character 1 of the template: the part in brackets has no value that could be missing. Write [[ for a bracket.',
      ],
      ['a\tb', 'Character 2 of the template: a control character, such as a line break, cannot be shown.'],
    ] as const)
      assert.equal(text(template), expected);
    assert.doesNotMatch(text('{a\u202eb\u0007}'), /[\p{Cc}\p{Cf}]/u);
  });
});
