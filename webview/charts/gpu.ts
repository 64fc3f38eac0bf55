import type { Layout } from '../../src/common/layout.ts';
import type { LayoutMessage } from '../../src/common/protocol.ts';
import { t } from '../l10n.ts';
import { usualTop } from '../temperature.ts';
import { chartOf, ColumnPicker, type CardDefinition } from './definition.ts';

/**
 * The bits of NVML's mask of clocks event reasons that say that a GPU is held back by power or heat: software power cap, hardware
 * slowdown, software and hardware thermal slowdown, power brake (`nvmlClocksEventReason…` of nvml.h). Idle and a clock that
 * somebody has set are none. What is shown for a longer time is the greatest mask of it, in which one of these is as a rule.
 */
const THROTTLED = 0x4 | 0x8 | 0x20 | 0x40 | 0x80;

/** One card for each GPU. None on a machine without. */
export function gpuCards(layout: Layout, gpus: LayoutMessage['gpus']): CardDefinition[] {
  return gpus.flatMap((gpu, number) => {
    const id = `gpu${String(number)}`;
    const column = (name: string): string => `${id}_${name}`;
    const [main] = new ColumnPicker(layout).lines({ [column('utilization')]: { color: 'green' } });
    if (!main) return [];
    const picker = new ColumnPicker(layout, main.title);
    const throttling = column('throttle_reasons');
    return {
      id,
      heading: main.title,
      subtitle: gpu.name,
      width: 'full' as const,
      charts: [
        ...chartOf(
          id,
          '',
          [
            main,
            ...picker.lines({
              [column('vram_percent')]: { color: 'yellow', emphasis: 'other' },
              [column('memory_utilization')]: { color: 'purple', emphasis: 'faint', optional: true },
            }),
          ],
          {
            marks: picker.has(throttling)
              ? [
                  {
                    column: throttling,
                    title: t('Held back by power or heat'),
                    color: 'red',
                    test: { bits: THROTTLED },
                  },
                ]
              : [],
          },
        ),
        ...chartOf(
          `${id}-power`,
          t('Power'),
          picker.lines({
            [column('power_watts')]: { color: 'red' },
            [column('power_limit_watts')]: { color: 'foreground', emphasis: 'limit', optional: true },
          }),
        ),
        ...chartOf(
          `${id}-thermal`,
          t('Temperature and fan'),
          picker.lines({
            [column('temperature')]: { color: 'orange' },
            [column('fan_speed')]: { color: 'blue', emphasis: 'other', optional: true },
          }),
          { leastTop: usualTop() },
        ),
        ...chartOf(
          `${id}-clocks`,
          t('Clocks'),
          picker.lines({
            [column('core_clock_mhz')]: { color: 'green' },
            [column('memory_clock_mhz')]: { color: 'purple', emphasis: 'other', optional: true },
            [column('sm_clock_mhz')]: { color: 'blue', emphasis: 'faint', optional: true },
          }),
        ),
        ...chartOf(
          `${id}-video`,
          t('Video'),
          picker.lines({
            [column('encoder_utilization')]: { color: 'blue', optional: true },
            [column('decoder_utilization')]: { color: 'orange', emphasis: 'other', optional: true },
          }),
        ),
      ],
      quantiles: [],
      numbers: picker.numbers(['vram_used_mb', 'vram_total_mb'].map(column)),
    };
  });
}
