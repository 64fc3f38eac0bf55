import { t } from '../l10n.ts';
import { DAY_MS, HOUR_MS, lengthOf, MINUTE_MS, type Span } from './span.ts';
import type { PresetId } from './presets.ts';

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE_CLOCK = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const DATE_MINUTE = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** A moment by the local clock, with its date where the span that it is in is longer than some hours. */
export function momentText(moment: number, span: Span): string {
  const length = lengthOf(span);
  if (length > 3 * DAY_MS) return DATE_MINUTE.format(moment);
  return (length > 12 * HOUR_MS ? DATE_CLOCK : CLOCK).format(moment);
}

/** A span by the local clock: `14:03:20 – 14:08:20`, with dates where it is not of today. */
export function spanText({ from, to }: Span, now: number): string {
  const isToday = new Date(from).toDateString() === new Date(now).toDateString();
  const format = isToday ? CLOCK : DATE_MINUTE;
  return `${format.format(from)} – ${format.format(to)}`;
}

/** How long a span is, as people say it: `15 min`, `1 h 30 min`, `7 days`. */
export function lengthText(ms: number): string {
  if (ms < MINUTE_MS) return t('{0} s', Math.round(ms / 1000));
  if (ms < HOUR_MS) {
    const seconds = Math.round((ms % MINUTE_MS) / 1000);
    const minutes = t('{0} min', Math.floor(ms / MINUTE_MS));
    return seconds === 0 || ms > 10 * MINUTE_MS ? minutes : `${minutes} ${t('{0} s', seconds)}`;
  }
  if (ms < 2 * DAY_MS) {
    const minutes = Math.round((ms % HOUR_MS) / MINUTE_MS);
    const hours = t('{0} h', Math.floor(ms / HOUR_MS));
    return minutes === 0 ? hours : `${hours} ${t('{0} min', minutes)}`;
  }
  const days = ms / DAY_MS;
  return t('{0} days', Number.isInteger(days) ? days : days.toFixed(1));
}

/** The short name of a preset, for its button. */
export function presetText(id: PresetId): string {
  switch (id) {
    case '5m':
      return t('5 min');
    case '15m':
      return t('15 min');
    case '1h':
      return t('1 h');
    case '24h':
      return t('24 h');
    case '7d':
      return t('7 d');
    case '30d':
      return t('30 d');
  }
}

/** A moment as a field for date and time has it: local, to the second. */
export function fieldText(moment: number): string {
  const local = new Date(moment - new Date(moment).getTimezoneOffset() * MINUTE_MS);
  return local.toISOString().slice(0, 19);
}
