import type { LayoutMessage, WorkloadMessage } from '../../common/protocol.ts';
import type { Readings } from '../../common/readings.ts';
import type { Template, TextPart, TokenPart } from '../../common/status-template/parse.ts';
import { kindOf } from '../../common/status-template/tokens.ts';
import type { TemperatureUnit } from '../../common/units.ts';
import { durationText } from '../../common/workload-words.ts';
import { t } from '../l10n.ts';
import { sparkline } from './blocks.ts';
import { noValue } from './format.ts';
import type { RecentValues } from './recent.ts';
import { sourceOf, type TokenSource } from './token-source.ts';
import { spokenName } from './token-words.ts';
import { type NumberKind, writingOf } from './token-writing.ts';
import { workloadPart } from './workload.ts';

/** What the status bar item shows. */
export interface StatusText {
  readonly text: string;
  /** The same for screen readers. */
  readonly label: string;
}

/** What is to be shown. */
export interface TextContext {
  readonly readings: Readings;
  /** For sparklines. */
  readonly recent: RecentValues | undefined;
  readonly workload: WorkloadMessage | undefined;
  /** Which machine is watched, in one word and in some. */
  readonly machine: { readonly short: string; readonly full: string };
  readonly nowMs: number;
}

/** How it is to be shown. */
export interface TextOptions {
  readonly temperatureUnit: TemperatureUnit;
  /** Whether there is to be a word of the kind of work, where the template asks for one. */
  readonly showWorkload: boolean;
}

/** A token’s value. */
interface Shown {
  readonly text: string;
  /** Empty where there is nothing to say. */
  readonly spoken: string;
  /** Whether this machine has such a thing: one that sleeps or failed is still there. */
  readonly exists: boolean;
}

type Show = (context: TextContext) => Shown;

/** A piece of text, a token, or a group of them. */
interface Part {
  /** Left out where nothing in it exists. */
  readonly isOptional: boolean;
  readonly pieces: readonly (string | Show)[];
}

/** Highest temperature of a sparkline, °C. */
const HOT = 100;

/**
 * A template, made ready for the columns of one layout.
 *
 * A value that is missing is a dash, as wide as a value, and never 0. A group is left out where nothing in it exists on
 * this machine: no GPU, no sensor, no answer about the workload. Spaces that meet there become one.
 */
export class StatusLine {
  /** Columns of which the text shows a sparkline. */
  readonly sparkColumns: readonly string[];
  readonly #parts: readonly Part[];

  constructor(template: Template, layout: LayoutMessage, options: TextOptions) {
    const sparks: string[] = [];
    const compile = (part: TokenPart): Show => showToken(part, layout, options, sparks);
    const piece = (part: TextPart | TokenPart): string | Show =>
      part.type === 'text' ? part.text : compile(part);
    this.#parts = template.map(part =>
      part.type === 'group'
        ? { isOptional: true, pieces: part.parts.map(piece) }
        : { isOptional: false, pieces: [piece(part)] },
    );
    this.sparkColumns = sparks;
  }

  show(context: TextContext): StatusText {
    const spoken: string[] = [];
    let text = '';
    for (const { isOptional, pieces } of this.#parts) {
      const shown = pieces.map(piece => (typeof piece === 'string' ? piece : piece(context)));
      if (isOptional && !shown.some(piece => typeof piece !== 'string' && piece.exists)) continue;
      for (const piece of shown) {
        text += typeof piece === 'string' ? piece : piece.text;
        if (typeof piece !== 'string' && piece.spoken !== '') spoken.push(piece.spoken);
      }
    }
    return {
      // Not \s: a figure space keeps the width.
      text: text.replace(/ {2,}/g, ' ').replace(/^ | $/g, ''),
      label: ['OptiMetrics', ...spoken].join(', '),
    };
  }
}

/** A text with a warning in the place of its first icon. */
export function withWarning(text: string): string {
  return `$(warning) ${text.replace(/^\$\([a-z0-9~-]+\) ?/, '')}`;
}

function showToken(part: TokenPart, layout: LayoutMessage, options: TextOptions, sparks: string[]): Show {
  const { token, format } = part;
  const kind = kindOf(token);
  switch (kind) {
    case 'class':
      return context => showClass(context, format.word, options);
    case 'machine':
      return ({ machine }) => word(format.word === 'full' ? machine.full : machine.short, machine.full);
    case 'word':
      return token.name === 'gpuLabel'
        ? () => gpuLabel(layout.gpus.length)
        : context => showTime(context, options);
    default: {
      const source = sourceOf(token, layout);
      const name = spokenName(token, layout.gpus.length);
      if (!source) return () => word('', '');
      const show = showNumber(part, kind, source, name, options);
      if (format.cells !== undefined) sparks.push(...source.columns);
      if (token.name !== 'confidence') return show;
      return context =>
        options.showWorkload && context.readings.frame.category !== '' ? show(context) : word('', '');
    }
  }
}

function showNumber(
  { format }: TokenPart,
  kind: NumberKind,
  source: TokenSource,
  name: string,
  { temperatureUnit }: TextOptions,
): Show {
  const { cells } = format;
  const writing = writingOf(kind, format, temperatureUnit);
  const most = kind === 'percent' || kind === 'share' ? 100 : kind === 'temperature' ? HOT : undefined;
  return ({ readings, recent }) => {
    const value = writing.isSize && source.used ? source.used(readings) : source.value(readings);
    const spoken = `${name} ${value === undefined ? t('not known') : writing.speak(value)}`;
    if (cells !== undefined && recent && source.columns.length > 0) {
      const text = sparkline(recent.cells(source.columns, source.aggregate, cells), { most });
      return { text, spoken, exists: true };
    }
    if (value !== undefined) return { text: writing.write(value), spoken, exists: true };
    const exists = source.columns.some(column => !isUnsupported(readings, column));
    return { text: writing.none, spoken, exists };
  };
}

function isUnsupported(readings: Readings, column: string): boolean {
  return readings.absence(column) === 'unsupported';
}

function showClass(
  { readings }: TextContext,
  format: string | undefined,
  { showWorkload }: TextOptions,
): Shown {
  const { icon, short, title, label } = workloadPart(showWorkload ? readings.frame.category : '');
  switch (format) {
    case 'icon':
      return word(icon, label);
    case 'short':
      return word(short, label);
    case 'name':
      return word(title, label);
    default:
      return word(icon === '' ? '' : `${icon} ${short}`, label);
  }
}

function showTime({ readings, workload, nowMs }: TextContext, { showWorkload }: TextOptions): Shown {
  const current = workload?.current;
  if (!showWorkload || current?.category !== readings.frame.category) return word('', '');
  const text = durationText((nowMs - current.sinceMs) / 1000);
  return word(text, t('for {0}', text));
}

function gpuLabel(gpus: number): Shown {
  return word(gpus === 0 ? '' : gpus === 1 ? 'GPU' : `GPU×${String(gpus)}`, '');
}

/** A word, or a dash where it is empty. */
function word(text: string, spoken: string): Shown {
  return { text: text === '' ? noValue(1) : text, spoken, exists: text !== '' };
}
