import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Absence } from '../../../src/common/frame.ts';
import type { AdapterStatus, SamplerStatus } from '../../../src/common/protocol.ts';
import { type Readings, slotsOf } from '../../../src/common/readings.ts';
import { RecentValues } from '../../../src/extension/status/recent.ts';
import { type TooltipContent, tooltipMarkdown } from '../../../src/extension/status/tooltip.ts';
import { tableColumns, type TableContent } from '../../../src/extension/status/tooltip-table.ts';
import type { WorkloadLines } from '../../../src/extension/status/workload.ts';
import { gpusNamed, readingsOf } from '../../common/readings-of.ts';

const STATUS: SamplerStatus = {
  adapters: [{ name: 'cpu', group: 'cpu', state: 'ok', detail: '2 cores', instances: { core: 2 } }],
  log: { state: 'writing', file: 'metrics_476aa2f1_2024-02-29.csv', rowsWritten: 5 },
  hardwareId: '476aa2f138590064966c48cda3e6a773',
  intervalSeconds: 1,
  container: false,
  clients: 1,
};
const COLUMNS: Record<string, number | Absence> = {
  total_utilization: 12.4,
  core_0_utilization: 1,
  core_1_utilization: 2,
  avg_freq_mhz: 4512,
  temperature: 'unsupported',
  power_watts: 65.2,
  load_avg_1m: 1.25,
  gpu0_utilization: 87,
  gpu0_vram_used_mb: 8192,
  gpu0_vram_total_mb: 24_576,
  gpu0_power_watts: 300.4,
  gpu0_temperature: 66,
  gpu1_utilization: 'asleep',
  gpu1_vram_used_mb: 'asleep',
  ram_percent: 56.4,
  ram_used_mb: 18_000,
  ram_total_mb: 32_000,
  swap_total_mb: 0,
  swap_percent: 'unsupported',
  memory_pressure: 0.4,
  disk_0_used_gb: 700,
  disk_0_total_gb: 1000,
  disk_0_percent: 70.2,
  disk_1_used_gb: 10.2,
  disk_1_total_gb: 500,
  disk_1_percent: 2.4,
  disk_read_rate_mbps: 12.34,
  disk_write_rate_mbps: 0.04,
  net_recv_rate_mbps: 980.4,
  net_send_rate_mbps: 'failed',
  net_connections_established: 17,
};

const WORKLOAD: WorkloadLines = {
  icon: '$(code)',
  answer: 'Coding, 82 % sure',
  times: 'for 24 min, 1 h 20 min today',
  reasons: ['GPU 96 % with steady VRAM 71 GiB', 'no encoder', 'CPU load between 2 and 90 %'],
  alternatives: 'Next likely: Idle 11 %',
};

type Content = Partial<Omit<TooltipContent, 'readout'>> &
  Partial<TableContent> & { readonly isIdle?: boolean };

function tooltip({
  readings = readingsOf(COLUMNS, { gpus: gpusNamed('RTX 4090', 'RTX 2060') }),
  recent,
  temperatureUnit = 'celsius',
  isIdle = false,
  ...content
}: Content = {}): string {
  const status = 'status' in content ? content.status : STATUS;
  return tooltipMarkdown({
    machine: 'this machine',
    readout: isIdle ? undefined : { readings, recent, status, temperatureUnit },
    workload: undefined,
    note: '',
    troubles: [],
    upload: undefined,
    template: undefined,
    links: [
      { title: 'Open Dashboard', command: 'optimetrics.openDashboard' },
      { title: 'Stop', command: 'optimetrics.stop' },
    ],
    ...content,
    status,
  });
}

/** Cells of the table’s rows by their first, as they show: without escapes and padding. */
function cells(markdown: string): Record<string, string[]> {
  const rows = markdown.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| | |'));
  return Object.fromEntries(
    rows.map(row => {
      const parts = row.slice(1, -1).split(/(?<!\\)\|/);
      assert.equal(parts.length, 4, row);
      const [group = '', value = '', , more = ''] = parts.map(cell =>
        cell.replace(/\\(.)/g, '$1').replaceAll('&nbsp;', '').replaceAll('\u00a0', ' ').trim(),
      );
      return [group, [value, more]];
    }),
  );
}

describe('the tooltip', () => {
  test('has a row for every group, with the values that there are', () => {
    const rows = cells(tooltip());
    assert.deepEqual(Object.keys(rows), ['CPU', 'GPU 0', 'GPU 1', 'Memory', 'Disk', 'Network']);
    assert.deepEqual(rows['CPU'], ['12 %', '4.51 GHz · 65 W · load 1.25 · 2 cores']);
    assert.deepEqual(rows['GPU 0'], ['87 %', 'RTX 4090 · VRAM 8.0 of 24.0 GiB · 300 W · 66 °C']);
    assert.deepEqual(rows['Memory'], ['56 %', '17.6 of 31.3 GiB · no swap']);
    assert.match(
      rows['Disk']?.join(' ') ?? '',
      /70 %.*read 12\.3 MB\/s.*write 0\.04 MB\/s.*700 of 1000 GiB.*10 of 500 GiB/,
    );
    assert.match(rows['Network']?.join(' ') ?? '', /in 980 Mbit\/s/);
    assert.match(rows['Network']?.join(' ') ?? '', /17 connections/);
  });

  test('says what the shares are of where a container limits us, and what the machine has', () => {
    const limits = { cpu: { cores: 2, hostCores: 64 }, memory: { mb: 32_000, hostMb: 515_072 } };
    const rows = cells(tooltip({ status: { ...STATUS, limits } }));
    assert.deepEqual(rows['CPU'], ['12 %', 'of 2 cores (machine: 64) · 4.51 GHz · 65 W · load 1.25']);
    assert.deepEqual(rows['Memory'], ['56 %', '17.6 GiB of 31.3 GiB limit (machine: 503 GiB) · no swap']);

    const one = cells(tooltip({ status: { ...STATUS, limits: { cpu: { cores: 0.5, hostCores: 8 } } } }));
    assert.match(one['CPU']?.[1] ?? '', /^of 0\.5 cores \(machine: 8\) · /);
    assert.equal(one['Memory']?.[1], '17.6 of 31.3 GiB · no swap');
  });

  test('says what memory is limited to while its use is not known', () => {
    const limits = { memory: { mb: 512, hostMb: 8192 } };
    const readings = readingsOf({ ram_percent: 'failed', ram_used_mb: 'failed', swap_total_mb: 0 });
    assert.deepEqual(cells(tooltip({ readings, status: { ...STATUS, limits } }))['Memory'], [
      'failed',
      'of 512 MiB limit (machine: 8.0 GiB) · no swap',
    ]);
  });

  test('says why a GPU or the CPU shows no share, and shows no other missing value at all', () => {
    const rows = cells(tooltip());
    assert.deepEqual(rows['GPU 1'], ['asleep', 'RTX 2060']);
    assert.doesNotMatch(tooltip(), /NaN|undefined|null|failed/);
    assert.deepEqual(
      cells(tooltip({ readings: readingsOf({ total_utilization: 'denied' }) }))['CPU']?.[0],
      'denied',
    );
  });

  test('calls a single GPU the GPU, and has none where there is none', () => {
    const named = (...names: string[]): string[] =>
      Object.keys(cells(tooltip({ readings: readingsOf(COLUMNS, { gpus: gpusNamed(...names) }) })));
    assert.deepEqual(named('A'), ['CPU', 'GPU', 'Memory', 'Disk', 'Network']);
    assert.deepEqual(named(), ['CPU', 'Memory', 'Disk', 'Network']);
  });

  test('shows swap and pressure when there is some', () => {
    const readings = readingsOf({
      ram_percent: 90,
      swap_total_mb: 1024,
      swap_percent: 33.3,
      memory_pressure: 12.3,
    });
    assert.equal(cells(tooltip({ readings }))['Memory']?.[1], 'swap 33 % · pressure 12 %');
  });

  test('names the machine first, then what is wrong', () => {
    const text = tooltip({ machine: 'remote machine over SSH', note: 'The sampler died.' }).replaceAll(
      '\\',
      '',
    );
    assert.ok(text.startsWith('**OptiMetrics** — remote machine over SSH\n\nThe sampler died.\n\n'));
  });

  test('has the last samples of each group as blocks, and says how far back they reach', () => {
    const readings = readingsOf(COLUMNS, { gpus: gpusNamed('A') });
    const recent = new RecentValues(tableColumns(readings.layout), slotsOf(readings.layout), 1000);
    for (let second = 0; second < 60; second++)
      recent.add({
        ...readings.frame,
        utcMs: second * 1000,
        values: readings.frame.values.map(value => value && second),
      });
    const lines = tooltip({ readings, recent }).split('\n');
    assert.ok(lines.includes('| | | &nbsp;&nbsp;last 2\u00a0min | |'));
    const sparks = lines.flatMap(line => /&nbsp;([▁-█┈]+)&nbsp;/.exec(line)?.[1] ?? []);
    assert.equal(sparks.length, 5);
    assert.equal(sparks[0], '┈┈┈┈┈┈▁▂▃▃▄▅', 'CPU, of 100 %');
    assert.match(sparks[3] ?? '', /█$/, 'disks, of their highest');
  });

  test('has temperatures in the unit that the user reads', () => {
    assert.match(cells(tooltip({ temperatureUnit: 'fahrenheit' }))['GPU 0']?.[1] ?? '', / · 151 °F$/);
  });

  test('says what is really wrong and what to do, before the table', () => {
    const text = tooltip({
      troubles: [{ what: 'Disk 0 is full', remedy: 'Delete files.' }],
      template: {
        what: 'Character 3 of the template: {x}',
        link: {
          title: 'Edit',
          command: 'workbench.action.openSettings',
          args: ['optimetrics.statusBar.template'],
        },
      },
    });
    assert.match(text, /\n\n\$\(warning\) \*\*Disk 0 is full\*\* {2}\nDelete files\\\.\n\n/);
    assert.ok(
      text.includes(
        '$(edit) Character 3 of the template\\: \\{x\\} [Edit](command:workbench.action.openSettings?%5B%22optimetrics.statusBar.template%22%5D)',
      ),
      text,
    );
    assert.ok(text.indexOf('Disk 0 is full') < text.indexOf('|'));
  });

  test('has no table and no log line while nothing runs, but the links', () => {
    const text = tooltip({ isIdle: true, status: undefined, note: 'Stopped in this window.' });
    assert.doesNotMatch(text, /\||Log/);
    assert.ok(
      text.endsWith('[Open Dashboard](command:optimetrics.openDashboard) · [Stop](command:optimetrics.stop)'),
    );
  });

  test('tells of adapters in trouble, and of no others', () => {
    const states: AdapterStatus['state'][] = [
      'ok',
      'off',
      'opening',
      'unsupported',
      'asleep',
      'denied',
      'failed',
      'left-out',
      'quarantined',
    ];
    const adapters = states.map(state => ({
      name: `part-${state}`,
      group: 'cpu',
      state,
      detail: 'the reason',
      remedy: 'do this',
    }));
    const text = tooltip({ status: { ...STATUS, adapters } }).replaceAll('\\', '');
    for (const state of states) {
      const isTold = text.includes(`$(warning) part-${state} ${state}: the reason. do this`);
      assert.equal(isTold, ['asleep', 'denied', 'failed', 'left-out', 'quarantined'].includes(state), state);
    }
  });

  test('names the kind of work, how sure that is, for how long, why, and what else it may be', () => {
    const text = tooltip({ workload: WORKLOAD }).replaceAll('\\', '');
    assert.ok(
      text.includes(
        '\n\n$(code) **Coding, 82 % sure** for 24 min, 1 h 20 min today\n\n' +
          '- GPU 96 % with steady VRAM 71 GiB\n- no encoder\n- CPU load between 2 and 90 %\n\n' +
          'Next likely: Idle 11 %\n\n',
      ),
      text,
    );
    const bare = tooltip({ workload: { ...WORKLOAD, reasons: [], alternatives: '' } }).replaceAll('\\', '');
    assert.match(bare, /today\n\nLog:/);
    assert.doesNotMatch(tooltip({ workload: WORKLOAD, isIdle: true }), /Coding/);
  });

  test('says why there is no kind of work', () => {
    const workload = { state: 'failed', why: 'the model cannot be used', corrections: 0 } as const;
    assert.match(
      tooltip({ status: { ...STATUS, workload } }).replaceAll('\\', ''),
      /\$\(warning\) Workload: the model cannot be used/,
    );
    assert.doesNotMatch(
      tooltip({ status: { ...STATUS, workload: { state: 'off', corrections: 0 } } }),
      /Workload/,
    );
  });

  test('tells how the log is doing', () => {
    const line = (log: SamplerStatus['log']): string =>
      tooltip({ status: { ...STATUS, log } }).replaceAll('\\', '');
    assert.match(line(STATUS.log), /Log: metrics_476aa2f1_2024-02-29\.csv\n/);
    assert.match(line({ state: 'writing', rowsWritten: 0 }), /Log: new file\n/);
    assert.match(
      line({ state: 'paused', why: 'no space', rowsWritten: 0 }),
      /\$\(warning\) Log paused: no space/,
    );
    assert.match(line({ state: 'waiting', rowsWritten: 0 }), /Log: about to begin/);
    assert.match(line({ state: 'off', rowsWritten: 0 }), /Log: off/);
  });
});

describe('a tooltip with hostile names', () => {
  /** What names may not do: be more than text. */
  const hostile = fc.oneof(
    fc.constantFrom(
      'a | b',
      'a\\| b',
      'a\n| x | y | z |',
      'a\r\n\r\n# title',
      '`code`',
      '[link](command:workbench.action.terminal.new)',
      '![picture](https://example.com/x.png)',
      '<img src=x onerror=alert(1)>',
      'https://example.com www.example.com me@example.com',
      '$(zap) $(warning)',
      '**bold** _it_ ~~gone~~',
      '&lt; &#124;',
      '\u2028| a',
      '    indented',
      '- list',
      '1. list',
      'a\n===',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  /** Our own markup, with every text that is not ours taken out. */
  function skeleton(markdown: string): string {
    return markdown.replace(/\\.|[^\\|*_\n[\]()$`<>#~&!@{}]/gu, '');
  }
  const shown = (readings: Readings, note: string, detail: string): string =>
    tooltip({
      readings,
      note,
      // A class that a profile adds, and what a newer sampler may say.
      workload: { ...WORKLOAD, answer: `x${detail}`, reasons: [`x${note}`] },
      status: { ...STATUS, adapters: [{ name: 'cpu', group: 'cpu', state: 'failed', detail }] },
    });
  const readings = (name: string): Readings => readingsOf(COLUMNS, { gpus: gpusNamed(name, 'B') });

  test('has the same structure as one with harmless names', () => {
    const harmless = skeleton(shown(readings('A'), 'note', 'detail'));
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, note, detail) => {
        fc.pre(note.trim() !== '');
        const markdown = shown(readings(name), `x${note}`, detail);
        assert.equal(skeleton(markdown), harmless, markdown);
      }),
      { numRuns: 1_000 },
    );
  });

  test('has no link but ours', () => {
    const markdown = shown(
      readings('[x](command:evil) https://example.com www.example.com'),
      'a@example.com',
      '<a>',
    );
    const links = [...markdown.matchAll(/(?<!\\)\]\(([^)]*)\)/g)].map(match => match[1]);
    assert.deepEqual(links, ['command:optimetrics.openDashboard', 'command:optimetrics.stop']);
    assert.doesNotMatch(markdown, /https:\/\/|www\.|a@/, 'nor what a renderer would make one of');
  });
});
