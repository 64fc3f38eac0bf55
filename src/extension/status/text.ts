import type { Readings } from '../../common/readings.ts';
import { NO_PERCENT, percent } from './format.ts';
import { workloadPart } from './workload.ts';

/** What the status bar item shows. */
export interface StatusText {
  readonly text: string;
  /** The same for screen readers. */
  readonly label: string;
}

/**
 * The item's text while readings come: CPU, GPU where there is one (the busiest of several), memory, and the workload
 * class, also when that is unknown, unless there is no answer (yet) or it is not to be shown. Only another class changes
 * its width: a certainty that moves is in the tooltip. Its icon is a warning while the log is paused; the tooltip says why.
 */
export function runningText(
  readings: Readings,
  { showWorkload = true, isLogPaused = false } = {},
): StatusText {
  const parts: { name: string; spoken: string; value: number | undefined }[] = [
    { name: 'CPU', spoken: 'CPU', value: readings.value('total_utilization') },
  ];
  const gpus = readings.layout.gpus.length;
  if (gpus > 0) {
    const busiest = busiestGpu(readings);
    parts.push({
      name: gpus === 1 ? 'GPU' : `GPU×${String(gpus)}`,
      spoken: gpus === 1 ? 'GPU' : `busiest of ${String(gpus)} GPUs`,
      value: busiest,
    });
  }
  parts.push({ name: 'RAM', spoken: 'memory', value: readings.value('ram_percent') });
  const workload = workloadPart(showWorkload ? readings.frame.category : '');
  return {
    text: [
      isLogPaused ? '$(warning)' : '$(pulse)',
      ...parts.map(part => `${part.name} ${part.value === undefined ? NO_PERCENT : percent(part.value)}`),
      workload.text,
    ]
      .filter(part => part !== '')
      .join(' '),
    label: [
      'OptiMetrics',
      ...parts.map(part => `${part.spoken} ${spokenPercent(part.value)}`),
      workload.label,
      isLogPaused ? 'the log is paused' : '',
    ]
      .filter(part => part !== '')
      .join(', '),
  };
}

function busiestGpu(readings: Readings): number | undefined {
  const values = readings.layout.gpus
    .map((_, number) => readings.value(`gpu${String(number)}_utilization`))
    .filter(value => value !== undefined);
  return values.length === 0 ? undefined : Math.max(...values);
}

function spokenPercent(value: number | undefined): string {
  return value === undefined ? 'not known' : `${String(Math.round(value))} percent`;
}
