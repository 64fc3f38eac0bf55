import type {
  MeanAndPeak,
  PowerSource,
  SessionPower,
  WorkloadSession,
} from '../../src/common/workload-session.ts';
import { workloadName } from '../../src/common/workload-names.ts';
import { formatValue } from '../format.ts';
import { t } from '../l10n.ts';

const PERCENT = { unit: '%', decimals: 1 } as const;
const WATT = { unit: 'W', decimals: 1 } as const;

/** What stands where nothing is known. */
export const NOTHING = '–';

/** Name of a session's kind of work. */
export function sessionTitle({ category }: WorkloadSession): string {
  return category === '' ? t('No answer') : workloadName(category, t).title;
}

/** When a session began, by the clock of whoever looks at it. */
export function startText(ms: number): string {
  return START.format(ms);
}

/** `12.3 %`. */
export function percentText(value: number): string {
  return formatValue(value, PERCENT);
}

/** `42 W`. */
export function wattText(value: number): string {
  return formatValue(value, WATT);
}

/** `3.42 Wh`, `412 Wh`, `1.24 kWh`. */
export function energyText(wh: number): string {
  if (wh >= 1_000) return `${digits(wh / 1_000)}\u00a0kWh`;
  return `${digits(wh)}\u00a0Wh`;
}

/** For a screen reader: `mean 12 %, peak 88 %`. */
export function meanAndPeakText({ mean, peak }: MeanAndPeak, text: (value: number) => string): string {
  return t('mean {0}, peak {1}', text(mean), text(peak));
}

/** Which meters an energy is of: `CPU, GPU 0`. */
export function sourcesText({ sources }: SessionPower): string {
  return sources.map(sourceName).join(', ');
}

/** What each meter counted, and for how much of the session: a line each. */
export function sourceLines({ power, coveredMs }: WorkloadSession): string[] {
  return (power?.sources ?? []).map(source => {
    const share = Math.min(1, source.knownMs / coveredMs);
    const counted = `${sourceName(source)}: ${energyText(source.wh)}`;
    // Less than all of it by more than what rounding makes.
    return share > 0.995 ? counted : t('{0}, known for {1} of the time', counted, percentText(share * 100));
  });
}

function sourceName({ gpu }: PowerSource): string {
  return gpu === undefined ? t('CPU') : t('GPU {0}', gpu);
}

/** Three digits that count. */
function digits(value: number): string {
  const decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  return new Intl.NumberFormat('en', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

const START = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
