import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildLayout, columnTitle, parseColumnName, type Layout } from '../../src/common/layout.ts';
import type { MetricGroup } from '../../src/common/metrics.ts';
import { MOST_CORE_LINES, type CoreChoice } from '../../src/common/arrangement.ts';
import { cardsFor, columnsDrawn } from '../../webview/charts/all.ts';
import type { CardDefinition, LineDefinition } from '../../webview/charts/definition.ts';

const gpu = { name: 'GPU model', vendor: 'nvidia' };

function cardsOf(
  counts: { core?: number; gpu?: number; disk?: number } = {},
  cores: CoreChoice = 'none',
  isCollected?: (group: MetricGroup) => boolean,
): { layout: Layout; cards: CardDefinition[] } {
  const layout = buildLayout({ core: 4, gpu: 0, disk: 1, ...counts }, isCollected);
  return {
    layout,
    cards: cardsFor(
      layout,
      Array.from({ length: counts.gpu ?? 0 }, () => gpu),
      { cores },
    ),
  };
}

const cpu = (counts: { core: number }, cores: CoreChoice = 'all'): CardDefinition => {
  const card = cardsOf(counts, cores).cards[0];
  assert.equal(card?.id, 'cpu');
  return card;
};
const linesOf = (card: CardDefinition): readonly LineDefinition[] => card.charts[0]?.lines ?? assert.fail();
const drawnBy = (cards: readonly CardDefinition[]): string[] => cards.flatMap(columnsDrawn);

describe('cards', () => {
  test('a card for each group and each GPU, in order', () => {
    for (const gpus of [0, 1, 8]) {
      const { cards } = cardsOf({ gpu: gpus });
      const numbered = Array.from({ length: gpus }, (_, number) => `gpu${String(number)}`);
      assert.deepEqual(
        cards.map(card => card.id),
        ['cpu', 'memory', ...numbered, 'disk', 'network', 'cpu-thermal'],
      );
    }
  });

  test('every GPU has its charts: load, power with its limit, heat, clocks, video, and marks of throttling', () => {
    const { cards } = cardsOf({ gpu: 2 });
    const card = cards.find(({ id }) => id === 'gpu1') ?? assert.fail();
    assert.deepEqual(
      card.charts.map(chart => [chart.id, chart.lines.map(({ id }) => id.replace('gpu1_', ''))]),
      [
        ['gpu1', ['utilization', 'vram_percent', 'memory_utilization']],
        ['gpu1-power', ['power_watts', 'power_limit_watts']],
        ['gpu1-thermal', ['temperature', 'fan_speed']],
        ['gpu1-clocks', ['core_clock_mhz', 'memory_clock_mhz', 'sm_clock_mhz']],
        ['gpu1-video', ['encoder_utilization', 'decoder_utilization']],
      ],
    );
    assert.deepEqual(
      card.charts.flatMap(({ marks }) => marks.map(({ column }) => column)),
      ['gpu1_throttle_reasons'],
    );
    assert.equal(card.charts[1]?.lines[1]?.emphasis, 'limit');
  });

  test('an axis without its unit at its numbers has it in the title', () => {
    const titles = cardsOf({ gpu: 1 }).cards.flatMap(card => card.charts.map(({ title }) => title));
    for (const title of ['Power, W', 'Clocks, MHz', 'MB/s', 'Mbit/s', 'Load'])
      assert.ok(titles.includes(title), title);
  });

  test('a GPU without columns has no card, nor columns without a GPU', () => {
    const without = buildLayout({ core: 1, gpu: 0, disk: 0 });
    assert.ok(!cardsFor(without, [gpu], { cores: 'none' }).some(card => card.id === 'gpu0'));
    const unlisted = buildLayout({ core: 1, gpu: 1, disk: 0 });
    assert.ok(!cardsFor(unlisted, [], { cores: 'none' }).some(card => card.id === 'gpu0'));
  });

  test('a group that is switched off has no card', () => {
    assert.deepEqual(
      cardsOf({ gpu: 1 }, 'all', group => group === 'memory').cards.map(card => card.id),
      ['memory'],
    );
    assert.deepEqual(cardsOf({}, 'all', () => false).cards, []);
  });

  test('property: every line, mark and number is a column of the layout, titled as the metric table does', () => {
    const counts = fc.record({
      core: fc.integer({ min: 0, max: 600 }),
      gpu: fc.integer({ min: 0, max: 16 }),
      disk: fc.integer({ min: 0, max: 30 }),
    });
    const choice = fc.oneof(fc.constant('none' as const), fc.constant('all' as const), fc.array(fc.nat(20)));
    fc.assert(
      fc.property(counts, choice, (machine, cores) => {
        const { layout, cards } = cardsOf(machine, cores);
        for (const column of drawnBy(cards)) assert.ok(layout.slots.has(column), column);
        for (const card of cards) {
          const made = new Set(card.quantiles.map(quantile => quantile.id));
          const lines = card.charts.flatMap(chart => chart.lines);
          for (const { id, title, metric } of [
            ...lines.filter(line => !made.has(line.id)),
            ...card.numbers.map(number => ({ ...number, id: number.column })),
          ]) {
            const column = parseColumnName(id);
            assert.ok(column && layout.slots.has(id), id);
            assert.equal(metric, column.metric);
            assert.ok(columnTitle(column).toLowerCase().endsWith(title.toLowerCase()), `${id}: ${title}`);
          }
          assert.equal(new Set(lines.map(line => line.id)).size, lines.length);
        }
        const ids = cards.flatMap(card => card.charts.map(chart => chart.id));
        assert.equal(new Set(ids).size, ids.length);
      }),
      { numRuns: 50 },
    );
  });

  test('cores are drawn when asked for: a line each, how they are spread, or those that were chosen', () => {
    assert.equal(linesOf(cpu({ core: 8 }, 'none')).length, 1);
    assert.equal(linesOf(cpu({ core: MOST_CORE_LINES })).length, 1 + MOST_CORE_LINES);
    for (const core of [MOST_CORE_LINES + 1, 512]) {
      const card = cpu({ core });
      const lines = linesOf(card);
      assert.deepEqual(
        lines.map(line => line.title),
        ['CPU', 'Busiest core', 'Upper quartile', 'Lower quartile', 'Quietest core'],
      );
      for (const quantile of card.quantiles) assert.equal(quantile.columns.length, core);
      const band = lines.filter(line => line.fillTo !== undefined);
      assert.deepEqual(
        band.map(line => lines.find(other => other.id === line.fillTo)?.title),
        ['Lower quartile'],
      );
      assert.ok(columnsDrawn(card).length > core);
    }
    assert.deepEqual(
      linesOf(cpu({ core: 512 }, [3, 511, 512])).map(line => line.title),
      ['CPU', 'Core 3', 'Core 511'],
    );
  });

  test('core lines look different from each other and from the total', () => {
    const looks = linesOf(cpu({ core: MOST_CORE_LINES })).map(line => `${line.color} ${String(line.shade)}`);
    assert.equal(new Set(looks).size, looks.length);
  });

  test('the past is asked for of what is drawn, not of what is shown as a number', () => {
    const drawn = drawnBy(cardsOf({ gpu: 1 }).cards);
    assert.ok(drawn.includes('gpu0_utilization') && drawn.includes('disk_read_rate_mbps'));
    assert.ok(!drawn.includes('net_connections_total') && !drawn.includes('core_0_utilization'));
  });
});
